"""The command line -> an exit code: 0 fine, 1 problems, 2 usage, 130 and 143 interrupted.

Here is the outer loop: nothing passes it as a traceback. All else is imported inside it, so that an
interrupt is caught from the first moment.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from types import FrameType

INTERRUPTED, TERMINATED, BROKEN_PIPE = 130, 143, 141  # 128 and the signal's number, as in a shell


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `notesite` with these arguments, those of the process by default."""
    try:
        import signal

        signal.signal(signal.SIGTERM, _interrupted)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored
            signal.signal(signal.SIGINT, _interrupted)
        return _run(arguments)
    except BrokenPipeError:  # who reads us has gone, as in `notesite build | head -1`: say no more
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"{where}error: {error.strerror or error}".replace("\n", "\u240a"))
    except Exception as error:
        words = sys.argv[1:] if arguments is None else arguments
        return _interrupt_behind(error) or _unexpected(error, words)


def _run(arguments: Sequence[str] | None) -> int:
    from notesite.cli import commands

    for stream in (sys.stdout, sys.stderr):  # a terminal that cannot show a character shows "?"
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    code = commands.run(arguments)
    sys.stdout.flush()  # so that a broken pipe is found here, not by the interpreter at its end
    return code


def _interrupted(number: int, frame: FrameType | None) -> None:
    # V8, cut off in the middle, complains while it is taken down, through asyncio and ctypes.
    # Nothing is imported here: an import may be what was interrupted.
    getattr(sys.modules.get("logging"), "disable", int)()
    sys.unraisablehook = lambda fault: None
    raise KeyboardInterrupt if number == INTERRUPTED - 128 else SystemExit(TERMINATED)


def _interrupt_behind(error: BaseException | None) -> int:
    """The exit code if an interrupt is what this came of, else 0: until Python 3.12, one that
    comes while a class is made is wrapped (`Error calling __set_name__`)."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            return INTERRUPTED if isinstance(error, KeyboardInterrupt) else TERMINATED
        error = error.__cause__ or error.__context__
    return 0


def _unexpected(error: Exception, arguments: Sequence[str]) -> int:
    if any(_is_verbose(argument) for argument in arguments):
        import traceback

        traceback.print_exception(error)
    from notesite import __version__

    where = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    return _say(
        f"notesite {__version__} has a fault: {type(error).__name__}: {error}{where}\n"
        "The site is as it was, or the next build completes it. Please report this to the\n"
        "project, with what the same command prints under `notesite -v`: it says where."
    )


def _is_verbose(argument: str) -> bool:
    return argument == "--verbose" or (argument[:1] == "-" != argument[1:2] and "v" in argument)


def _say(text: str) -> int:
    from notesite.cli.terminal import visible

    sys.stderr.write(visible(text) + "\n")
    return 1
