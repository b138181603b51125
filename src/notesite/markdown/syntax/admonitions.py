"""`!!! note "Title"`, `??? note`, `???+ note` and an indented body, as MkDocs writes callouts -> a
callout.

https://python-markdown.github.io/extensions/admonition/ and
https://facelessuser.github.io/pymdown-extensions/extensions/details/
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from notesite.markdown.callouts import KIND, Body, enclose, too_deep

INDENT = 4  # columns, of the body
_OPENER = re.compile(rf"""(!!!|\?\?\?\+?)[ \t]*({KIND})(?:[ \t]+{KIND}){{0,5}}(?:[ \t]+"(.*)")?""")
_FOLDS = {"!!!": "", "???": "-", "???+": "+"}


def plugin(md: MarkdownIt) -> None:
    """Install the rule."""
    alt: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "admonition", _admonition, alt)


def _admonition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Words in quotes are the title, `""` is none unless it folds. Without title and body it is
    text."""
    first = state.bMarks[start] + state.tShift[start]
    if state.src[first : first + 3] not in _FOLDS or state.is_code_block(start):
        return False
    found = _OPENER.fullmatch(state.src[first : state.eMarks[start]].rstrip())
    if not found or too_deep(state):
        return False
    indent = state.sCount[start] - state.blkIndent + INDENT
    if found[3] is None and not (start + 1 < end and _is_inside(state, start + 1, indent)):
        return False
    if not silent:
        last = _end(state, start + 1, end, indent)
        body = Body(start + 1, last, last, indent)
        fold, title = _FOLDS[found[1]], found[3]
        titled = bool(fold) or title != ""
        enclose(state, body, found[2], title or "", fold, titled=titled)
    return True


def _end(state: StateBlock, start: int, end: int, indent: int) -> int:
    """The line behind the last one that is indented."""
    last = start
    for number in range(start, end):
        if _is_inside(state, number, indent):
            last = number + 1
        elif not state.isEmpty(number):
            break
    return last


def _is_inside(state: StateBlock, number: int, indent: int) -> bool:
    return not state.isEmpty(number) and state.sCount[number] - state.blkIndent >= indent
