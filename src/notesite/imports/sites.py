"""The files of another generator's site -> Made: front matter kept, bodies translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from notesite.decode import decode
from notesite.imports.imported import Imported, Made
from notesite.imports.places import Remark, place
from notesite.markdown.front_matter import split
from notesite.nodes import FieldError
from notesite.problems import Location, Problem, with_source_lines


class Page(Struct, frozen=True):
    """A file of the site: the bytes of a page, or the file to copy. `shown` is how problems name
    it."""

    content: bytes | Path
    shown: str


class Translated(Struct, frozen=True):
    text: str
    remarks: tuple[Remark, ...]


Translate = Callable[[str, str], Translated]  # path and body of a page


def assembled(pages: Mapping[str, Page], translate: Translate) -> Made:
    """All files in the order of their paths; a page that cannot be read is a problem."""
    files: list[Imported] = []
    problems: list[Problem] = []
    for path, page in sorted(pages.items()):
        content = page.content
        if isinstance(content, bytes):
            try:
                content, found = _page(path, page.shown, decode(content), translate)
            except FieldError as error:
                where = Location(page.shown, error.line, error.column)
                problems.append(Problem("error", error.message, where, error.hint))
                continue
            problems += found
        files.append(Imported(path, content, path))
    return Made(tuple(files), tuple(problems))


def _page(path: str, shown: str, text: str, translate: Translate) -> tuple[bytes, list[Problem]]:
    """The note: its front matter as it stands, its body translated."""
    _, _, count = split(text)
    lines = text.split("\n")
    body = "\n".join(lines[count:])
    made = translate(path, body)
    found = []
    for remark in made.remarks:
        line, column = place(body, remark.at)
        where = Location(shown, line + count, column)
        found.append(Problem("warning", remark.message, where, remark.hint))
    problems = with_source_lines(found, lambda path: text)
    return "\n".join([*lines[:count], made.text]).encode(), list(problems)
