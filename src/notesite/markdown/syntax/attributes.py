"""`{#id .class key=value}` -> attributes of a heading, a block, an image, a link, a code span.

It stands at the end of a heading's line, on a line of its own before a block, or right behind an
image, a link, inline code. Only what is in ALLOWED can be set: never `on…`, `style`, `href`.
Braces that hold anything else are text, and are shown, so `{1, 2}` needs no backslash and a
refused attribute is seen.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from notesite.markdown.inline import starts

ALLOWED = frozenset(
    ["id", "class", "width", "height", "lang", "title", "start", "dir", "translate", "loading"]
)
_LONGEST = 500  # characters between the braces
_BRACES = re.compile(rf"\{{([^{{}}\n]{{1,{_LONGEST}}})\}}")
_ITEM = re.compile(
    r"""[ \t]*(?:\#(?P<id>[^\s#.{}"'<>=]+)|\.(?P<class>[^\s#.{}"'<>=]+)"""
    r"""|(?P<key>[A-Za-z-]+)=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"'<>=`]+)))"""
)
_INLINE = frozenset(["image", "code_inline", "link_close"])


def plugin(md: MarkdownIt) -> None:
    """Install the rules."""
    md.block.ruler.before("table", "attributes", _line)
    md.core.ruler.before("inline", "attributes", _to_blocks)
    md.inline.ruler.push("attributes", _behind)
    starts(md, "attributes", "{")


def parse(inside: str) -> dict[str, str] | None:
    """What stands between braces -> attributes; None if anything there is not an allowed one."""
    found: dict[str, str] = {}
    position, inside = 0, inside.rstrip()
    while position < len(inside):
        item = _ITEM.match(inside, position)
        if not item:
            return None
        name = item["key"].lower() if item["key"] else "id" if item["id"] else "class"
        if name not in ALLOWED:
            return None
        value = item["id"] or item["class"] or item["quoted"] or item["bare"] or ""
        _add(found, name, value)
        position = item.end()
    return found or None


def _add(attributes: MutableMapping[str, Any], name: str, value: str) -> None:
    """Classes gather; of another attribute the last one counts."""
    if name == "class" and attributes.get("class"):
        value = f"{attributes['class']} {value}"
    attributes[name] = value


def _give(token: Token, attributes: dict[str, str], env: MutableMapping[str, Any]) -> None:
    for name, value in attributes.items():
        _add(token.attrs, name, value)
    if "id" in attributes:
        env.setdefault("ids", set()).add(attributes["id"])


# --- inline ---------------------------------------------------------------------------------------


def _behind(state: StateInline, silent: bool) -> bool:
    if silent or not state.tokens or state.tokens[-1].type not in _INLINE or state.pending:
        return False
    found = _BRACES.match(state.src, state.pos, state.posMax)
    attributes = parse(found[1]) if found else None
    if not found or not attributes:
        return False
    place = len(state.tokens) - 1
    if state.tokens[place].type == "link_close":  # links do not nest
        while state.tokens[place].type != "link_open":
            place -= 1
    _give(state.tokens[place], attributes, state.env)
    state.pos = found.end()
    return True


# --- blocks ---------------------------------------------------------------------------------------


def _line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line of attributes alone; it does not interrupt a paragraph."""
    first = state.bMarks[start] + state.tShift[start]
    if silent or not state.src.startswith("{", first) or state.is_code_block(start):
        return False
    found = _BRACES.fullmatch(state.src[first : state.eMarks[start]].rstrip())
    attributes = parse(found[1]) if found else None
    if not attributes:
        return False
    token = state.push("attributes", "", 0)
    token.meta = attributes
    token.map = [start, start + 1]
    token.hidden = True
    state.line = start + 1
    return True


def _to_blocks(state: StateCore) -> None:
    kept: list[Token] = []
    waiting: list[dict[str, str]] = []
    for token in state.tokens:
        if token.type == "attributes":
            waiting.append(token.meta)
            continue
        if token.type == "inline" and kept and kept[-1].type == "heading_open":
            _of_heading(kept[-1], token, state.env)
        for attributes in waiting if token.nesting >= 0 else ():
            _give(token, attributes, state.env)
        waiting.clear()
        kept.append(token)
    state.tokens = kept


def _of_heading(heading: Token, inline: Token, env: MutableMapping[str, Any]) -> None:
    content = inline.content
    if not content.endswith("}"):
        return
    start = content.rfind("{")
    if start > 0 and content[start - 1] not in " \t\u3000":
        return
    found = _BRACES.fullmatch(content, start) if start >= 0 else None
    attributes = parse(found[1]) if found else None
    if attributes:
        inline.content = content[:start].rstrip()
        _give(heading, attributes, env)
