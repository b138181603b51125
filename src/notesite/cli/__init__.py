"""The command line -> an exit code: 0 fine, 1 problems, 2 usage, 130 and 143 interrupted.

Here is the outer loop: nothing passes it as a traceback. All else is imported inside it, so that an
interrupt is caught from the first moment.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

INTERRUPTED, BROKEN_PIPE = 130, 141  # 128 and the signal's number, as in a shell


def process() -> NoReturn:
    """Run `notesite` as the process that this is, which ends with it.

    Values are not taken apart before the system takes the memory: that was a tenth of a build that
    finds nothing to do. Files and processes are closed by who opened them, not by the interpreter.
    """
    gc.disable()  # a build makes many values and no cycles, and `serve` looks for its own
    code = main()
    with suppress(OSError):  # nobody may read it
        sys.stderr.flush()
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `notesite` with these arguments, those of the process by default."""
    try:
        from notesite.cli import interrupts
    except KeyboardInterrupt:
        return INTERRUPTED
    try:
        interrupts.expect()
        code = _run(arguments)
    except BrokenPipeError:  # who reads us has gone, as in `notesite build | head -1`: say no more
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = BROKEN_PIPE
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        # one that an interrupt was turned into: a class that is made, an import that is cut off
        code = interrupts.code() or _told(error, sys.argv[1:] if arguments is None else arguments)
    return interrupts.code() or code


def _run(arguments: Sequence[str] | None) -> int:
    from notesite.cli import commands

    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # it was closed, as by `2>&-`
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
        if hasattr(stream := getattr(sys, name), "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character: "?"
    code = commands.run(arguments)
    sys.stdout.flush()  # so that a broken pipe is found here, not by the interpreter at its end
    return code


def _told(error: Exception, arguments: Sequence[str]) -> int:
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"{where}error: {error.strerror or error}".replace("\n", "\u240a"))
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
