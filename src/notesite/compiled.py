"""Compiled templates, kept between builds: compiling is an eighth of the build after an edit.

What is kept is code. So it stands in the user's own cache folder, not in that of the site, which
may have come with a repository; and a folder that others can write to is not used.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from notesite.publish.paths import unlink_owned

if TYPE_CHECKING:
    from notesite.keys import Closure

MOST = 500  # templates that are kept; of more, those used last
_DIGEST = 16  # bytes, before what they are of


def compiled(closures: Mapping[str, Closure]) -> BytecodeCache | None:
    """What templates with these closures were compiled to; None where nothing can be kept."""
    with suppress(OSError, RuntimeError):  # the latter: there is no home
        if folder := _own_folder():
            _make_room(folder)
            return _Compiled(folder, closures)
    return None


class ByClosure(BytecodeCache):
    """Keys of templates: by their names, and by all that they stand on."""

    def __init__(self, closures: Mapping[str, Closure]) -> None:
        self._closures = closures

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        of = f"{self._closures[name].digest} {name}" if name in self._closures else ""
        return _digest(of.encode()).hex() if of else ""


class _Compiled(ByClosure):
    """A folder of them. What is damaged is compiled again, what cannot be written is not kept."""

    def __init__(self, folder: Path, closures: Mapping[str, Closure]) -> None:
        super().__init__(closures)
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            file = self._folder / bucket.key
            content = file.read_bytes()
            if content[:_DIGEST] == _digest(content[_DIGEST:]):
                bucket.bytecode_from_string(content[_DIGEST:])
                os.utime(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not bucket.key:
            return
        content = bucket.bytecode_to_string()
        new = self._folder / f"{bucket.key}.{os.getpid()}"
        with suppress(OSError):
            new.write_bytes(_digest(content) + content)
            new.replace(self._folder / bucket.key)


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=_DIGEST).digest()


def _own_folder() -> Path | None:
    """The folder that holds all of it, if it is nobody else's."""
    above = _caches() / "notesite"
    folder = above / "compiled"
    if not folder.is_absolute():  # the XDG specification: it is to be ignored
        return None
    above.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder if all(map(_is_ours, (above, folder))) else None


def _is_ours(folder: Path) -> bool:
    found = folder.lstat()
    if not hasattr(os, "geteuid"):
        return stat.S_ISDIR(found.st_mode)
    mine = found.st_uid == os.geteuid() and not found.st_mode & 0o022
    return mine and stat.S_ISDIR(found.st_mode)


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
    """Half of it, when it is full."""
    names = os.listdir(folder)
    if len(names) > MOST:
        used = sorted(names, key=lambda name: os.stat(folder / name).st_mtime_ns)
        for name in used[: -MOST // 2]:
            unlink_owned(folder, name)
