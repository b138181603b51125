"""Notes and files -> what a wikilink can call them: path, file name, title or alias.

Compared in NFKC without regard to case, so that width and normal form do not count either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property

from notesite.index.standing import clash_key
from notesite.model import Entry

Level = dict[str, list[str]]  # key of a name -> the paths of what has it
Places = Mapping[str, tuple[str, str]]  # path -> language, path without what names that
_FOLDER_NOTES = ("index", "_index", "readme")


class Names:
    """Made when the first wikilink asks: a site without any pays nothing."""

    def __init__(
        self, entries: Iterable[Entry], assets: Iterable[str], held_back: Iterable[str],
        places: Places,
    ) -> None:  # fmt: skip
        """`places` are those of the notes of a site in several languages."""
        self._places = places
        self._entries = entries
        self._held_back = held_back
        self._paths = assets
        self._notes = cache(self._candidates)
        self._files = cache(self._asset_candidates)

    def notes(self, target: str, path: str) -> tuple[str, ...]:
        """The paths of the notes that the note at `path` can mean, the nearest first; in its own
        language if there is one."""
        found, language = self._notes(target), self._place(path)[0]
        own = tuple(one for one in found if self._place(one)[0] == language)
        return _nearest(own or found, path.rpartition("/")[0])

    def beside(self, note: str, path: str) -> str:
        """What a link to the file `note` means in the note at `path`: to `x.md` in `y.en.md`, that
        is `x.en.md` if it exists."""
        language, place = self._place(path)
        if path == place or path.rpartition("/")[0] != place.rpartition("/")[0]:
            return note
        found = self._by_place.get((language, self._place(note)[1]), note)
        return note if found == path else found

    def asset(self, target: str, folder: str) -> str:
        """The path of the nearest file of this name, or ""."""
        return next(iter(_nearest(self._files(target), folder)), "")

    @cached_property
    def held_back(self) -> frozenset[str]:
        """The keys of the file names of drafts and of notes of the future."""
        return frozenset(_path_key(path).rpartition("/")[2] for path in self._held_back)

    def _place(self, path: str) -> tuple[str, str]:
        return self._places.get(path, ("", path))

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], str]:
        return {place: path for path, place in self._places.items()}

    def _candidates(self, target: str) -> tuple[str, ...]:
        key = clash_key(target)
        files, titles, aliases = self._levels
        path = key.removesuffix(".md").strip("/")
        named = files.get(path.rpartition("/")[2], ())
        found = (
            _within(named, path, lambda one: _path_key(self._place(one)[1]))
            or _within(named, path, _path_key)
            or titles.get(key)
            or aliases.get(key)
            or ()
        )
        return tuple(dict.fromkeys(found))

    def _asset_candidates(self, target: str) -> tuple[str, ...]:
        key = clash_key(target)
        return tuple(_within(self._assets.get(key.rpartition("/")[2], ()), key, clash_key))

    @cached_property
    def _levels(self) -> tuple[Level, Level, Level]:
        files: Level = {}
        titles: Level = {}
        aliases: Level = {}
        for entry in self._entries:
            path, front = entry.path, entry.front_matter
            place = self._place(path)[1]
            folder, _, name = place[: place.rindex(".")].rpartition("/")
            files.setdefault(clash_key(name), []).append(path)
            if folder and name.lower() in _FOLDER_NOTES:
                files.setdefault(clash_key(folder.rpartition("/")[2]), []).append(path)
            titles.setdefault(clash_key(entry.title), []).append(path)
            if front.title and front.title != entry.title:  # with formulas, as it is written
                titles.setdefault(clash_key(front.title.strip()), []).append(path)
            for alias in front.aliases:
                if alias[0] != "/":
                    aliases.setdefault(clash_key(alias), []).append(path)
        return files, titles, aliases

    @cached_property
    def _assets(self) -> Level:
        found: Level = {}
        for path in self._paths:
            found.setdefault(clash_key(path[path.rfind("/") + 1 :]), []).append(path)
        return found


def common(spellings: Mapping[str, int]) -> str:
    """How most write it; of equals the first."""
    return min(spellings, key=lambda name: (-spellings[name], name))


def _path_key(path: str) -> str:
    """The path of a note without its suffix."""
    return clash_key(path[: path.rindex(".")])


def _within(paths: Iterable[str], key: str, key_of: Callable[[str], str]) -> list[str]:
    """Of the paths those that end in `key`, part by part; one that is all of it comes alone."""
    if "/" not in key:
        return list(paths)
    keys = {path: key_of(path) for path in paths}
    introductions = {f"{key}/{name}" for name in _FOLDER_NOTES}
    exact = [p for p in keys if keys[p] == key] or [p for p in keys if keys[p] in introductions]
    ends = ("/" + key, *("/" + one for one in introductions))
    return exact or [p for p in keys if keys[p].endswith(ends)]


def _nearest(paths: tuple[str, ...], folder: str) -> tuple[str, ...]:
    if len(paths) < 2:
        return paths
    return tuple(sorted(paths, key=lambda path: (_steps(path.rpartition("/")[0], folder), path)))


def _steps(one: str, other: str) -> int:
    """How many folders up and down from one to the other."""
    a, b = (path.split("/") if path else [] for path in (one, other))
    same = 0
    while same < min(len(a), len(b)) and a[same] == b[same]:
        same += 1
    return len(a) + len(b) - 2 * same
