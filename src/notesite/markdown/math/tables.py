r"""A rule for tables in, the same rule out, but with `|` inside a formula as a part of the formula.

`| $p(x|y)$ |` is one cell. The rule is markdown-it's own; while it runs, the `|` of formulas are
hidden behind a character of the same length that no note holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from typing import Any

from markdown_it.rules_block import StateBlock

from notesite.markdown.math.blocks import lines_of
from notesite.markdown.math.spans import Spans

Rule = Callable[[StateBlock, int, int, bool], bool]
_SECOND_ROW = re.compile(r"(?:[|:]|-(?![ \t]))[|: \t-]*")  # else it is no table, whatever is masked
_BAR = "\ufdd0"  # a noncharacter of Unicode
_MASKED = "tex masked"  # in markdown-it's env


def with_formulas(table: Rule, *, double_backslash: bool) -> Rule:
    """The rule `table`, for cells that hold formulas."""

    def rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        below = start + 1
        if below >= end:
            return table(state, start, end, silent)
        first = state.bMarks[below] + state.tShift[below]
        if not _SECOND_ROW.fullmatch(state.src, first, state.eMarks[below]):
            return False
        source = state.src
        state.src = _masked(state.env, source, double_backslash)
        before = len(state.tokens)
        try:
            made = table(state, start, end, silent)
        finally:
            state.src = source
        if made and not silent:
            for token in state.tokens[before:]:
                if token.content:
                    token.content = token.content.replace(_BAR, "|")
            _note_columns(state, before)
        return made

    return rule


def forget(env: MutableMapping[str, Any]) -> None:
    """Empty `env` of what only served this parse."""
    env.pop(_MASKED, None)


def _masked(env: MutableMapping[str, Any], text: str, double_backslash: bool) -> str:
    known: dict[str, str] = env.setdefault(_MASKED, {})
    if text not in known:
        lines = text.split("\n")
        usable, touched = _BAR not in text, False
        for index, line in enumerate(lines):
            if usable and "|" in line and ("$" in line or "\\(" in line):
                lines[index] = _mask(line, double_backslash)
                touched = touched or lines[index] is not line
        known[text] = "\n".join(lines) if touched else text
    return known[text]


def _mask(line: str, double_backslash: bool) -> str:
    r"""The line with the `|` of its formulas hidden, but for `\|`: so a cell escapes it."""
    spans = Spans(line, double_backslash=double_backslash, cell=True)
    offsets = sorted([*spans.dollar_at, *spans.bracket_at])
    parts, done = [], 0
    for offset in offsets:
        span = spans.at(offset) if offset >= done else None
        if span is not None:
            inside = line[span.start : span.stop].replace("\\|", "\\\0").replace("|", _BAR)
            parts += [line[done : span.start], inside.replace("\\\0", "\\|")]
            done = span.stop
    return "".join([*parts, line[done:]]) if parts else line


def _note_columns(state: StateBlock, before: int) -> None:
    """Tell the cells where in their line they stand: the same text may stand there twice."""
    lines = lines_of(state.env, state.src)
    at_line, cursor = -1, 0
    for token in state.tokens[before:]:
        if token.type != "inline" or not token.map or not token.content:
            continue
        if token.map[0] != at_line:
            at_line, cursor = token.map[0], lines.starts[token.map[0]]
        stop = state.eMarks[at_line]
        found = state.src.find(token.content, cursor, stop)
        if found < 0:
            found = state.src.find(token.content.replace("|", "\\|"), cursor, stop)
        if found >= 0:
            token.meta["column"] = found - lines.starts[at_line] + 1
            cursor = found + len(token.content)
