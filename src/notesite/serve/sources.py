"""The folders of a site and what changed in them -> Sources: one note is read again, or all is
looked at.

A look at everything is always right; to read one note is quicker.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain
from pathlib import Path

from msgspec.structs import replace

from notesite.config import Config
from notesite.model import Source
from notesite.names import DOT_FOLDER
from notesite.scan import LITTER, Scanned, notes_folder, scan
from notesite.seen import Seen, file_system_now
from notesite.walk import Walk

DOTTED = (".well-known", ".nojekyll")  # what static/ may hold


class Known:
    """The files that were found last; `places` is where each note stands among them, by its
    file."""

    def __init__(self, scanned: Scanned, places: Mapping[str, int] | None = None) -> None:
        if places is None:  # they have been read: only their digests count from here on
            notes = tuple(replace(note, content=None) for note in scanned.notes)
            scanned = replace(scanned, notes=notes)
            places = {note.file: place for place, note in enumerate(notes)}
        self.scanned = scanned
        self.places = places

    def holds(self, path: Path) -> bool:
        """Whether a file was found at this path, or below it."""
        found = self.scanned
        sources = chain(found.notes, found.assets, found.templates, found.static)
        return any(f"{source.file}{os.sep}".startswith(f"{path}{os.sep}") for source in sources)

    def with_note(self, place: int, note: Source) -> Known:
        """The same files, but for this note in its place."""
        notes = list(self.scanned.notes)
        notes[place] = replace(note, content=None)
        return Known(replace(self.scanned, notes=tuple(notes)), self.places)


class Sources:
    """The files of the site at `root`."""

    def __init__(self, root: Path, seen: Seen) -> None:
        self.root = root
        self._seen = seen

    def all(self, config: Config, output: Path, protected: Iterable[Path]) -> Scanned:
        """All files; those that have not changed since the last look are not read."""
        seen = Seen(self._seen.encode(), file_system_now(self.root / DOT_FOLDER))
        scanned = scan(self.root, config, output, seen, protected)
        self._seen = seen
        return scanned

    def some(
        self, known: Known, changed: Iterable[Path], config: Config
    ) -> dict[int, Source] | None:
        """The notes that changed, by their place in the list of notes; None if something else may
        have changed, too. What editors made and removed again is nothing."""
        top = notes_folder(self.root, config)
        walk = Walk(self.root, top, (), [], Seen())
        found: dict[int, Source] = {}
        for path in changed:
            place = known.places.get(str(path))
            if place is None:
                if os.path.lexists(path) or known.holds(path):
                    return None
                continue
            old = known.scanned.notes[place]
            plain = _is_plain(path, self.root, top)
            note = walk.read(old.path, path, old.updated) if plain else None
            if note is None:
                return None
            if note.digest != old.digest:
                found[place] = note
        return found


def ignored(outputs: Collection[Path]) -> Callable[[Path], bool]:
    """Asked for a path: whether it and what is below it can be no part of a site. `outputs` are
    the folders that sites are built to."""

    def answer(path: Path) -> bool:
        name = path.name
        if path in outputs or name == "node_modules" or (name[0] == "." and name not in DOTTED):
            return True
        return LITTER.fullmatch(name) is not None and not path.is_dir()

    return answer


def _is_plain(path: Path, *folders: Path) -> bool:
    """Whether it is a file, and no link on the way to it leads out of these folders."""
    try:
        real = path.resolve(strict=True)
        plain = stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, RuntimeError):
        return False
    return plain and any(real.is_relative_to(folder.resolve()) for folder in folders)
