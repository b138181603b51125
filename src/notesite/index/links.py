"""A link by path -> its URL; a target that does not exist is a problem."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from posixpath import join, normpath
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import quote

from msgspec import Struct

from notesite.index.names import Names
from notesite.index.standing import folder_url
from notesite.model import AssetLink, Entry, Location, Macros, NoteLink, Picture, Problem
from notesite.names import slugify

_PLAIN = re.compile(r"[A-Za-z0-9/._~-]*")  # a path of these alone is a URL as it stands: most are
_SAFE = "/:@!$&'()*+,;=~-._"  # characters of a path that need no escape (RFC 3986)


class Aim(NamedTuple):
    """Where a wikilink leads: to one of `notes` (the nearest first), to `url`, or to a `word`."""

    notes: tuple[str, ...] = ()
    url: str = ""
    word: str = ""
    name: str = ""  # as written, without what stands behind `#`
    anchor: str = ""


class Targets(Struct, frozen=True):
    """What links can lead to: notes and assets by path below the notes folder, and every site
    path."""

    notes: Mapping[str, str]  # path -> URL
    held_back: frozenset[str]  # paths of drafts and of notes of the future
    assets: Mapping[str, str]  # path -> URL
    urls: frozenset[str]  # all site paths that exist
    base_path: str
    documents: Mapping[str, Entry]  # by path
    names: Names
    languages: Mapping[str, str]  # path of a note -> language
    terms: Mapping[tuple[str, str], str]  # language, key of `tags/name` -> URL
    aims: dict[tuple[str, str, str], Aim]  # what was asked for: target, folder, language
    anchors: set[str]  # slugs of those that are no id: a title can be meant
    macros: Macros
    pictures: Mapping[str, Picture]  # by URL
    words: Mapping[str, tuple[str, str]] = {}  # unwritten ones: key -> as it is spelled, URL


def href(url: str, base_path: str) -> str:
    """A site path as a URL: under the base path, escaped."""
    path = base_path.rstrip("/") + url
    return path if _PLAIN.fullmatch(path) else quote(path, safe=_SAFE)


def resolve_image(target: str, path: str, targets: Targets) -> str:
    """The site path of an image named in the front matter of the note at `path`, or "" if there is
    none."""
    folder = path.rpartition("/")[0]
    return _asset(target, folder, targets)


def resolve(
    hole: NoteLink | AssetLink, path: str, targets: Targets, problems: list[Problem]
) -> str:
    """The URL that is meant by a link in the note at `path`."""
    folder = path.rpartition("/")[0]
    target = normalize("NFC", hole.target)
    url = anchor = ""
    if isinstance(hole, NoteLink):
        note = linked(hole, path, targets)
        query = "?" + quote(hole.query, safe=_SAFE + "?%") if hole.query else ""
        url = targets.notes[note] if target and note else ""
        anchor = query + anchor_of(hole.anchor, hole.target, note, hole.location, targets, problems)
        if not target:
            return anchor
    url = url or _asset(target, folder, targets)
    if isinstance(hole, NoteLink):
        url = url or _section(target, folder, targets)
    elif hole.named and not url:
        url = targets.assets.get(targets.names.asset(target, folder), "")
    if url:
        return href(url, targets.base_path) + anchor
    problems.append(_dead(hole, folder, targets))
    absolute = hole.target.startswith("/")
    return (
        href(hole.target, targets.base_path) if absolute else quote(hole.target, safe=_SAFE)
    ) + anchor


def linked(link: NoteLink, path: str, targets: Targets) -> str:
    """The path of the note that a link in the note at `path` leads to, or ""."""
    target = normalize("NFC", link.target)
    if not target:
        return path
    return targets.names.beside(_note(target, path.rpartition("/")[0], targets), path)


def anchor_of(
    written: str, name: str, note: str, where: Location, targets: Targets, problems: list[Problem]
) -> str:
    """`#id` behind a note's `name` (none: the note itself), "" for the top of the page; one that is
    nowhere in the note is told."""
    anchor = normalize("NFC", written)
    if note and anchor:
        found = ident_of(anchor, targets.documents[note], targets)
        if found is None:
            message = f"there is no heading or id `{written}` in "
            problems.append(
                Problem("warning", message + (f"`{name}`" if name else "this note"), where)
            )
        else:
            anchor = found
    return "#" + quote(anchor, safe=_SAFE) if anchor or not name else ""


def ident_of(anchor: str, note: Entry, targets: Targets) -> str | None:
    """The id that a `#…` behind a note's name means: one in its body, or "" where it is the title,
    for the top; None if there is neither."""
    slug = slugify(anchor)  # as Obsidian and others write it: the heading's text
    for ident in (anchor, slug):
        place = bisect_left(note.ids, ident)  # they are sorted
        if ident == "top" or note.ids[place : place + 1] == (ident,):
            return ident
    targets.anchors.add(slug)
    return "" if slug == slugify(note.title) else None


def _candidates(target: str, folder: str) -> list[str]:
    """Paths that a target can mean: from the note's folder, or from the top where it begins with
    `/`."""
    found = normpath(target.lstrip("/") if target.startswith("/") else join(folder, target))
    return [] if found.split("/", 1)[0] == ".." else ["" if found == "." else found]


def _note(target: str, folder: str, targets: Targets) -> str:
    """The path of the note that is meant, or ""."""
    for path in _candidates(target, folder):
        if path in targets.assets:
            return ""  # a file of exactly this name comes before `name.md`
        for name in (
            path,
            path + ".md",
            path + ".markdown",
            *(f"{path}/{i}.md".lstrip("/") for i in _INTROS),
        ):
            if name in targets.notes:
                return name
    return ""


_INTROS = ("_index", "index", "README")


def _section(target: str, folder: str, targets: Targets) -> str:
    """The URL of a folder that has no introduction."""
    urls = (folder_url(path) for path in _candidates(target, folder))
    return next((url for url in urls if url in targets.urls), "")


def _asset(target: str, folder: str, targets: Targets) -> str:
    for path in _candidates(target, folder):
        if path in targets.assets:
            return targets.assets[path]
    if target.startswith("/"):
        for url in (target, target.rstrip("/") + "/"):
            if url in targets.urls:
                return url
    return ""


def _dead(hole: NoteLink | AssetLink, folder: str, targets: Targets) -> Problem:
    location: Location = hole.location
    if isinstance(hole, AssetLink) and hole.image:
        hint = "put the image beside the note, or in static/"
        return Problem("warning", f"the image `{hole.target}` does not exist", location, hint)
    for path in _candidates(hole.target, folder):
        if {path, path + ".md"} & targets.held_back:
            return Problem("warning", f"`{hole.target}` is a draft or not yet published", location)
    return Problem(
        "warning", f"`{hole.target}` does not exist", location, "mend or remove the link"
    )
