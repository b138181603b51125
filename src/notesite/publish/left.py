"""An output folder -> whether it is as notesite left it, and the keys of its files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from notesite.names import DOT_FOLDER
from notesite.publish.manifest import Manifest, Stop, load_manifest
from notesite.publish.paths import INTENT, MANIFEST
from notesite.publish.stage import trusted

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


def left(output: Path, stamp: Stamp) -> Left | None:
    """The folder, if it is as it was left with this stamp, each file untouched; no commit open."""
    dot = output / DOT_FOLDER
    try:
        if stamp_of(output) != stamp or (dot / INTENT).exists():
            return None
        manifest = load_manifest(dot)
    except (Stop, OSError):
        return None
    return Left(stamp, manifest) if manifest and _untouched(output, manifest) else None


def _untouched(root: Path, manifest: Manifest) -> bool:
    """Whether all files of the manifest are as they were written."""
    try:
        return all(trusted(e, os.lstat(f"{root}/{path}")) for path, e in manifest.files.items())
    except OSError:
        return False
