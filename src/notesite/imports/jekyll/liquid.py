"""The body of a Jekyll page -> Markdown without Liquid, and remarks on what has no equal.

`raw` is taken away in code too, as Jekyll does; all else in code stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from notesite.imports import blocks
from notesite.imports.places import Code, Remark

Resolve = Callable[[str, str], str]  # `post_url` or `link`, and what it names -> a link's target

_BASE = r"\{\{-?\s*site\.(?:baseurl|url)\s*-?\}\}"
_LIQUID = re.compile(
    rf"(?:{_BASE})*/?\{{%-?\s*(?P<how>post_url|link)\s+(?P<page>[^%\n]+?)\s*-?%\}}"
    r"|\{%-?\s*(?P<name>\w+)(?P<options>[^%\n]*?)-?%\}"
    r"|\{\{-?\s*(?P<quote>[\"'])(?P<path>[^\"'{}\n]*)(?P=quote)\s*\|\s*(?:relative_url|absolute_url"
    r"|prepend:\s*site\.(?:baseurl|url))\s*-?\}\}"
    rf"|(?P<base>(?:{_BASE})+(?=/))"
    r"|(?:\{%.{0,500}?%\}|\{\{.{0,500}?\}\})",
    re.DOTALL,
)
_ENDS = {
    name: re.compile(rf"\{{%-?\s*end{name}\s*-?%\}}") for name in ("raw", "highlight", "comment")
}


def translate(text: str, resolve: Resolve) -> tuple[str, tuple[Remark, ...]]:
    """The text, and what is left of Liquid in it."""
    code = Code(text)
    remarks: list[Remark] = []
    written: list[str] = []
    missing: set[str] = set()  # names of which no end stands behind here
    done = position = 0
    while found := _LIQUID.search(text, position):
        position = found.end()
        name = found["name"] or ""
        if name != "raw" and code.holds(found.start()):
            continue
        end = None
        if (
            name in _ENDS
            and name not in missing
            and not (end := _ENDS[name].search(text, position))
        ):
            missing.add(name)
        if end:
            inside, position = text[position : end.start()], end.end()
            made = _block(name, found["options"], inside)
            if name == "highlight":
                made = blocks.apart(made, text, found.start(), position)
        else:
            made = _tag(found, resolve, remarks)
        written += [text[done : found.start()], made]
        done = position
    return "".join([*written, text[done:]]), tuple(remarks)


def _block(name: str, options: str, inside: str) -> str:
    if name == "raw":
        return inside
    if name == "comment":
        return f"<!--{inside.replace('--', '- -')}-->"
    language = (options.split() or [""])[0]
    marked = re.search(r"mark_lines=\"([\d\s-]+)\"", options)
    return blocks.code(inside, language, marked[1] if marked else "")


def _tag(found: re.Match[str], resolve: Resolve, remarks: list[Remark]) -> str:
    at = found.start()
    if how := found["how"]:
        if target := resolve(how, found["page"].strip("\"' ")):
            return target
        remarks.append(Remark(at, f"`{how}` names no page that is imported: `{found['page']}`"))
        return found[0]
    if found["path"] is not None:
        return "/" + found["path"].lstrip("/")
    if found["base"]:
        return ""
    message = f"`{' '.join(found[0].split())}` has no equal, and stays as it is"
    remarks.append(Remark(at, message, "write what it stands for"))
    return found[0]
