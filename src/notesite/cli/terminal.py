"""Problems, a summary, progress -> the terminal; plain text wherever it is none."""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click
from msgspec import Struct

from notesite.cli import interrupts

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from rich.text import Text

    from notesite.problems import Level, Problem

FIRST = 50  # problems shown in a terminal; elsewhere all
PATIENCE = 0.5  # seconds of work before a progress bar appears

_COLOURS = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
_OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_ORDER: tuple[Level, ...] = ("error", "warning", "note")


def count(number: int, noun: str) -> str:
    """`1 note`, `2 notes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Terminal(Struct, frozen=True):
    """Where a command says things: what it is asked for on stdout, all else on stderr."""

    quiet: bool = False
    verbose: bool = False
    colours: bool = True

    def say(self, text: str) -> None:
        """On stdout, unless --quiet."""
        if not self.quiet:
            click.echo(visible(text))

    def warn(self, text: str) -> None:
        """On stderr."""
        click.echo(visible(text), err=True)

    def problems(self, problems: Sequence[Problem]) -> None:
        """All of them on stderr; in a terminal the gravest 50, in the order given, and a count."""
        wanted = [p for p in problems if not (self.quiet and p.level == "note")]
        shown = wanted
        if sys.stderr.isatty():
            gravest = sorted(range(len(wanted)), key=lambda n: _ORDER.index(wanted[n].level))
            shown = [wanted[n] for n in sorted(gravest[:FIRST])]
        self._print(shown)
        if wanted:
            levels = Counter(problem.level for problem in wanted)
            summary = ", ".join(count(levels[level], level) for level in _ORDER if levels[level])
            if more := len(wanted) - len(shown):
                summary += f"; {more} of them not shown here, but all with `2> problems.txt`"
            self.warn(summary)

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """Told of stage, done and total: a bar in a terminal if the work takes long; with --verbose
        what each stage took."""
        bar = _Bar(sys.stderr.isatty() and not self.quiet, self.verbose)
        try:
            yield bar.at
        finally:
            bar.close()

    def _print(self, problems: Sequence[Problem]) -> None:
        from notesite.problems import show

        if not self._coloured(sys.stderr):
            for problem in problems:
                self.warn(show(problem, _width()))
            return
        from rich.console import Console

        console = Console(stderr=True, force_terminal=True, highlight=False)
        for problem in problems:
            console.print(_painted(visible(show(problem, _width())), problem.level), soft_wrap=True)

    def _coloured(self, stream: TextIO) -> bool:
        if not self.colours or os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
            return True
        return stream.isatty() and os.environ.get("TERM") != "dumb"


def visible(text: str) -> str:
    """The text without what a terminal obeys: an escape sequence in a note is shown as signs, and
    so is what turns the direction of writing (https://trojansource.codes) or ends a line unseen.
    Each is as wide as before, so that a caret stays in its place."""
    return _OBEYED.sub(
        lambda m: chr(0x2400 + ord(m[0])) if ord(m[0]) < 0x20 else "\ufffd",
        text,
    )


def _width() -> int:
    if not sys.stderr.isatty():
        return 100
    from shutil import get_terminal_size  # and with it three ways to compress

    return get_terminal_size((100, 24)).columns


def _painted(text: str, level: str) -> Text:
    from rich.text import Text

    head, *rest = text.split("\n")
    painted = Text()
    where, mark, message = head.partition(f": {level}: ")
    painted.append(where, "bold").append(": ").append(f"{level}: ", _COLOURS[level])
    painted.append(message if mark else "")
    for line in rest:
        style = "dim" if line.startswith("  hint: ") else ""
        painted.append("\n").append(line, _COLOURS[level] if line.strip() == "^" else style)
    return painted


class _Bar:
    def __init__(self, shown: bool, verbose: bool) -> None:
        self.shown = shown
        self.verbose = verbose
        self.began = self.stage_began = self.drawn = time.perf_counter()
        self.stage = ""
        self.bar: Progress | None = None
        self.task: TaskID | None = None

    def at(self, stage: str, done: int, total: int) -> None:
        interrupts.heed()
        now = time.perf_counter()
        if stage != self.stage:
            self._end_stage(now)
            self.stage, self.stage_began = stage, now
        if self.shown and now - self.began > PATIENCE and (now - self.drawn > 0.1 or done == total):
            self.drawn = now
            self._draw(done, total)

    def close(self) -> None:
        if self.bar:
            self.bar.stop()
        self._end_stage(time.perf_counter())

    def _draw(self, done: int, total: int) -> None:
        if self.bar is None or self.task is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            # no thread: it is drawn when there is something new
            self.bar = Progress(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                console=Console(stderr=True), transient=True, auto_refresh=False,
            )  # fmt: skip
            self.bar.start()
            self.task = self.bar.add_task(self.stage, total=total)
        self.bar.update(
            self.task, description=self.stage, completed=done, total=total, refresh=True
        )

    def _end_stage(self, now: float) -> None:
        if self.verbose and self.stage:
            click.echo(f"{self.stage}: {now - self.stage_began:.2f} s", err=True)
