"""The Markdown of a note -> which parts of it are code, and where an offset stands."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

_FENCE = re.compile(r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(`{3,}|~{3,})(.*)")

Range = tuple[int, int]


class Remark(Struct, frozen=True, order=True):
    """What has no equal, at an offset of the text."""

    at: int
    message: str
    hint: str = ""


class Code:
    """The code of a text: fenced blocks and code spans, as ranges of offsets."""

    def __init__(self, text: str) -> None:
        self.ranges = list(_ranges(text))
        self._starts = [start for start, _ in self.ranges]

    def holds(self, offset: int) -> bool:
        index = bisect_right(self._starts, offset) - 1
        return index >= 0 and offset < self.ranges[index][1]


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def line_around(text: str, offset: int) -> tuple[str, str]:
    """The line that an offset stands in: what is before it, what is behind it."""
    offset = min(offset, len(text))
    end = text.find("\n", offset)
    start = text.rfind("\n", 0, offset) + 1
    return text[start:offset], text[offset : len(text) if end < 0 else end]


def _ranges(text: str) -> Iterator[Range]:
    prose, fence, opened = 0, "", 0
    position = 0
    for line in text.split("\n"):
        start, position = position, position + len(line) + 1
        found = _FENCE.fullmatch(line)
        if not found:
            continue
        if fence:
            if found[1].startswith(fence) and not found[2].strip():
                yield opened, position
                prose, fence = position, ""
        elif not (found[1][0] == "`" and "`" in found[2]):
            yield from _spans(text, prose, start)
            fence, opened = found[1], start
    if fence:
        yield opened, len(text)
    else:
        yield from _spans(text, prose, len(text))


def _spans(text: str, start: int, stop: int) -> Iterator[Range]:
    for paragraph in re.split(r"(\n[ \t]*\n)", text[start:stop]):
        yield from _spans_of(paragraph, start)
        start += len(paragraph)


def _spans_of(paragraph: str, offset: int) -> Iterator[Range]:
    """Runs of backticks that pair with the next run of their length."""
    runs = [found.span() for found in re.finditer("`+", paragraph)]
    of_length: dict[int, list[int]] = defaultdict(list)
    for start, end in runs:
        of_length[end - start].append(start)
    done = 0
    for start, end in runs:
        closers = of_length[end - start]
        index = bisect_left(closers, end)
        escaped = paragraph[start - 1 : start] == "\\"
        if start >= done and index < len(closers) and not escaped:
            done = closers[index] + end - start
            yield offset + start, offset + done
