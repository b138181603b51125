"""Html with link holes -> Html without; a target that does not exist is a problem with its
place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from posixpath import join, normpath
from unicodedata import normalize
from urllib.parse import quote

from msgspec import Struct

from notesite.model import AssetLink, Html, Location, NoteLink, Problem

_PLAIN = re.compile(r"[A-Za-z0-9/._~-]*")  # a path of these alone is a URL as it stands: most are
_SAFE = "/:@!$&'()*+,;=~-._"  # characters of a path that need no escape (RFC 3986)


class Targets(Struct, frozen=True):
    """What links can lead to: notes and assets by path below the notes folder, and every site
    path."""

    notes: Mapping[str, str]  # path -> URL
    held_back: frozenset[str]  # paths of drafts and of notes of the future
    assets: Mapping[str, str]  # path -> URL
    urls: frozenset[str]  # all site paths that exist
    base_path: str


def href(url: str, base_path: str) -> str:
    """A site path as a URL: under the base path, escaped."""
    path = base_path.rstrip("/") + url
    return path if _PLAIN.fullmatch(path) else quote(path, safe=_SAFE)


def fill(html: Html, path: str, targets: Targets, problems: list[Problem]) -> Html:
    """The HTML of the note at `path` with its links resolved."""
    if all(isinstance(piece, str) for piece in html.pieces):
        return html
    folder = path.rpartition("/")[0]
    return Html((
        "".join(
            escape(_resolved(piece, folder, targets, problems))
            if isinstance(piece, NoteLink | AssetLink)
            else str(piece)
            for piece in html.pieces
        ),
    ))  # fmt: skip


def resolve_image(target: str, path: str, targets: Targets) -> str:
    """The site path of an image named in the front matter of the note at `path`, or "" if there is
    none."""
    folder = path.rpartition("/")[0]
    return _asset(target, folder, targets)


def _resolved(
    hole: NoteLink | AssetLink, folder: str, targets: Targets, problems: list[Problem]
) -> str:
    anchor = f"#{hole.anchor}" if isinstance(hole, NoteLink) and hole.anchor else ""
    target = normalize("NFC", hole.target)
    url = _note(target, folder, targets) if isinstance(hole, NoteLink) else ""
    url = url or _asset(target, folder, targets)
    if url:
        return href(url, targets.base_path) + quote(anchor, safe="#" + _SAFE)
    problems.append(_dead(hole, folder, targets))
    absolute = hole.target.startswith("/")
    return (
        href(hole.target, targets.base_path) if absolute else quote(hole.target, safe=_SAFE)
    ) + anchor


def _candidates(target: str, folder: str) -> list[str]:
    """Paths that a target can mean: from the note's folder, or from the top where it begins with
    `/`."""
    found = normpath(target.lstrip("/") if target.startswith("/") else join(folder, target))
    return [] if found.startswith("..") else ["" if found == "." else found]


def _note(target: str, folder: str, targets: Targets) -> str:
    for path in _candidates(target, folder):
        for name in (
            path,
            path + ".md",
            path + ".markdown",
            *(f"{path}/{i}.md".lstrip("/") for i in _INTROS),
        ):
            if name in targets.notes:
                return targets.notes[name]
    return ""


_INTROS = ("_index", "index", "README")


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
