"""A scenario and the notes of a site -> what its author changes before the next build."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.program import FOOT, OUTPUT, Program


class Edit(NamedTuple):
    """A file and its new text, and what the page of `shown` then holds.

    Without a file it is the template at the foot of all pages.
    """

    file: str
    text: str
    shown: str
    mark: str


def edit(scenario: str, number: int, notes: Mapping[str, str]) -> Edit | None:
    """The `number`th edit (from 1), which undoes the one before, but for new notes, which stay.

    Each scenario has a note of its own. None for a scenario that edits nothing.
    """
    names = list(notes)
    body, formula, title = (names[(len(names) // 2 + i) % len(names)] for i in range(3))
    mark = f"edit-{scenario}-{number}"
    match scenario:
        case "body":
            return Edit(body, f"{notes[body]}\nAdded: {mark}.\n", body, mark)
        case "formula":
            added = f"\nAdded: {mark} with $\\omega_{{{number}}} = \\beta + {number}$.\n"
            return Edit(formula, notes[formula] + added, formula, mark)
        case "title":
            text = notes[title].replace("\ntitle: ", f"\ntitle: {mark} ", 1)
            return Edit(title, text, title, mark)
        case "new":
            name = f"note-new-{number}.md"
            front = f"---\ntitle: {mark}\ndate: 2025-12-31T00:{number:02}:00\ntags: [{_tag(notes)}]"
            return Edit(name, f"{front}\n---\n\nThe newest of all: $x$.\n", name, mark)
        case "template":
            mark = FOOT.replace("0", str(number))
            return Edit("", mark, names[0], mark)
    return None


def apply(made: Edit, program: Program, site: Path) -> None:
    """Write the edit to the site of this program."""
    if made.file:
        (site / program.notes / made.file).write_text(program.adapt(made.text), "utf-8")
        return
    foot = site / program.foot
    start, _, rest = foot.read_text("utf-8").partition(FOOT[:-1])
    foot.write_text(start + made.text + rest[rest.index("<") :], "utf-8")


def is_shown(made: Edit, program: Program, site: Path) -> bool:
    """Does the built site show the edit?"""
    page = site / OUTPUT / program.page.format(made.shown.removesuffix(".md"))
    return page.is_file() and made.mark in page.read_text("utf-8")


def _tag(notes: Mapping[str, str]) -> str:
    """The first tag of the first note."""
    front = next(iter(notes.values())).partition("tags: [")[2]
    return front.partition("]")[0].partition(",")[0]
