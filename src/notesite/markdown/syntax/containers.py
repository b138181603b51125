"""`:::note Title` ... `:::`, as Zenn, Docusaurus and others write callouts -> a callout."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

from notesite.markdown.callouts import KIND, Body, enclose, too_deep

_OPENER = re.compile(rf"(:{{3,}})[ \t]*({KIND})(?:\[([^\[\]]*)\])?(?:[ \t]+(.*))?")
_CLOSER = re.compile(r":{3,}")
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)")


def plugin(md: MarkdownIt) -> None:
    """Install the rule."""
    alt: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "container", _container, alt)


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith(":::", first) or state.is_code_block(start):
        return False
    found = _OPENER.fullmatch(state.src[first : state.eMarks[start]].rstrip())
    if not found or too_deep(state):
        return False
    if not silent:
        last, closed = _end(state, start, end, len(found[1]))
        name, title = found[2].lower(), found[3] or found[4] or ""
        titled = name != "message"  # Zenn's, which has no title: `:::message alert`
        if not titled:
            name = "warning" if title.strip() == "alert" else "note"
        enclose(state, Body(start + 1, last, last + closed), name, title, titled=titled)
    return True


def _end(state: StateBlock, start: int, end: int, length: int) -> tuple[int, bool]:
    """The line that closes a container (or where its block ends), and whether there is one.

    A line of colons closes the innermost container of its length, else the innermost shorter one.
    """
    opened = [length]
    for number, line in _lines(state, start + 1, end):
        if number < 0:
            return -number, False
        if _CLOSER.fullmatch(line):
            equal = [i for i, opener in enumerate(opened) if opener == len(line)]
            shorter = [i for i, opener in enumerate(opened) if opener < len(line)]
            if at := (equal or shorter)[-1:]:
                del opened[at[0] :]
            if not opened:
                return number, True
        elif found := _OPENER.fullmatch(line):
            opened.append(len(found[1]))
    return end, False


def _lines(state: StateBlock, start: int, end: int) -> Iterator[tuple[int, str]]:
    """(number, text) of the lines that begin with `:::` outside of fenced code.

    (-number, "") where the block that holds the container ends.
    """
    fence = ""
    for number in range(start, end):
        first = state.bMarks[number] + state.tShift[number]
        if first < state.eMarks[number] and state.sCount[number] < state.blkIndent:
            yield -number, ""
        sign = state.src[first : first + 3]
        if sign not in ("```", "~~~", ":::") or state.is_code_block(number):
            continue
        line = state.src[first : state.eMarks[number]].rstrip()
        if sign == ":::":
            if not fence:
                yield number, line
        elif found := _FENCE.fullmatch(line):
            if not fence:
                fence = found[1] if not (sign == "```" and "`" in found[2]) else ""
            elif found[1].startswith(fence) and not found[2]:
                fence = ""
