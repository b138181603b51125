"""An output folder -> whether it is as notesite left it, and the keys of its files."""

from __future__ import annotations

import os
from pathlib import Path

from notesite.names import DOT_FOLDER
from notesite.publish.manifest import Stop, load_manifest
from notesite.publish.paths import INTENT, MANIFEST
from notesite.publish.stage import untouched

Stamp = tuple[int, int, int]  # of a state of an output folder


class Gone(LookupError):
    """The output is not what it was when it was looked at."""


def stamp_of(output: Path) -> Stamp:
    """Another one for each state in which notesite leaves this folder."""
    try:
        found = os.stat(output / DOT_FOLDER / MANIFEST)
    except OSError:
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino


def keys_of(output: Path, stamp: Stamp) -> dict[str, str] | None:
    """The keys under which the files of this folder were made, if it is as it was left with this
    stamp, each file untouched; no commit open."""
    dot = output / DOT_FOLDER
    try:
        if stamp_of(output) != stamp or (dot / INTENT).exists():
            return None
        manifest = load_manifest(dot)
    except (Stop, OSError):
        return None
    if manifest is None or not untouched(output, manifest):
        return None
    return {path: entry.key for path, entry in manifest.files.items()}
