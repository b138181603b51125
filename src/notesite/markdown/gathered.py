"""What the parsing of one note gathers besides tokens: holes for its HTML, problems, places.

The rules of markdown-it hand one `env` dict around; ours holds a `Gathered` under "note".
A hole travels through the renderer's strings as a marker, `NUL index NUL`: NUL is refused in
sources and CommonMark replaces it, so no author can write one.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from notesite.model import Formula, Hole, Html, Location, Problem, Text
from notesite.problems import Level

MARKER = re.compile("\0([0-9]+)\0")


class Gathered:
    """`lines` is the whole file, so a token's map counts in its lines: front matter is blanked, not
    cut."""

    def __init__(self, shown: str, lines: list[str]) -> None:
        self.shown = shown
        self.lines = lines
        self.problems: list[Problem] = []
        self.holes: list[Hole] = []

    def hole(self, value: Hole) -> str:
        """A marker for `value`, to be put into rendered HTML or text."""
        self.holes.append(value)
        return f"\0{len(self.holes) - 1}\0"

    def html(self, rendered: str) -> Html:
        """Rendered HTML with its markers turned into holes."""
        return Html(tuple(self._pieces(rendered)))

    def text(self, rendered: str) -> Text:
        """Plain text with its markers turned into holes; only formulas can stand in text."""
        return Text(tuple([p for p in self._pieces(rendered) if isinstance(p, (str, Formula))]))

    def _pieces(self, rendered: str) -> list[str | Hole]:
        if "\0" not in rendered:
            return [rendered] if rendered else []
        parts = MARKER.split(rendered)
        pieces: list[str | Hole] = [*parts]
        pieces[1::2] = [self.holes[int(number)] for number in parts[1::2]]
        return [piece for piece in pieces if piece != ""]

    def problem(self, level: Level, message: str, line: int, column: int, hint: str = "") -> None:
        """Note a problem at a place of the file (from 1)."""
        self.problems.append(Problem(level, message, Location(self.shown, line, column), hint))

    def place(self, first_line: int, content: str, position: int) -> tuple[int, int]:
        """Where offset `position` of a block's `content` stands in the file (line, column, from 1).

        A block's content has lost the indent, `>` and list markers of its lines, so the column is
        found by looking the content's line up in the file's line. `first_line` is `token.map[0]`
        (from 0).
        """
        number = content.count("\n", 0, position)
        start = content.rfind("\n", 0, position) + 1
        end = content.find("\n", position)
        text = content[start : end if end >= 0 else len(content)].strip()
        line = first_line + number
        if line >= len(self.lines):
            return len(self.lines), 1
        lead = len(content[start:]) - len(content[start:].lstrip())
        found = self.lines[line].find(text)
        return line + 1, max(found, 0) + max(position - start - lead, 0) + 1


def gathered(env: MutableMapping[str, Any]) -> Gathered:
    """The `Gathered` of the note that is being parsed."""
    note = env["note"]
    assert isinstance(note, Gathered)
    return note
