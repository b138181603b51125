"""Location and Problem, and how one is shown: file:line:col, the line, a caret, a hint."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal
from unicodedata import east_asian_width

from msgspec import Struct
from msgspec.structs import replace

_LINE_END = re.compile("\r\n|\r|\n")  # of a note; U+2028 and the like stand inside a line
Level = Literal["error", "warning", "note"]


class Location(Struct, frozen=True, order=True):
    """A place in a file. `line` and `column` count from 1, in characters; 0 means the whole
    file."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.path
        return f"{self.path}:{self.line}:{max(self.column, 1)}"


class Problem(Struct, frozen=True):
    """What is wrong (a sentence without a full stop), where, and what to do about it (`hint`).

    error: something asked for is not in the output; warning: it is there, but flawed; note: advice.
    A problem of the frame (settings, templates, output folder) means that nothing is published.
    """

    level: Level
    message: str
    location: Location
    hint: str = ""
    source_line: str = ""
    frame: bool = False


class Incomplete(Exception):
    """A file of the program did not come with it. The message says which, and what to do."""


def broken(problems: Iterable[Problem]) -> bool:
    """Whether settings, templates or the extension are such that nothing can be published."""
    return any(problem.frame and problem.level == "error" for problem in problems)


def with_source_lines(
    problems: Iterable[Problem], text_of: Callable[[str], str]
) -> tuple[Problem, ...]:
    """The problems, each with the line that it points at. `text_of` no file is ""."""
    lines: dict[str, list[str]] = {}
    found = []
    for problem in problems:
        path, number = problem.location.path, problem.location.line
        if number and not problem.source_line:
            if path not in lines:
                lines[path] = _LINE_END.split(text_of(path))
            if number <= len(lines[path]):
                problem = replace(problem, source_line=lines[path][number - 1])
        found.append(problem)
    return tuple(found)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sorted by file, line and column, each once: the order in which they are shown."""
    order = {"error": 0, "warning": 1, "note": 2}
    once = dict.fromkeys(problems)  # they mostly come in order, which a set would lose
    return sorted(once, key=lambda p: (p.location, order[p.level], p.message))


def show(problem: Problem, width: int = 100) -> str:
    """The problem as lines of plain text, without a final line end.

    ```
    notes/a.md:12:5: error: the month 13 does not exist
      date: 2024-13-01
            ^
      hint: write the date as YYYY-MM-DD
    ```
    A long line is shown around the column; a wide character moves the caret by two columns.
    """
    parts = [_one_line(f"{problem.location}: {problem.level}: {problem.message}")]
    if problem.source_line:
        line, column = _window(problem.source_line, problem.location.column, width - 4)
        parts.append(f"  {line}")
        if problem.location.column:
            parts.append("  " + " " * _columns(line[: column - 1]) + "^")
    if problem.hint:
        parts.append(_one_line(f"  hint: {problem.hint}"))
    return "\n".join(parts)


def _one_line(text: str) -> str:
    """A file name can hold a line feed, and must not look like a line of ours."""
    return text.replace("\n", "\u240a")


def _window(line: str, column: int, width: int) -> tuple[str, int]:
    line = line.replace("\t", " ").rstrip()
    if _columns(line) <= width:
        return line, column
    start = max(0, column - 1 - width // 4)
    end = start
    used = 0
    while end < len(line) and used < width - 2:
        used += _columns(line[end])
        end += 1
    before, after = "…" if start else "", "…" if end < len(line) else ""
    return before + line[start:end] + after, column - start + len(before)


def _columns(text: str) -> int:
    """Columns of a terminal: wide and full-width characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
