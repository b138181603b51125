"""Tasks -> their results, made by fresh processes that stay until they are closed.

For what can end the process that does it, as a note may that is made to break V8: it costs that
process, and who asked is told which task it was. Rendering is spread in another way, by fork
(processes.py).
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

from msgspec import Struct

from notesite.processes import undisturbed

Task = TypeVar("Task", contravariant=True)
Result = TypeVar("Result", covariant=True)


@contextlib.contextmanager
def _with_variable(name: str, value: str) -> Iterator[None]:
    """A variable for processes that are started meanwhile, unless the user has set it."""
    if name in os.environ:
        yield
        return
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]


class Ended(Exception):
    """The process ended while it was at a task."""


class Worker(Generic[Task, Result]):
    """A process that does one task after another. It starts with the first one, and anew with the
    next one after it ended."""

    def __init__(self, start: Callable[..., Callable[[Task], Result]], *arguments: object) -> None:
        """`start(*arguments)` is called in the process, and makes what does a task there."""
        self._begin = start, arguments
        self._pipe: Connection | None = None

    def ask(self, task: Task) -> Connection:
        """Begin a task; there is something to read from the pipe when it is done."""
        if self._pipe is None:
            self._start()
        assert self._pipe is not None
        # a process that has ended meanwhile is met in `answer`
        with contextlib.suppress(OSError):
            self._pipe.send(task)
        return self._pipe

    def answer(self) -> Result:
        """Wait for the result of the task; raises what it raised, or Ended."""
        assert self._pipe is not None
        try:
            answer = self._pipe.recv()
        except (EOFError, OSError):
            self.close()
            raise Ended from None
        if isinstance(answer, _Raised):
            raise answer.error
        result: Result = answer
        return result

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._pipe is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._pipe.close()
            self._pipe = None

    def _start(self) -> None:
        self._pipe, theirs = get_context("spawn").Pipe()
        arguments = (theirs, *self._begin)
        self._process = get_context("spawn").Process(target=_work, args=arguments, daemon=True)
        # after starting it, `start` would let interrupts through
        if hasattr(signal, "pthread_sigmask"):
            resource_tracker.ensure_running()
        # glibc's: else each thread of V8 has a heap of its own, a tenth of what the process takes
        with undisturbed(), _with_variable("MALLOC_ARENA_MAX", "1"):
            self._process.start()
        theirs.close()  # so that the pipe ends with either process


def shared_out(
    tasks: Iterable[Task],
    workers: Iterable[Worker[Task, Result]],
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[tuple[Task, Result | None]]:
    """Each task with its result, in the order in which they are done; None for one that ended its
    process. `meanwhile` is called once, when all are at work."""
    waiting = iter(tasks)
    busy = {
        worker.ask(task): (worker, task) for worker, task in zip(workers, waiting, strict=False)
    }
    meanwhile()
    while busy:
        for pipe in wait(list(busy)):
            assert isinstance(pipe, Connection)
            worker, task = busy.pop(pipe)
            result = None
            with contextlib.suppress(Ended):
                result = worker.answer()
            for following in islice(waiting, 1):
                busy[worker.ask(following)] = worker, following
            yield task, result


class _Raised(Struct):
    error: Exception


def _work(
    pipe: Connection,
    start: Callable[..., Callable[[object], object]],
    arguments: tuple[object, ...],
) -> None:
    """What the process does until its parent closes the pipe, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
    if hasattr(signal, "pthread_sigmask"):  # blocked while it was started
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    do = start(*arguments)
    with contextlib.suppress(EOFError, OSError):
        while True:
            task = pipe.recv()
            try:
                answer = do(task)
            except Exception as error:  # it is raised where the task came from
                answer = _Raised(error)
            pipe.send(answer)
