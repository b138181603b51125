"""What stands in a line of Scrapbox -> Markdown.

Emphasis is written with signs where Markdown knows them for emphasis, else with tags: nested, or
beside letters and punctuation. A formula is written in the first form that notesite reads as just
that formula where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from unicodedata import category

from notesite.imports import quoting
from notesite.imports.scrapbox.nodes import (
    Code,
    Decoration,
    Formula,
    Image,
    Node,
    Page,
    Tag,
    Web,
    Words,
)
from notesite.markdown.cjk import CJK
from notesite.markdown.math.inline_formula import DISPLAY_ONLY
from notesite.markdown.math.spans import Spans

_STYLES = (("_", "", "u"), ("-", "~~", "s"), ("/", "*", "em"), ("*", "**", "strong"))  # inner first
_IS_CJK = re.compile(f"[{CJK}]")

Link = Callable[[str, str], str]  # title and label of a page -> a link to it


def markdown(nodes: Sequence[Node], link: Link, *, starts: bool = False) -> str:
    """The nodes as Markdown; `starts`: they begin a line."""
    return _joined(nodes, link, "", "", starts, nested=False).strip()


def _joined(
    nodes: Sequence[Node], link: Link, before: str, after: str, starts: bool, nested: bool
) -> str:
    """The nodes between two characters, or none ("")."""
    written = ""
    for index, node in enumerate(nodes):
        follows = _first_sign(nodes[index + 1]) if index + 1 < len(nodes) else after
        precedes = written[-1:] or before
        if isinstance(node, Words):
            behind = nodes[index - 1] if index else None
            written += quoting.text(
                node.text,
                starts=starts and not written,
                before_link=follows == "[",
                ends=isinstance(behind, Page | Tag | Web | Image),
            )
        elif isinstance(node, Formula):
            written += formula(node.tex, precedes, follows)
        elif isinstance(node, Decoration):
            written += _decorated(node, link, precedes, follows, nested)
        else:
            written += _simple(node, link)
    return written


def _first_sign(node: Node) -> str:
    if isinstance(node, Words):
        return node.text[0]
    return {Code: "`", Formula: "$", Decoration: "*"}.get(type(node), "[")


def _simple(node: Code | Page | Tag | Web | Image, link: Link) -> str:
    match node:
        case Code(content):
            return quoting.code(content)
        case Page(title, label):
            return link(title, label)
        case Tag(name):
            return link(name, f"#{name}")
        case Web(url, ""):
            return quoting.autolink(url)
        case Web(url, label):
            return f"[{quoting.label(label)}]({quoting.url(url)})"
        case Image(url, ""):
            return f"![]({quoting.url(url)})"
        case Image(url, target):
            return f"[![{quoting.label(target)}]({quoting.url(url)})]({quoting.url(target)})"


# --- emphasis -------------------------------------------------------------------------------------


def _decorated(node: Decoration, link: Link, before: str, after: str, nested: bool) -> str:
    styled = any(sign in node.signs for sign, _, _ in _STYLES)
    inner = _joined(node.inner, link, before, after, False, nested or styled)
    body = inner.strip()
    if not body or not styled:
        return inner
    lead, trail = inner[: inner.index(body)], inner[inner.index(body) + len(body) :]
    for sign, marker, tag in _STYLES:
        if sign in node.signs:
            around = before if not lead else " ", after if not trail else " "
            signs = marker and not nested and _can_stand(marker[0], body, *around)
            body = f"{marker}{body}{marker}" if signs else f"<{tag}>{body}</{tag}>"
    return lead + body + trail


def _can_stand(marker: str, body: str, before: str, after: str) -> bool:
    """Whether signs of emphasis around `body` are that in every Markdown, between these two."""
    if marker in (before, after):
        return False
    if body[0] == marker or body[-1] == marker:
        return body[:2] != marker * 2 and marker == "*" and not _is_sign(before + after)
    return _flanks(body[0], before) and _flanks(body[-1], after)


def _flanks(inner: str, outer: str) -> bool:
    return not _is_sign(inner) or not outer or outer.isspace() or _is_sign(outer, cjk=True)


def _is_sign(text: str, *, cjk: bool = False) -> bool:
    """Whether one of the characters is punctuation that is not CJK; `cjk`: or any CJK character."""
    return any(cjk if _IS_CJK.match(char) else category(char)[0] in "PS" for char in text)


# --- formulas -------------------------------------------------------------------------------------


def formula(tex: str, before: str = "", after: str = "") -> str:
    """TeX in the form that notesite takes for this formula between these two characters."""
    tex = _portable(tex)
    if DISPLAY_ONLY.search(tex) and _is_formula(f"$${tex}$$", tex, before, after):
        return f"$${tex}$$"
    for form, content in _forms(tex):
        if _is_formula(form, content, before, after):
            return form
    return quoting.code(tex)


def _forms(tex: str) -> Iterator[tuple[str, str]]:
    grouped = f"{{{tex}}}"
    yield f"${tex}$", tex
    yield f"${grouped}$", grouped
    yield f"\\({tex}\\)", tex
    yield f"\\({grouped}\\)", grouped


def _portable(tex: str) -> str:
    """The same formula without what ends it in Markdown: backticks, `$`, a backslash at its end."""
    tex = tex.replace("`", "{\\lq}")
    if "$" in tex and not _is_formula(f"${tex}$", tex, "", ""):
        tex = re.sub(r"(?<!\\)((?:\\\\)*)\$", r"\1\\$", tex)
    backslashes = len(tex) - len(tex.rstrip("\\"))
    return tex + " " if backslashes % 2 else tex


def _is_formula(form: str, content: str, before: str, after: str) -> bool:
    spans = Spans(before + form + after)
    found = spans.at(len(before))
    return (
        found is not None
        and spans.text[found.start : found.stop] == content
        and found.end == len(before) + len(form)
    )
