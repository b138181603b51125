"""`redirect_from` and path-like `aliases` of notes -> redirects; one that clashes is an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from unicodedata import normalize

from notesite.index.standing import clash_key
from notesite.index.urls import Address
from notesite.model import Entry, Location, Problem
from notesite.names import unsafe_name


def redirects(
    documents: Iterable[Entry],
    addresses: Mapping[str, Address],
    reserved: Mapping[str, str],
    problems: list[Problem],
) -> tuple[tuple[str, str], ...]:
    """(old site path, URL of the note that is there now), by old path.

    `reserved` names what of the site itself has a URL, by its key.
    """
    documents = list(documents)
    taken = dict(reserved)
    taken |= {clash_key(addresses[note.path].url): note.shown for note in documents}
    found: dict[str, str] = {}
    for note in documents:
        if not (note.front_matter.redirect_from or note.front_matter.aliases):
            continue
        url = addresses[note.path].url
        places = {key: (line, column) for key, line, column in note.front_matter.places}
        for key, old in _asked(note):
            if clash_key(old) == clash_key(url):
                continue
            where = Location(note.shown, *places.get(key, (0, 0)))
            hint = f"remove it from `{key}`"
            if other := taken.get(clash_key(old)):
                message = f"{note.shown} and {other} both ask for the URL {old}"
                problems.append(Problem("error", message, where, hint))
            elif reason := unsafe_name(old.strip("/")):
                message = f"nothing can be published at {old}: {reason}"
                problems.append(Problem("error", message, where, hint))
            else:
                taken[clash_key(old)] = note.shown
                found[old] = url
    return tuple(sorted(found.items()))


def _asked(note: Entry) -> Iterable[tuple[str, str]]:
    """(key of the front matter, site path) of every redirect to the note."""
    for path in note.front_matter.redirect_from:
        yield "redirect_from", _path(path)
    for path in note.front_matter.aliases:
        if path.startswith("/"):  # others are names for links
            yield "aliases", _path(path)


def _path(path: str) -> str:
    url = normalize("NFC", "/" + path.strip("/"))
    return url if PurePosixPath(url).suffix in (".html", ".htm") else url.rstrip("/") + "/"
