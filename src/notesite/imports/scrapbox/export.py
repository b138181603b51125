"""The JSON of Scrapbox -> pages, and a problem for each thing that is none.

It is an export of a project (with lines as strings or with metadata), the JSON file of one page, or
a list of pages.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from notesite.decode import decode
from notesite.imports.quoting import writable
from notesite.nodes import FieldError
from notesite.problems import Level, Location, Problem

_EXPECTED = "export the pages again in the settings of the project, under Page Data"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 250_000_000_000  # seconds: the year 9892


class Page(Struct, frozen=True):
    """A page; the first of its `lines` is its title. `source` names it for good: its id, or its
    title where there is none."""

    source: str
    title: str
    lines: tuple[str, ...]
    created: datetime | None = None
    updated: datetime | None = None


class Export(Struct, frozen=True):
    pages: tuple[Page, ...]
    problems: tuple[Problem, ...]


def read(content: bytes, shown: str) -> Export:
    """The pages in the order of their titles; `shown` is how problems name the file."""
    try:
        found = list(_pages(_json(content)))
    except FieldError as error:
        where = Location(shown, error.line, error.column)
        return Export((), (Problem("error", error.message, where, error.hint),))
    reader = _Reader(shown)
    pages = [page for number, raw in enumerate(found, 1) if (page := reader.page(raw, number))]
    return Export(tuple(reader.distinct(pages)), tuple(reader.problems))


def page_location(shown: str, title: str, line: int = 0, column: int = 0) -> Location:
    """`export.json [title]:3:1`: a place in a page."""
    return Location(f"{shown} [{title}]", line, column)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        decode(content)  # says what else it looks like
        raise FieldError("this is not UTF-8", 1, 1, _EXPECTED) from None
    except json.JSONDecodeError as error:
        message = f"this JSON cannot be read ({error.msg})"
        raise FieldError(message, error.lineno, error.colno, _EXPECTED) from None
    except RecursionError:
        raise FieldError("this JSON is nested too deep", 1, 1, _EXPECTED) from None
    except ValueError:  # of int(): Python reads no more than 4,300 digits
        raise FieldError("a number in this JSON is too long", 1, 1, _EXPECTED) from None


def _pages(data: Any) -> Iterator[Any]:
    if isinstance(data, dict) and "pages" not in data and "lines" in data:
        data = [data]
    elif isinstance(data, dict):
        data = data.get("pages")
    if not isinstance(data, list) or not data:
        raise FieldError("this is no export of Scrapbox: it holds no pages", 1, 1, _EXPECTED)
    yield from data


class _Reader:
    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.problems: list[Problem] = []

    def page(self, raw: Any, number: int) -> Page | None:
        """A page from what stands at its place; None, and a problem, if it is not one."""
        lines = raw.get("lines") if isinstance(raw, dict) else None
        title = raw.get("title") if isinstance(raw, dict) else None
        name = (_one_line(title) if isinstance(title, str) else "") or f"page {number}"
        if not isinstance(lines, list):
            self._problem("error", "this is not a page: it has no lines", name)
            return None
        texts = self._lines(lines, name)
        if texts is None:
            return None
        if not isinstance(title, str):
            title = texts[0] if texts else ""
        title = _one_line(title)
        if not title:
            self._problem("error", "this page has no title", name)
            return None
        if not any(line.strip() for line in texts[1:]):
            self._problem("note", "this page is empty but for its title", title)
        if not texts or _one_line(texts[0]) != title:
            texts = [title, *texts]
        source = raw.get("id")
        return Page(
            writable(source) if isinstance(source, str) and source else title,
            title,
            tuple(texts),
            self._moment(raw, "created", title),
            self._moment(raw, "updated", title),
        )

    def distinct(self, pages: list[Page]) -> list[Page]:
        """Each page once, the last updated one, in the order of titles."""
        newest: dict[str, Page] = {}
        for page in sorted(pages, key=lambda p: (p.updated or _EPOCH, p.lines)):
            if page.title in newest:
                message = "this title stands in the export twice: the page that was updated last is"
                self._problem("warning", f"{message} taken", page.title)
            newest[page.title] = page
        by_source = {page.source: page for page in newest.values()}
        return sorted(by_source.values(), key=lambda page: page.title)

    def _lines(self, raw: list[Any], name: str) -> list[str] | None:
        """The text of each line; None, and a problem, if one is none."""
        texts: list[str] = []
        for number, line in enumerate(raw, 1):
            text = line.get("text") if isinstance(line, dict) else line
            if not isinstance(text, str):
                self._problem(
                    "error", "this line is not text, so the page is left out", name, number
                )
                return None
            clean = writable(text)
            if clean != text:
                column = next(i for i, (a, b) in enumerate(zip(text, clean, strict=True)) if a != b)
                message = f"the character U+{ord(text[column]):04X} cannot stand in a note, and is"
                self._problem("warning", f"{message} written as U+FFFD", name, number, column + 1)
            texts += re.split(r"\r\n|\r|\n", clean)
        return texts

    def _moment(self, raw: dict[str, Any], key: str, title: str) -> datetime | None:
        """Seconds since 1970, to the second."""
        value = raw.get(key)
        if value is None:
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not 0 <= value <= _LATEST:
            message = f"`{key}` is not a time in seconds, and left out"
            self._problem("warning", message, title)
            return None
        return _EPOCH + timedelta(seconds=int(value))

    def _problem(
        self, level: Level, message: str, title: str, line: int = 0, column: int = 0
    ) -> None:
        where = page_location(self.shown, title, line, column)
        self.problems.append(Problem(level, message, where))


def _one_line(title: str) -> str:
    return " ".join(writable(title).split())
