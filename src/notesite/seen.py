"""What the last build saw of each file -> whether a file has to be read again.

A digest is trusted iff time of change, size and inode are what they were. A file that was changed
less than two seconds before it was looked at may have been changed again within one tick of the
file system's clock, so it is not trusted the next time (git's "racy" files).
"""

from __future__ import annotations

import os
from datetime import date
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct, msgpack

RACY = 2_000_000_000  # ns

Record = tuple[int, int, int, int, bytes]  # mtime, ctime (ns), size, inode, digest


class Dated(Struct, frozen=True, array_like=True):
    """The days of the last commits of files, by path; `of` says of what history they are."""

    of: str = ""
    days: dict[str, date] = {}


_decoder = msgpack.Decoder(tuple[dict[str, Record], Dated])


class Seen:
    """Digests by path, and what git said. `now` is the file system's own time, in ns."""

    def __init__(self, stored: bytes = b"", now: int = 0) -> None:
        self._old, self._old_dated = _decoder.decode(stored) if stored else ({}, Dated())
        self._new: dict[str, Record] = {}
        self.dated = self._old_dated
        self._now = now

    def digest(self, file: str, status: os.stat_result) -> bytes | None:
        """The digest of a file that has not changed since it was read."""
        record = self._old.get(file)
        if record is None or record[:4] != _stat(status):
            return None
        self._new[file] = record
        return record[4]

    def remember(self, file: str, status: os.stat_result, content: bytes) -> bytes:
        """The digest of what was read after `status` was taken."""
        digest = blake2b(content, digest_size=16).digest()
        if max(status.st_mtime_ns, status.st_ctime_ns) < self._now - RACY:
            self._new[file] = (*_stat(status), digest)
        return digest

    def encode(self) -> bytes:
        return msgpack.encode((dict(sorted(self._new.items())), self.dated))

    @property
    def changed(self) -> bool:
        return self._new != self._old or self.dated.of != self._old_dated.of


def file_system_now(folder: Path) -> int:
    """The time of the file system that `folder` is on, in ns; 0, which trusts no file, if it cannot
    be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stamp = folder / "stamp"
        stamp.touch()
        os.utime(stamp)
        return stamp.stat().st_mtime_ns
    except OSError:
        return 0


def _stat(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
