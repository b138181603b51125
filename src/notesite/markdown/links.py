"""Link and image targets that stay within the site -> holes, which index fills.

Parse sees one note, so it cannot know where `../other.md` or `image.png` will stand. Links in raw
HTML are the same: `<img src="image.png">`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from notesite.markdown.gathered import Gathered, gathered
from notesite.markdown.math.places import Places
from notesite.markdown.remarks import remember
from notesite.model import AssetLink, Embed, Location, NoteLink, TagLink, WikiLink

Rule = Callable[[StateInline, bool], bool]

_OUTSIDE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\?|#?$")
_URL = "/:@!$&()*+,;=~-._?#%[]"  # signs of a query and fragment that stay as they are
_MAY_LINK = re.compile(r"[\]<#]")
_NAMES = {"link_open": "href", "image": "src"}
# markdown-it makes no links to these; their text stays as it was written
_REFUSED = re.compile(r"(?:javascript|vbscript|file|data):", re.IGNORECASE)
_OPENS = re.compile(r"\(\s*<?\s*")
_HTML = re.compile(
    r"(<(?:a|img|source|video|audio|track)\b[^<>]*?\s(?P<name>href|src|poster)\s*=\s*)"
    r"(?P<quote>[\"'])(?P<target>[^\"'<>\0]*)(?P=quote)",
    re.IGNORECASE,
)


def plugin(md: MarkdownIt) -> None:
    """Makes each link and image of a note whose target is a path of the site a hole."""
    for rule in md.inline.ruler.__rules__:
        if rule.name in ("link", "image"):
            rule.fn = _placed(rule.fn)
    md.inline.ruler.__cache__ = None
    md.core.ruler.push("links", _links)


def _placed(rule: Rule) -> Rule:
    """The rule of markdown-it; its tokens know at which offset of the block their target stands."""

    def placed(state: StateInline, silent: bool) -> bool:
        start, before = state.pos, len(state.tokens)
        found = rule(state, silent)
        if silent or (not found and not _may_refuse(state)):
            return found
        target = _target(state, start)
        if not found:
            if refused := _REFUSED.match(state.src, target, state.posMax):
                message = f"no link is made to a {refused[0].lower()} URL"
                remember(state, start, "warning", message, "link to http:, https: or mailto:")
            return False
        token = next((t for t in state.tokens[before:] if t.type in _NAMES), None)
        if token is not None:
            token.meta["at"] = target
        return True

    return placed


def _may_refuse(state: StateInline) -> bool:
    known: dict[str, bool] = state.env.setdefault("refused links", {})
    if state.src not in known:
        known[state.src] = _REFUSED.search(state.src) is not None
    return known[state.src]


def _target(state: StateInline, start: int) -> int:
    """The offset of what stands in `(…)` behind the label; of a reference, that of the link."""
    bracket = start + (state.src[start] == "!")
    end = parseLinkLabel(state, bracket, state.src[start] == "[") + 1
    opens = _OPENS.match(state.src, end, state.posMax) if end else None
    return opens.end() if opens else start


def _links(state: StateCore) -> None:
    note = gathered(state.env)
    places = Places(note)
    state.env.pop("refused links", None)
    for block in state.tokens:
        if block.type == "html_block":
            line = block.map[0] + 1 if block.map else 0
            block.content = _in_html(block.content, note, line)
        elif block.type == "embed":
            where, meta = _where(block, block, note, places), block.meta
            meta["hole"] = note.hole(Embed(meta["wikilink"], where, meta["label"]))
        elif block.type == "inline" and _MAY_LINK.search(block.content):
            for token in block.children or ():
                if "wikilink" in token.meta:
                    where = _where(block, token, note, places)
                    token.meta["hole"] = note.hole(WikiLink(token.meta["wikilink"], where))
                elif "tag" in token.meta:
                    where = _where(block, token, note, places)
                    token.meta["hole"] = note.hole(TagLink(token.meta["tag"], where))
                elif "named" in token.meta:
                    where = _where(block, token, note, places)
                    image = token.type == "image"
                    file = AssetLink(str(token.attrs["src"]), where, image, named=True)
                    fragment = quote(token.meta["fragment"], safe=_URL)
                    token.attrs["src"] = note.hole(file) + fragment
                elif token.type in _NAMES:
                    _link(block, token, note, places)
                elif token.type == "html_inline" and "=" in token.content:
                    line, _ = places.of_offset(block, max(block.content.find(token.content), 0))
                    token.content = _in_html(token.content, note, line)


def _link(block: Token, token: Token, note: Gathered, places: Places) -> None:
    name = _NAMES[token.type]
    target = str(token.attrs.get(name, ""))
    if token.info == "auto" or "equation" in token.meta or _OUTSIDE.match(target):
        return
    where = _where(block, token, note, places)
    token.attrSet(name, _hole(target, note, where, image=name == "src"))


def _where(block: Token, token: Token, note: Gathered, places: Places) -> Location:
    return Location(note.shown, *places.of_offset(block, token.meta.get("at", 0)))


def _in_html(content: str, note: Gathered, first_line: int) -> str:
    """Raw HTML with the targets of its links as holes; `first_line` is where it begins."""

    def filled(found: re.Match[str]) -> str:
        target = unescape(found["target"])
        if _OUTSIDE.match(target) or target.startswith("#"):
            return found[0]
        line = first_line + content.count("\n", 0, found.start("target"))
        text = note.lines[line - 1] if 0 < line <= len(note.lines) else ""
        where = Location(note.shown, line, max(text.find(found["target"]), 0) + 1)
        hole = _hole(target, note, where, image=found["name"].lower() != "href")
        return f"{found[1]}{found['quote']}{hole}{found['quote']}"

    return _HTML.sub(filled, content) if "<" in content else content


def _hole(target: str, note: Gathered, where: Location, *, image: bool) -> str:
    target, _, anchor = target.partition("#")
    path, _, query = target.partition("?")
    if not image:
        return note.hole(NoteLink(unquote(path), unquote(anchor), where, query))
    rest = (f"?{query}" if query else "") + (f"#{anchor}" if anchor else "")
    return note.hole(AssetLink(unquote(path), where, image=True)) + quote(rest, safe=_URL)
