"""The folders and files that a site is made of, there or not -> whether a path counts, and where to
look for it.

Who watches must also see what is not there yet, such as a first `templates/`, and must not look at
what does not count: a watch on each folder of node_modules or .git exhausts the system's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple


class Found(NamedTuple):
    """What a folder holds that counts, or that leads to what does (a folder above it)."""

    entry: os.DirEntry[str]
    counts: bool
    is_folder: bool

    @property
    def path(self) -> Path:
        return Path(self.entry.path)


class Area:
    """`roots` and what is below them but for what is `ignored`. Paths are absolute."""

    def __init__(self, root: Path, roots: Sequence[Path], ignored: Callable[[Path], bool]) -> None:
        self.root, self.roots = root, frozenset(roots)
        self._names = {str(path) for path in roots}
        self._ignored = ignored
        self._above = {str(folder) for path in roots for folder in path.parents}

    def starts(self) -> list[Path]:
        """The folders to begin with: whatever comes, comes in or below one of them."""
        return sorted({_existing(path.parent) for path in self.roots} | {self.root})

    def counts(self, path: Path) -> bool:
        """Whether a change of this path may change the site."""
        below = []
        while path not in self.roots:
            below.append(path)
            if path == path.parent:
                return False
            path = path.parent
        # a root may lie in another one that ignores it, so the nearest decides
        return not any(self._ignored(part) for part in below)

    def matters(self, path: Path) -> bool:
        """Whether it counts, or would hold what counts if it were a folder."""
        return str(path) in self._above or self.counts(path)

    def look(self, folder: Path, known: Collection[str] = ()) -> Iterator[Found]:
        """What matters in a folder; nothing where it cannot be read. What counted before is not
        asked again: with ten thousand files, that is what takes time."""
        try:
            with os.scandir(folder) as entries:
                found = list(entries)
        except OSError:
            return
        inside = self.counts(folder)
        for entry in found:
            counts = entry.path in known or entry.path in self._names
            counts = counts or (inside and not self._ignored(Path(entry.path)))
            if counts or entry.path in self._above:
                linked = entry.is_symlink() and self.is_folder(Path(entry.path))
                yield Found(entry, counts, linked or entry.is_dir(follow_symlinks=False))

    def is_folder(self, path: Path) -> bool:
        """A linked one too, unless the link leads out of the site or back to what holds it."""
        if not path.is_symlink():
            return path.is_dir()
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError):
            return False
        inside = real.is_relative_to(self.root.resolve())
        return inside and real.is_dir() and not path.parent.resolve().is_relative_to(real)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder
