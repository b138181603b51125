"""`redirect_from` and path-like `aliases` of notes -> redirects; one that clashes is an error."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from notesite.index.cards import Published
from notesite.index.urls import clash_key
from notesite.model import Location, Problem


def redirects(notes: Iterable[Published], problems: list[Problem]) -> tuple[tuple[str, str], ...]:
    """(old site path, URL of the note that is there now), by old path."""
    notes = list(notes)
    taken = {clash_key(note.card.url): note.document.shown for note in notes}
    found: dict[str, str] = {}
    for note in notes:
        front = note.document.front_matter
        places = {key: (line, column) for key, line, column in front.places}
        for key, paths in (("redirect_from", front.redirect_from), ("aliases", front.aliases)):
            for path in paths:
                if key == "aliases" and not path.startswith("/"):
                    continue  # another name of the note, not a path
                old = _path(path)
                if clash_key(old) == clash_key(note.card.url):
                    continue
                if other := taken.get(clash_key(old)):
                    message = f"{note.document.shown} and {other} both ask for the URL {old}"
                    where = Location(note.document.shown, *places.get(key, (0, 0)))
                    problems.append(Problem("error", message, where, f"remove it from `{key}`"))
                    continue
                taken[clash_key(old)] = note.document.shown
                found[old] = note.card.url
    return tuple(sorted(found.items()))


def _path(path: str) -> str:
    url = "/" + path.strip("/")
    return url if PurePosixPath(url).suffix in (".html", ".htm") else url.rstrip("/") + "/"
