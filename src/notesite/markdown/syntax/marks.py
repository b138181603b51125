"""`==text==` -> `<mark>`.

`==` between two ASCII letters or digits is a comparison (`a==b`), and so is a longer run (`===`).
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from notesite.markdown.inline import starts

SIGN = ord("=")


def plugin(md: MarkdownIt) -> None:
    """Install the rule."""
    md.inline.ruler.before("emphasis", "mark", _delimiters)
    md.inline.ruler2.before("emphasis", "mark", _pairs)
    starts(md, "mark", "=")


def _delimiters(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if silent or not state.src.startswith("==", start, state.posMax):
        return False
    scanned = state.scanDelims(start, True)
    end = start + scanned.length
    token = state.push("text", "", 0)
    token.content = state.src[start:end]
    state.pos = end
    if scanned.length == 2 and not _is_comparison(state.src, start, end):
        place = len(state.tokens) - 1
        state.delimiters.append(Delimiter(SIGN, 0, place, -1, scanned.can_open, scanned.can_close))
    return True


def _is_comparison(src: str, start: int, end: int) -> bool:
    around = src[start - 1 : start], src[end : end + 1]
    return all(char.isascii() and char.isalnum() for char in around)


def _pairs(state: StateInline) -> None:
    nested = (meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta)
    for delimiters in (state.delimiters, *nested):
        for opener in delimiters:
            if opener.marker == SIGN and opener.end >= 0:
                _tag(state, opener.token, "mark_open", 1)
                _tag(state, delimiters[opener.end].token, "mark_close", -1)


def _tag(state: StateInline, place: int, name: str, nesting: int) -> None:
    token = state.tokens[place]
    token.type, token.tag, token.markup, token.content = name, "mark", "==", ""
    token.nesting = 1 if nesting > 0 else -1
