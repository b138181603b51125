"""A limit on the processor time of a piece of work, where the system has one to give."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TimeLimit(BaseException):
    """The work took too long. Not an Exception, so that nothing on the way swallows it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises TimeLimit inside the block after so much processor time of this process.

    Only in the main thread, and not on Windows: elsewhere the block runs without a limit. They
    may be nested: the time of an inner one counts for the outer one too. The handler of the signal
    stays, which nothing else in this program uses: to set it takes longer than many a note.
    """
    timer = getattr(signal, "ITIMER_VIRTUAL", None)
    if timer is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    if signal.getsignal(signal.SIGVTALRM) is not _expired:
        signal.signal(signal.SIGVTALRM, _expired)
    outer, _ = signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        left, _ = signal.setitimer(timer, 0)
        if outer:
            signal.setitimer(timer, max(outer - (seconds - left), 0.001))


def _expired(number: int, frame: object) -> None:
    raise TimeLimit
