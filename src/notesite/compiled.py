"""Compiled templates, kept between builds: compiling is an eighth of the build after an edit.

What is kept is code. So it stands in the user's own cache folder, not in that of the site, which
may have come with a repository; and a folder that others can write to is not used.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket

KEPT = 20  # sets of templates: those used last


def compiled(key: str) -> BytecodeCache | None:
    """What the templates that `key` stands for were compiled to; None where nothing can be kept."""
    folder = _own_folder()
    if folder is None:
        return None
    own = folder / key
    with suppress(OSError):
        if not own.is_dir():
            _make_room(folder)
            own.mkdir(mode=0o700)
        os.utime(own)
        return _Cache(str(own))
    return None


class _Cache(FileSystemBytecodeCache):
    """One that costs time, nothing else, if it cannot be written or read."""

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except OSError:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _own_folder() -> Path | None:
    """The folder that holds all of it, if it is nobody else's."""
    with suppress(OSError, RuntimeError):  # the latter: there is no home
        folder = _caches() / "notesite" / "templates"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not hasattr(os, "geteuid"):
            return folder
        found = folder.stat()
        if found.st_uid == os.geteuid() and not found.st_mode & 0o022:
            return folder
    return None


def _caches() -> Path:
    """Where programs of this user keep what can be made again (by the XDG specification, and by
    what is customary on macOS and Windows)."""
    if asked := os.environ.get("XDG_CACHE_HOME"):
        return Path(asked)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if local := os.environ.get("LOCALAPPDATA"):
        return Path(local)
    return Path.home() / ".cache"


def _make_room(folder: Path) -> None:
    others = sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)
    for other in others[KEPT - 1 :]:
        with suppress(OSError):
            for file in other.glob("*.cache"):
                file.unlink()
            other.rmdir()
