"""An output folder -> whether it is as notesite left it, and the keys of its files."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from notesite.names import DOT_FOLDER
from notesite.processes import CAN_FORK, Aside
from notesite.publish.manifest import Manifest, Stop, load_manifest
from notesite.publish.paths import INTENT, MANIFEST
from notesite.publish.stage import trusted

MUCH = 500_000  # bytes of a manifest: of a thousand files, which take as long as a process starts

Stamp = tuple[int, int, int]  # of a state of an output folder


class Gone(LookupError):
    """The output is not what it was when it was looked at."""


class Left(NamedTuple):
    """A folder as notesite left it."""

    stamp: Stamp
    manifest: Manifest

    @property
    def keys(self) -> dict[str, str]:
        """The keys under which its files were made."""
        return {path: entry.key for path, entry in self.manifest.files.items()}


def stamp_of(output: Path) -> Stamp:
    """Another one for each state in which notesite leaves this folder."""
    try:
        found = os.stat(output / DOT_FOLDER / MANIFEST)
    except OSError:
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino


class Look:
    """A look at all files of an output folder. It begins at once, in another process if they are
    many, and is to be closed."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._stamp = stamp_of(output)
        self._untouched = partial(_untouched, output)
        _, size, _ = self._stamp
        self._aside = None
        if CAN_FORK and size > MUCH:
            with suppress(OSError):  # it cannot be started
                self._aside = Aside(self._untouched)

    def is_left(self, stamp: Stamp) -> bool:
        """Whether the folder is as it was left with this stamp, each file untouched; and no commit
        is open."""
        if stamp != self._stamp:
            return False
        untouched = self._aside.answer() if self._aside else self._untouched()
        return untouched and stamp == stamp_of(self._output) and not _committing(self._output)

    def left(self, stamp: Stamp) -> Left | None:
        """The folder, if `is_left`."""
        manifest = _manifest(self._output) if self.is_left(stamp) else None
        return Left(stamp, manifest) if manifest and stamp == stamp_of(self._output) else None

    def close(self) -> None:
        if self._aside:
            self._aside.close()


def _manifest(output: Path) -> Manifest | None:
    try:
        return None if _committing(output) else load_manifest(output / DOT_FOLDER)
    except (Stop, OSError):
        return None


def _committing(output: Path) -> bool:
    return os.path.exists(output / DOT_FOLDER / INTENT)


def _untouched(output: Path) -> bool:
    """Whether all files of the manifest are as they were written."""
    manifest = _manifest(output)
    if manifest is None:
        return False
    try:
        return all(trusted(e, os.lstat(f"{output}/{path}")) for path, e in manifest.files.items())
    except OSError:
        return False
