"""Tokens in, lines and columns of the note out: where each line of a formula begins."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from markdown_it.token import Token

from notesite.markdown.gathered import Gathered
from notesite.markdown.math.numbering import Starts


class Places:
    """Finds places for one note. A paragraph is looked up once, whatever it holds."""

    def __init__(self, note: Gathered) -> None:
        self.note = note
        self._parent: Token | None = None
        self._offsets: list[int] = []
        self._starts: list[tuple[int, int]] = []
        self._joined: str | None = None  # the whole note, for what has no line of its own
        self._cursor = 0

    def of_span(self, parent: Token, child: Token) -> Starts:
        """Line and column of each line of a formula inside a paragraph."""
        at = child.meta["at"]
        first = self.of_offset(parent, at)
        lines = child.content.count("\n")
        if not lines:
            return (first,)
        index = bisect_right(self._offsets, at)
        return (first, *self._starts[index : index + lines])

    def of_offset(self, parent: Token, offset: int) -> tuple[int, int]:
        """Line and column of an offset in a paragraph's content."""
        if parent is not self._parent:
            self._read(parent)
        index = bisect_right(self._offsets, offset) - 1
        line, column = self._starts[index]
        return line, column + offset - self._offsets[index]

    def of_fence(self, token: Token) -> Starts:
        """Line and column of each line of a fence's content."""
        first = token.map[0] + 1 if token.map else 0
        return tuple(
            self._locate(first + index, line)
            for index, line in enumerate(token.content.split("\n"))
        )

    def _read(self, parent: Token) -> None:
        lines = parent.content.split("\n")
        self._parent = parent
        self._offsets = [0, *accumulate(len(line) + 1 for line in lines)][:-1]
        if "column" in parent.meta and parent.map:
            self._starts = [(parent.map[0] + 1, parent.meta["column"])]
        elif parent.map:
            first = parent.map[0]
            self._starts = [self._locate(first + index, line) for index, line in enumerate(lines)]
        else:
            self._starts = self._search(parent.content, len(lines))

    def _locate(self, line: int, text: str) -> tuple[int, int]:
        """Where the text of a line stands in the file's line, which may have `> ` before it."""
        if line >= len(self.note.lines):
            return max(len(self.note.lines), 1), 1
        stripped = text.strip()
        lead = len(text) - len(text.lstrip()) if stripped else 0
        found = self.note.lines[line].find(stripped)
        return line + 1, max(found - lead, 0) + 1

    def _search(self, text: str, count: int) -> list[tuple[int, int]]:
        """An inline footnote forgets its line: it is looked for from the last one on."""
        if self._joined is None:
            self._joined = "\n".join(self.note.lines)
        found = self._joined.find(text, self._cursor)
        if found < 0:
            return [(1, 1)] * count
        self._cursor = found + len(text)
        line = self._joined.count("\n", 0, found)
        column = found - (self._joined.rfind("\n", 0, found) + 1)
        return [(line + 1 + index, 1 if index else column + 1) for index in range(count)]
