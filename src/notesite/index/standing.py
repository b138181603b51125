"""Documents -> where each stands among the folders: as a note, or as a section's introduction."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal
from unicodedata import normalize

from msgspec import Struct

from notesite.index.languages import Languages
from notesite.model import Entry
from notesite.names import slugify

Kind = Literal["note", "section"]


class Standing(Struct, frozen=True):
    """A document with its language, its place, the folder it belongs to, and its kind."""

    document: Entry
    language: str
    place: str
    folder: str
    kind: Kind


@lru_cache(maxsize=10_000)
def folder_url(folder: str) -> str:
    """The site path of a folder of notes: `""` -> `/`, `_posts/A B` -> `/posts/a-b/`."""
    return "/" + "".join(slugify(part) + "/" for part in folder.split("/") if part)


def clash_key(url: str) -> str:
    """Equal for URLs that differ by case, width or normal form only: some file system would mix
    them up."""
    if url.isascii():
        return url.lower()
    return normalize("NFKC", normalize("NFKC", url).casefold())


def stand(documents: Iterable[Entry], languages: Languages) -> tuple[Standing, ...]:
    """Every document's place, folder and kind, by path. A page bundle stands in the folder above
    its own."""
    documents = sorted(documents, key=lambda document: document.path)
    placed = [(document, *languages.place(document)) for document in documents]
    roots = {languages.root(language) for language in languages.all}
    introductions = _introductions([(document, place) for document, _, place in placed], roots)
    found = []
    for document, language, place in placed:
        folder = place.rpartition("/")[0]
        kind: Kind = "note"
        if document.path in introductions:
            folder, kind = introductions[document.path], "section"
        elif is_bundle(place):
            folder = folder.rpartition("/")[0]
        found.append(Standing(document, language, place, folder, kind))
    return tuple(found)


def _introductions(placed: Iterable[tuple[Entry, str]], roots: Container[str]) -> dict[str, str]:
    """The notes that introduce a folder, path -> folder, by SPEC 2's order of preference.

    A note `foo.md` beside a folder `foo/` introduces it too, as a folder note does in Obsidian,
    unless it asks for another URL.
    """
    names: dict[str, dict[str, str]] = {}
    folders = {""}
    taken = set()  # notes that introduce another folder, or ask for another URL
    for document, place in placed:
        path = document.path
        folder, _, name = place.rpartition("/")
        names.setdefault(folder, {})[name.rpartition(".")[0].lower()] = path
        if asks(document) and asks_elsewhere(document, place.rpartition(".")[0]):
            taken.add(path)
        while folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    holding = {folder.rpartition("/")[0] for folder in folders if folder}
    found: dict[str, str] = {}
    for folder in sorted(folders):
        here = names.get(folder, {})
        below = folder in holding
        note_beside = names.get(folder.rpartition("/")[0], {}).get(
            folder.rpartition("/")[2].lower()
        )
        if "_index" in here:
            found[here["_index"]] = folder
        elif "index" in here and (len(here) > 1 or below or folder in roots):
            found[here["index"]] = folder
        elif "readme" in here and "index" not in here:
            found[here["readme"]] = folder
        elif folder in roots or "index" in here:
            continue
        elif note_beside and note_beside not in taken:
            found[note_beside] = folder
            taken.add(note_beside)
    return found


def asks_elsewhere(document: Entry, folder: str) -> bool:
    """Whether the note asks for a URL by name that is not the folder's."""
    front, url = document.front_matter, folder_url(folder)
    asked = url
    if front.permalink:
        asked = whole(front.permalink)
    elif front.slug:
        asked = folder_url(folder.rpartition("/")[0]) + slugify(front.slug) + "/"
    return clash_key(asked) != clash_key(url)


def is_bundle(path: str) -> bool:
    """Whether this note, which introduces no section, is an `index.md` (in any case) in a folder of
    its own."""
    return f"/{path}".lower().endswith(("/index.md", "/index.markdown"))


def whole(permalink: str) -> str:
    """A permalink as a site path: a last part with a suffix is a file, everything else a folder."""
    url = normalize("NFC", "/" + permalink.strip("/"))
    return url if PurePosixPath(url).suffix in (".html", ".htm") else re.sub("/+", "/", url + "/")


def asks(document: Entry) -> bool:
    return bool(document.front_matter.permalink or document.front_matter.slug)
