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
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from select import select
from typing import BinaryIO, TypeVar

from msgspec import Struct, msgpack
from msgspec.msgpack import Decoder

Result = TypeVar("Result", bound=Struct)

CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"  # its libraries do not survive one
CHUNK = 20  # results that are sent together, or more: see TICKETS
FEW = 100  # so few are not worth a process
TICKETS = 1000  # chunks at most: their numbers fit into one page of memory, as every pipe has it
_NUMBER = 4  # bytes of a number in a pipe


def spread(
    make: Callable[[int], Result], count: int, jobs: int, decoder: Decoder[list[Result | None]]
) -> Iterable[Result]:
    """`make(0)`, `make(1)` … in order. `decoder` is for what comes from other processes.

    `make` may read whatever this process holds, and write files; what it changes in memory is lost
    with the process that it is called in. What cannot be made is made again here, in its turn, so
    an exception is raised as if there were one process.
    """
    if count < FEW or jobs < 2 or not CAN_FORK:
        return map(make, range(count))
    return _forked(make, count, jobs, decoder)


class Aside:
    """A question that another process answers while this one does something else."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        self._ask = ask
        self._process, self._pipe = _start(self._tell, [])

    def _tell(self, pipe: BinaryIO) -> None:
        pipe.write(b"yes" if self._ask() else b"no")

    def answer(self) -> bool:
        """Waits for it; asks here if the process was ended."""
        received = self._pipe.read()
        return received == b"yes" if received else self._ask()

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
    """Whoever is free takes the next chunk, this process too: each that is started has a copy of
    much of its memory."""
    size = max(CHUNK, -(-count // TICKETS))
    chunks = [range(start, min(start + size, count)) for start in range(0, count, size)]
    made: dict[int, list[Result | None]] = {}
    with _tickets(len(chunks)) as tickets:
        sharing = partial(_sharing, make, chunks, tickets, os.getpid())
        started: dict[BinaryIO, int] = {}
        try:
            with suppress(OSError):  # there are too many processes: what is started is enough
                while len(started) < min(jobs, len(chunks)) - 1:
                    process, pipe = _start(sharing, started)
                    started[pipe] = process
            for number, chunk in enumerate(chunks):
                while number not in made:
                    ticket = _ticket(tickets)
                    if ticket is not None:
                        made[ticket] = [_tried(make, index) for index in chunks[ticket]]
                    elif not started:  # the process that took it was ended from outside
                        made[number] = [None] * len(chunk)
                    for pipe in _ready(started, wait=ticket is None):
                        of, results = _received(pipe)
                        if results:
                            made[of] = decoder.decode(results)
                        else:
                            _end(started.pop(pipe), pipe)
                for index, result in zip(chunk, made.pop(number), strict=True):
                    yield make(index) if result is None else result
        finally:
            for pipe, process in started.items():
                _end(process, pipe)


def _sharing(
    make: Callable[[int], Struct], chunks: Sequence[range], tickets: int, parent: int,
    sending: BinaryIO,
) -> None:  # fmt: skip
    """Make chunks as long as there are any, or anybody who wants them."""
    while (ticket := _ticket(tickets)) is not None and os.getppid() == parent:
        results = msgpack.encode([_tried(make, number) for number in chunks[ticket]])
        for number in (ticket, len(results)):
            sending.write(number.to_bytes(_NUMBER, "big"))
        sending.write(results)
        sending.flush()


@contextmanager
def _tickets(count: int) -> Iterator[int]:
    """A pipe that holds the numbers below `count`: whoever reads one has it alone."""
    reading, writing = os.pipe()
    try:
        os.write(writing, b"".join(number.to_bytes(_NUMBER, "big") for number in range(count)))
        os.close(writing)
        yield reading
    finally:
        os.close(reading)


def _ticket(tickets: int) -> int | None:
    taken = os.read(tickets, _NUMBER)
    return int.from_bytes(taken, "big") if taken else None


def _ready(pipes: Iterable[BinaryIO], wait: bool) -> list[BinaryIO]:
    """The pipes that have something to read, or have ended."""
    waiting = list(pipes)
    return select(waiting, [], [], None if wait else 0)[0] if waiting else []


def _start(work: Callable[[BinaryIO], object], others: Iterable[BinaryIO]) -> tuple[int, BinaryIO]:
    """A process that does this work: its number, and where comes from what it writes."""
    reading, writing = os.pipe()
    try:
        process = _forked_now()
    except OSError:  # there are too many
        os.close(reading)
        os.close(writing)
        raise
    if process:
        os.close(writing)
        return process, os.fdopen(reading, "rb", 0)
    try:
        for handle in (reading, *(pipe.fileno() for pipe in others)):
            os.close(handle)
        with os.fdopen(writing, "wb") as sending:
            work(sending)
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


def _tried(make: Callable[[int], Result], number: int) -> Result | None:
    """The result, or None if it cannot be made in this process."""
    try:
        return make(number)
    except Exception:  # the parent will meet it again, and tell
        return None


def _received(pipe: BinaryIO) -> tuple[int, bytes]:
    """The number of a chunk and its results; no results if the process has ended."""
    number, length = (int.from_bytes(_bytes(pipe, _NUMBER), "big") for _ in range(2))
    results = _bytes(pipe, length)
    return number, results if len(results) == length else b""


def _bytes(pipe: BinaryIO, count: int) -> bytes:
    """So many bytes, or fewer if it ends before."""
    read = b""
    while len(read) < count and (more := pipe.read(count - len(read))):
        read += more
    return read
