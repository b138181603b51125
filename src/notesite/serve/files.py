"""A file that is published as it is -> the answer, with ranges and conditions.

Only the very bytes that the plan names are sent, whatever has become of the file since: a link to
somewhere else, put in its place, has other ones.
"""

from __future__ import annotations

import os
import stat
from hashlib import blake2b
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Receive, Scope, Send

from notesite.model import Source

_HANDLES = Path("/dev/fd")  # a file by its open handle, where the system has this
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_BLOCK = 1 << 20
_conditions = StaticFiles(check_dir=False)

Identity = tuple[int, int, int, int, int]


class Files:
    """Remembers which files have been compared with the plan; a file is read once for that."""

    def __init__(self) -> None:
        self._same: dict[str, tuple[bytes, Identity]] = {}

    def opened(self, source: Source) -> int | None:
        """A handle of the file; None if it is not, or no longer, what the plan names."""
        try:
            handle = os.open(source.file, _FLAGS)
        except OSError:
            return None
        if self._is(source, handle):
            return handle
        os.close(handle)
        return None

    def _is(self, source: Source, handle: int) -> bool:
        status = os.fstat(handle)
        same = source.digest, _identity(status)
        if self._same.get(source.file) == same:
            return True
        if not stat.S_ISREG(status.st_mode) or _digest(handle) != source.digest:
            return False
        self._same[source.file] = same
        return True


class Copied(FileResponse):
    """What stands behind a handle, which is closed in the end."""

    def __init__(self, handle: int, source: Source, kind: str) -> None:
        path = _HANDLES / str(handle) if _HANDLES.is_dir() else Path(source.file)
        tag = {"etag": f'"{source.digest.hex()}"'}
        super().__init__(path, 200, tag, kind, stat_result=os.fstat(handle))
        self._handle = handle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            unchanged = is_unchanged(self, scope)
            if unchanged:
                await NotModifiedResponse(self.headers)(scope, receive, send)
            else:
                await super().__call__(scope, receive, send)
        finally:
            os.close(self._handle)


def read(handle: int) -> bytes:
    """All that is behind a handle, which is closed."""
    with open(handle, "rb") as file:
        return file.read()


def is_unchanged(answer: Response, scope: Scope) -> bool:
    """Whether the browser has it: by its tag, or by the time of its last change."""
    return _conditions.is_not_modified(answer.headers, Headers(scope=scope))


def _digest(handle: int) -> bytes:
    hashed = blake2b(digest_size=16)
    while block := os.read(handle, _BLOCK):
        hashed.update(block)
    os.lseek(handle, 0, os.SEEK_SET)
    return hashed.digest()


def _identity(status: os.stat_result) -> Identity:
    return (
        status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns,
    )  # fmt: skip
