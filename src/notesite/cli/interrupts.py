"""An interrupt ends the program, wherever it arrives.

Python raises what a signal is answered with in whatever code runs just then. Some code swallows it:
the callback of a weak reference, as an import has many, a `__hash__` that C calls, a module of C
that is made. One of two hundred interrupts of a build was lost so. That there was one is kept, and
looked for between the steps of the work.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

_codes: list[int] = []  # of the interrupts that arrived


def expect() -> None:
    """Answer SIGINT and SIGTERM from now on; what was ignored stays so."""
    _codes.clear()
    signal.signal(signal.SIGTERM, _interrupted)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)


def code() -> int:
    """128 and the number of the signal, as in a shell, if there was one; else 0."""
    return _codes[0] if _codes else 0


def heed() -> None:
    """Raise what an interrupt raises, if there was one. The main thread alone is interrupted."""
    if _codes:
        from threading import current_thread, main_thread

        if current_thread() is main_thread():
            _raise(_codes[0])


def _interrupted(number: int, frame: FrameType | None) -> None:
    # V8, cut off in the middle, complains while it is taken down, through asyncio and ctypes.
    # Nothing is imported here: an import may be what was interrupted.
    getattr(sys.modules.get("logging"), "disable", int)()
    sys.unraisablehook = lambda fault: None
    _codes.append(128 + number)
    _raise(128 + number)


def _raise(status: int) -> None:
    raise KeyboardInterrupt if status == 128 + signal.SIGINT else SystemExit(status)
