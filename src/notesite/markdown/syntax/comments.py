"""`%%a comment%%` of Obsidian, in a line or over many -> nothing."""

from __future__ import annotations

from bisect import bisect_right

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from notesite.markdown.inline import starts


def plugin(md: MarkdownIt) -> None:
    """Install the rules."""
    alt: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "comment", _block, alt)
    md.inline.ruler.push("comment", _inline)
    starts(md, "comment", "%")


def _inline(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("%%", state.pos, state.posMax):
        return False
    end = state.src.find("%%", state.pos + 2, state.posMax)
    if end < 0:
        return False
    state.pos = end + 2
    return True


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """From a line that begins with `%%` to the next that ends with it; without one, `%%` is
    text."""
    line = _line(state, start)
    if not line.startswith("%%") or state.is_code_block(start):
        return False
    last = start
    if "%%" not in line[2:]:
        ends = _ends(state)
        following = bisect_right(ends, start)
        last = ends[following] if following < len(ends) else end
    elif silent or line.count("%%") > 2 or not line.endswith("%%"):
        return False  # a comment within a paragraph
    if last >= end:
        return False
    if not silent:
        state.line = last + 1
    return True


def _ends(state: StateBlock) -> list[int]:
    """The lines that end in `%%`, looked for once."""
    found: list[int] | None = state.env.get("ends of comments")
    if found is None:
        lines = range(len(state.bMarks) - 1)
        found = [number for number in lines if _line(state, number).endswith("%%")]
        state.env["ends of comments"] = found
    return found


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip()
