"""Files beside notes -> Assets: under their folder's URL, but for those of notes that are not
published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from notesite.index.languages import Languages
from notesite.index.standing import Standing, folder_url, is_bundle
from notesite.index.urls import Address
from notesite.model import Asset, Location, Problem, Source
from notesite.names import folded


def withheld(
    documents: Iterable[Standing], addresses: Mapping[str, Address], drafts: bool
) -> frozenset[str]:
    """The folders whose files must not appear: those of page bundles that are held back or broken,
    and every `_drafts` unless drafts are asked for."""
    bundles = (
        note.document.path.rpartition("/")[0]
        for note in documents
        if note.kind == "note" and is_bundle(note.place) and note.document.path not in addresses
    )
    return frozenset(bundles) | (frozenset() if drafts else {"_drafts"})


def place(
    assets: Iterable[Source],
    standing: Iterable[Standing],
    languages: Languages,
    addresses: Mapping[str, Address],
    held: Collection[str],
    static: Iterable[str],
    urls: Iterable[str],
    problems: list[Problem],
) -> Iterable[Asset]:
    """Every file that is published; `urls` are those of all pages.

    Of two that a file system without case would take for one the later is left out, and an error;
    so is a file that would stand where a page needs a folder.
    """
    assets = list(assets)
    if not assets:
        return
    needed = {folded(folder) for url in urls for folder in _folders(url)}
    bundles: dict[str, str] = {}
    for note in standing:
        if note.kind == "note" and is_bundle(note.place):
            folder, url = note.document.path.rpartition("/")[0], addresses[note.document.path].url
            if note.language == languages.default or folder not in bundles:
                bundles[folder] = url
    taken = {folded(path): (path, f"static/{path}") for path in static}
    for source in assets:
        folder, _, name = source.path.rpartition("/")
        if _within(folder, held):
            continue
        url = bundles.get(folder) or folder_url(languages.folder(source.path))
        path = (url.rpartition("/")[0] + "/" + name).lstrip("/")
        if folded(path) in needed:
            message = f"this file would stand where the folder /{path}/ of the site has to be"
            hint = "rename it, or give it a file name extension; until then it is left out"
            problems.append(Problem("error", message, Location(source.shown), hint))
            continue
        other, shown_as = taken.setdefault(folded(path), (path, source.shown))
        if other != path:
            message = f"{shown_as} and {source.shown} are one file where case does not count"
            hint = "rename one of them; until then this one is left out"
            problems.append(Problem("error", message, Location(source.shown), hint))
        else:
            yield Asset(path, source)


def _within(folder: str, held: Collection[str]) -> bool:
    """Whether the folder is, or is in, one that is held back; `_drafts` is so at any depth."""
    if "_drafts" in held and "_drafts" in folder.split("/"):
        return True
    while folder and folder not in held:
        folder = folder.rpartition("/")[0]
    return bool(folder)


def _folders(url: str) -> Iterable[str]:
    """`/a/b/` -> `a/b`, `a`."""
    folder = url.rpartition("/")[0].strip("/")
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
