"""`notesite serve`: what it takes, and what it says while it runs."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING

import click

from notesite.cli import interrupts
from notesite.cli.options import given, root, shared, terminal
from notesite.cli.terminal import Terminal, count

if TYPE_CHECKING:
    from notesite.model import Problem
    from notesite.serve import Rebuilt

NAMED = 3  # changed files that are named in a line; of more there is a count


@click.command()
@shared()
@click.option(
    "-p", "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, metavar="N",
    help="The port; the next free one if it is taken.",
)  # fmt: skip
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="NAME",
    help="The address to listen at; 0.0.0.0 lets your network in.",
)  # fmt: skip
@click.option("--open", "browser", is_flag=True, help="Open the site in a browser.")
@click.option("--watch/--no-watch", default=True, help="Follow changes of the files. Default: yes.")
@click.option("-D", "--drafts", is_flag=True, help="Drafts too.")
@click.option("-F", "--future", is_flag=True, help="Notes with a date to come too.")
@click.option("--poll", is_flag=True, help="Look for changes twice a second: for network drives.")
def serve(
    port: int, host: str, browser: bool, watch: bool, drafts: bool, future: bool, poll: bool
) -> None:
    """Show the site in a browser, and each change as it is saved.

    Nothing is written to the output folder. What is wrong is shown in the page, too; a note that
    breaks stays as it was until it is mended. Ctrl-C ends it.
    """
    from notesite.report import Options
    from notesite.serve import Wishes
    from notesite.serve import serve as serve_site

    listener = Said(terminal(), host)
    interrupts.heed()  # an import may have swallowed one
    try:
        serve_site(
            root(),
            given("config"),
            Wishes(host, port, browser, watch, poll),
            Options(drafts, future),
            lambda config: datetime.now(config.zone).date(),
            listener,
        )
    except OSError as error:
        reason = error.strerror or error
        raise click.ClickException(f"cannot listen at {host}, port {port}: {reason}.") from None
    finally:
        listener.end()


class Said:
    """Says in the terminal what happens."""

    def __init__(self, out: Terminal, host: str) -> None:
        self._out = out
        self._host = host
        self._bar = ExitStack()
        self._at = self._bar.enter_context(out.progress())
        self._known: tuple[Problem, ...] = ()

    def address(self, url: str) -> None:
        self._out.say(f"the site is at {url} (Ctrl-C ends it)")
        if self._host in ("0.0.0.0", "::"):
            self._out.warn("everybody in your network can read it, and drafts too with -D")

    def progress(self, stage: str, done: int, total: int) -> None:
        self._at(stage, done, total)

    def rebuilt(self, rebuilt: Rebuilt) -> None:
        self.end()
        if rebuilt.problems != self._known:
            self._out.problems(rebuilt.problems)
            if self._known and not rebuilt.problems:
                self._out.say("no problems any more")
            self._known = rebuilt.problems
        self._out.say(_line(rebuilt))

    def problem(self, problem: Problem) -> None:
        self._out.problems([problem])

    def notice(self, text: str) -> None:
        self._out.warn(text)

    def end(self) -> None:
        """Take the bar away."""
        self._bar.close()


def _line(rebuilt: Rebuilt) -> str:
    milliseconds = f"{rebuilt.seconds * 1000:.0f} ms"
    if rebuilt.library is None:
        return "there is no site yet: mend what is wrong with it"
    if rebuilt.changed is None:
        return f"{count(rebuilt.library.notes, 'note')} read in {milliseconds}"
    names = sorted(path.name for path in rebuilt.changed)
    changed = ", ".join(names) if len(names) <= NAMED else count(len(names), "file")
    return f"{changed or 'a new day'}: {milliseconds}"
