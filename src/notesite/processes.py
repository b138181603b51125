"""A function and a count -> its results in order, made in many processes.

Two ways. Parsing has fresh processes (workers.py), because V8 does not live through a fork. What
is rendered stands on all values of the site: a forked process has them already, and nothing but its
results is sent.
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO, TypeVar

from msgspec import Struct, msgpack
from msgspec.msgpack import Decoder

Result = TypeVar("Result", bound=Struct)

CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"  # its libraries do not survive one
CHUNK = 20  # results that are sent together
FEW = 100  # so few are not worth a process
_answers = Decoder(list[bool | None])
_LENGTH = 4  # bytes that say how long the results of a chunk are


def spread(
    make: Callable[[int], Result], count: int, jobs: int, decoder: Decoder[list[Result | None]]
) -> Iterable[Result]:
    """`make(0)`, `make(1)` … in order. `decoder` is for what comes from other processes.

    `make` may read whatever this process holds, and write files; what it changes in memory is lost.
    What another process cannot make is made here, so an exception is raised as if there were none.
    """
    if count < FEW or jobs < 2 or not CAN_FORK:
        return map(make, range(count))
    return _forked(make, count, jobs, decoder)


class Aside:
    """A question that another process answers while this one does something else."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        self._ask = ask
        self._process, self._pipe = _start(lambda number: ask(), [range(1)], [])

    def answer(self) -> bool:
        """Waits for it; asks here if the process was ended."""
        received = _received(self._pipe)
        [answer] = _answers.decode(received) if received else [None]
        return self._ask() if answer is None else answer

    def close(self) -> None:
        """End the process, whatever it does."""
        _end(self._process, self._pipe)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Interrupts wait until the processes are there that are started meanwhile: one that is cut off
    from its parent while it starts tells the user so in a traceback."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _forked(
    make: Callable[[int], Result], count: int, jobs: int, decoder: Decoder[list[Result | None]]
) -> Iterator[Result]:
    """Process k of n makes chunks k, k + n, k + 2n …: nobody waits for work, so nobody is left
    behind when this process is killed."""
    chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    started: list[tuple[int, BinaryIO]] = []
    try:
        for number in range(min(jobs, len(chunks))):
            started.append(_start(make, chunks[number::jobs], [pipe for _, pipe in started]))
        for number, chunk in enumerate(chunks):
            received = _received(started[number % len(started)][1])
            made = decoder.decode(received) if received else [None] * len(chunk)
            for index, result in zip(chunk, made, strict=True):
                yield make(index) if result is None else result
    finally:
        for process, pipe in started:
            _end(process, pipe)


def _start(
    make: Callable[[int], object], chunks: Iterable[range], others: Iterable[BinaryIO]
) -> tuple[int, BinaryIO]:
    """A process that makes these chunks: its number, and where its results come from."""
    parent = os.getpid()
    reading, writing = os.pipe()
    try:
        process = _forked_now()
    except OSError:  # there are too many
        os.close(reading)
        os.close(writing)
        raise
    if process:
        os.close(writing)
        return process, os.fdopen(reading, "rb")
    try:
        for handle in (reading, *(pipe.fileno() for pipe in others)):
            os.close(handle)
        with os.fdopen(writing, "wb") as sending:
            for chunk in chunks:
                if os.getppid() != parent:
                    break
                results = msgpack.encode([_tried(make, number) for number in chunk])
                sending.write(len(results).to_bytes(_LENGTH, "big") + results)
                sending.flush()
    finally:
        os._exit(0)  # and nothing of the parent's is flushed, closed or told twice


def _forked_now() -> int:
    """The number of a new process, 0 in itself. There its signals are set before one can come."""
    with undisturbed(), warnings.catch_warnings():
        # of threads: the process waits for none, and starts none
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
        if not process:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        return process


def _end(process: int, pipe: BinaryIO) -> None:
    """End a process that is done, or not wanted any more."""
    pipe.close()
    with suppress(ProcessLookupError, ChildProcessError):  # the system has taken it away
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _tried(make: Callable[[int], object], number: int) -> object:
    """The result, or None if it cannot be made in this process."""
    try:
        return make(number)
    except Exception:  # the parent will meet it again, and tell
        return None


def _received(pipe: BinaryIO) -> bytes:
    """The results of a chunk; nothing if the process was ended from outside."""
    length = int.from_bytes(pipe.read(_LENGTH), "big")
    results = pipe.read(length)
    return results if len(results) == length else b""
