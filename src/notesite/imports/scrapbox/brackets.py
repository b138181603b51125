"""A line of Scrapbox -> where its code spans, its formulas and its other brackets end.

A formula closes at ` ]` if there is one, else at the balanced bracket, else at the first `]`. But a
` ]` whose own bracket opens behind the place where the formula could have ended is not the
formula's: `[$ 1+1=2][. [link] ]` is two things. Every sign is looked at a constant number of times.
"""

from __future__ import annotations

import re
from bisect import bisect_left

FORMULA = "[$ "

_SIGN = re.compile(r"[\[\]`]")
_BRACKET = re.compile(r"[\[\]]")
_CLOSES = re.compile(r"\]")
_SPACED = re.compile(r"(?<= )\]")


class Brackets:
    """Offsets of one line: `codes` from backtick to backtick, `formulas` and `ends` from `[` to
    `]`. Brackets inside code and formulas are none; `plain` are those that hold only text."""

    def __init__(self, line: str) -> None:
        self.codes: dict[int, int] = {}
        self.formulas: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.plain: set[int] = set()
        self._line = line
        if FORMULA in line:
            self._closes = [found.start() for found in _CLOSES.finditer(line)]
            self._spaced = [found.start() for found in _SPACED.finditer(line)]
            self._balance()
        self._read()

    def _balance(self) -> None:
        """The brackets as they pair when code and formulas are taken for text."""
        self._close_of: dict[int, int] = {}
        self._open_of: dict[int, int] = {}
        opened: list[int] = []
        for found in _BRACKET.finditer(self._line):
            if found[0] == "[":
                opened.append(found.start())
            elif opened:
                start = opened.pop()
                self._close_of[start], self._open_of[found.start()] = found.start(), start

    def _read(self) -> None:
        opened: list[int] = []
        position = before = 0
        while found := _SIGN.search(self._line, position):
            start, position = found.start(), found.end()
            if found[0] == "`":
                stop = self._line.find("`", position)
                if stop < 0:
                    continue  # a sign like any other
                self.codes[start] = stop
                position = stop + 1
            elif found[0] == "]":
                if opened:
                    if opened[-1] == before:
                        self.plain.add(before)
                    self.ends[opened.pop()] = start
            elif self._line.startswith(FORMULA, start) and (end := self._formula_end(start)):
                self.formulas[start] = end
                position = end + 1
            else:
                opened.append(start)
            before = start

    def _formula_end(self, start: int) -> int:
        """Where the formula that opens at `start` closes; 0 if it does not."""
        inside = start + len(FORMULA) - 1  # the space of an empty formula may be its last
        first = _next(self._closes, inside)
        balanced = self._close_of.get(start, first)
        spaced = _next(self._spaced, inside)
        if not spaced or (spaced > balanced and self._open_of.get(spaced, -1) > balanced):
            return balanced
        return spaced


def _next(offsets: list[int], start: int) -> int:
    index = bisect_left(offsets, start)
    return offsets[index] if index < len(offsets) else 0
