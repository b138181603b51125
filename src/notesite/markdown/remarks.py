"""Problems that an inline rule sees -> problems with a place.

An inline rule knows a block's text, not where the block stands; so what it remembers waits until
the block's token is at hand.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

from notesite.markdown.gathered import gathered
from notesite.problems import Level


def plugin(md: MarkdownIt) -> None:
    """Install the rule that gives each remembered problem its place."""
    md.core.ruler.after("inline", "remarks", _place)


def remember(state: StateInline, position: int, level: Level, message: str, hint: str = "") -> None:
    """Note a problem at `position` of the text that is being parsed."""
    remark = (state.src, position, level, message, hint)
    state.env.setdefault("remarks", []).append(remark)


def _place(state: StateCore) -> None:
    remarks = state.env.pop("remarks", None)
    if not remarks:
        return
    note = gathered(state.env)
    first_lines = {
        token.content: token.map[0]
        for token in reversed(state.tokens)  # of equal texts the first
        if token.type == "inline" and token.map
    }
    for text, position, level, message, hint in remarks:
        if text in first_lines:
            line, column = note.place(first_lines[text], text, position)
        else:  # text within text, as in an inline footnote
            line, column = 0, 0
        note.problem(level, message, line, column, hint)
