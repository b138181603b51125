"""One command at a time for an output folder: a lock that the system drops when its holder dies."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from notesite.problems import Location, Problem
from notesite.publish.content import open_own
from notesite.publish.manifest import Stop
from notesite.publish.paths import unlink_owned

NAME = "lock"


@contextmanager
def held(dot: Path, shown: str, wait: float) -> Iterator[None]:
    """Hold the lock of this dot folder; Stop after `wait` seconds, with the process that has it.

    The lock is the system's, not the file's: a file left by a killed process stops nobody. Its text
    (pid and host) only names the holder.
    """
    deadline = time.monotonic() + wait
    while (handle := _take(dot / NAME)) is None:
        if time.monotonic() >= deadline:
            raise Stop(_busy(dot / NAME, shown, wait))
        time.sleep(0.05)
    try:
        with suppress(OSError):  # a full disk: `clean` must work on one
            os.truncate(handle, 0)
            os.write(handle, f"{os.getpid()} {platform.node()}\n".encode())
        yield
    finally:
        with suppress(OSError):  # Windows removes no open file; one left behind is harmless
            unlink_owned(dot, NAME)
        os.close(handle)


def _take(path: Path) -> int | None:
    handle = open_own(path, os.O_RDWR | os.O_CREAT)
    try:
        _lock(handle)
        # who had it may have removed the file while we waited: then another one is the lock now
        if os.path.samestat(os.fstat(handle), os.lstat(path)):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


if sys.platform == "win32":

    def _lock(handle: int) -> None:
        import msvcrt

        os.lseek(handle, 1 << 20, os.SEEK_SET)  # beyond the text, which stays readable
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
        os.lseek(handle, 0, os.SEEK_SET)

else:

    def _lock(handle: int) -> None:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _busy(path: Path, shown: str, wait: float) -> Problem:
    try:
        pid, _, host = path.read_text("utf-8", "replace").strip().partition(" ")
    except OSError:
        pid, host = "", ""
    who = f"process {pid} on {host}" if pid else "another notesite"
    return Problem(
        "error",
        f"{who} is writing to this folder; waited {wait:g} s for it",
        Location(shown),
        "wait until it is done, or end that process",
        frame=True,
    )
