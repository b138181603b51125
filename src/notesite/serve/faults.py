"""Work -> its result, or a Problem: the outer loop of the server. Nothing in a site ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from notesite import __version__
from notesite.problems import Incomplete, Location, Problem

Result = TypeVar("Result")


def caught(work: Callable[[], Result]) -> Result | Problem:
    """What `work` gives; what it raises becomes a problem of the frame, whatever it is."""
    try:
        return work()
    except OSError as error:
        return _problem(error.strerror or str(error), str(error.filename or "."))
    except Incomplete as error:
        return _problem(str(error), "notesite")
    except Exception as error:
        where = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
        return _problem(
            f"notesite {__version__} has a fault: {type(error).__name__}: {error}{where}",
            "notesite",
            "the server goes on with what it had; please report this to the project",
        )


def _problem(message: str, path: str, hint: str = "") -> Problem:
    return Problem("error", message, Location(path), hint, frame=True)
