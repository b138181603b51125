"""Bytes or a file to copy -> a digest, a staged file; and what must be on the disk, put there."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

FEW = 64  # so many files are flushed one by one; more by one sync of the system, which is quicker

_BLOCK = 1 << 20
_BINARY = getattr(os, "O_BINARY", 0)  # Windows
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)  # not Windows


def digest(content: bytes | Path) -> tuple[str, int]:
    """Digest (blake2b, 16 bytes, in hex) and size in bytes."""
    if isinstance(content, bytes):
        return blake2b(content, digest_size=16).hexdigest(), len(content)
    return _each_block(content, lambda block: None)


def store(
    content: bytes | Path, target: str | Path, known: tuple[str, int] | None = None
) -> tuple[str, int]:
    """Write it to `target` with mode 644 whatever the umask; the digest is of what was written,
    even if the file that is copied changes meanwhile. Bytes of a `known` digest are not hashed."""
    handle = open_own(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        if isinstance(content, Path):
            result = _each_block(content, lambda block: _write_all(handle, block))
        else:
            _write_all(handle, content)
            result = known or digest(content)
        os.chmod(handle if os.chmod in os.supports_fd else target, 0o644)
    finally:
        os.close(handle)
    return result


def open_own(path: str | Path, flags: int) -> int:
    """A handle of a file of the dot folder, to write to it. A link there, which may have come with
    a cloned repository, is an OSError: it could lead to any file."""
    refused = OSError(errno.ELOOP, "This is a link, and notesite follows none here", str(path))
    if not _NOFOLLOW and os.path.islink(path):
        raise refused
    try:
        return os.open(path, flags | _NOFOLLOW | _BINARY, 0o644)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK) and os.path.islink(path):
            raise refused from None
        raise


def flush(files: Mapping[str, str | Path]) -> None:
    """Have the content of these files on the disk; an OSError names the key."""
    if len(files) > FEW and hasattr(os, "sync"):
        os.sync()
        return
    for name, path in files.items():
        with named(name, path):
            _flush(path, os.O_RDWR)


def flush_folder(folder: Path) -> None:
    """Have the names in this folder on the disk (Windows has no such call, and needs none)."""
    if os.name != "nt":
        _flush(folder, os.O_RDONLY)


@contextmanager
def named(name: str, inner: str | Path) -> Iterator[None]:
    """Let an OSError that names no file, or `inner`, which no user knows, name the file `name`."""
    try:
        yield
    except OSError as error:
        if error.filename is None or str(error.filename) == str(inner):
            error.filename = name
        raise


def _each_block(path: Path, use: Callable[[bytes], object]) -> tuple[str, int]:
    hashed, size = blake2b(digest_size=16), 0
    handle = os.open(path, os.O_RDONLY | _BINARY)
    try:
        while block := _read(handle, path):
            use(block)
            hashed.update(block)
            size += len(block)
    finally:
        os.close(handle)
    return hashed.hexdigest(), size


def _read(handle: int, path: Path) -> bytes:
    with named(str(path), path):
        return os.read(handle, _BLOCK)


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _flush(path: str | Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
