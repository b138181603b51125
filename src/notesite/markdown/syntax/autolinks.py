"""Bare `http://` and `https://` URLs -> links.

A URL ends before white space, CJK characters (`https://a.jp/をご覧`), `<`, quotes, a bracket it did
not open; full stops and other punctuation at its end are the sentence's. Brackets pair within a
URL, one level deep. Every sign is looked at a constant number of times.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from notesite.markdown.cjk import CJK
from notesite.markdown.inline import starts

_SIGN = rf"[^\s\x00-\x20()\[\]<>\"`\\^{{|}}“”‘’{CJK}]"
# Compiled by the first `://`: a class so large takes milliseconds.
_URL = rf"://(?=[^\s/?#.:()]){_SIGN}(?:{_SIGN}+|\({_SIGN}*\)|\[{_SIGN}*\])*"
_SCHEME = re.compile(r"https?\Z", re.IGNORECASE)
_TRAILING = ".,:;!?*_~'&…"


def plugin(md: MarkdownIt) -> None:
    """Install the rule."""
    md.inline.ruler.before("newline", "bare_url", _bare_url)
    starts(md, "bare_url", ":")


def _bare_url(state: StateInline, silent: bool) -> bool:
    src, colon = state.src, state.pos
    if silent or state.linkLevel or not src.startswith("://", colon):
        return False
    found = re.compile(_URL).match(src, colon, state.posMax)
    scheme = _SCHEME.search(src[max(colon - 5, 0) : colon]) if found else None
    if not found or not scheme:
        return False
    start = colon - len(scheme[0])
    if src[start - 1 : start].isalnum() and src[start - 1].isascii():
        return False
    if not state.pending.endswith(scheme[0]):
        return False
    url = scheme[0] + _without_trailing(found[0], state)
    href = state.md.normalizeLink(url)
    if url.endswith("//") or not state.md.validateLink(href):
        return False
    state.pending = state.pending[: -len(scheme[0])]
    _push(state, url, href)
    state.pos = start + len(url)
    return True


def _without_trailing(rest: str, state: StateInline) -> str:
    """The URL's part after the scheme without the punctuation of the sentence around it."""
    rest = rest.rstrip(_TRAILING)
    delimiters = state.delimiters
    if rest.endswith("==") and delimiters and delimiters[-1].marker == ord("="):
        rest = rest[:-2].rstrip(_TRAILING)  # the end of a ==mark==
    return rest


def _push(state: StateInline, url: str, href: str) -> None:
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": href}
    opening.markup, opening.info = "linkify", "auto"
    state.push("text", "", 0).content = state.md.normalizeLinkText(url)
    closing = state.push("link_close", "a", -1)
    closing.markup, closing.info = "linkify", "auto"
