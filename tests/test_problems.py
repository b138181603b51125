"""Problems as an author sees them: with the line of the file that they point at."""

from __future__ import annotations

import pytest

from notesite.problems import Location, Problem, show, with_source_lines


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_problem_shows_its_line_whatever_ends_the_lines(end: str) -> None:
    text = end.join(["one", "two \u2028 of \x85 it", "three"])
    problem = Problem("warning", "wrong", Location("a.md", 3, 1))
    (found,) = with_source_lines([problem], lambda path: text)
    assert found.source_line == "three"


def test_a_wide_character_moves_the_caret_by_two_columns() -> None:
    problem = Problem("note", "so", Location("a.md", 1, 3), "do it", "日本語")
    assert show(problem) == "a.md:1:3: note: so\n  日本語\n      ^\n  hint: do it"
