"""The global options, before the command or after it -> root, settings file, terminal."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from notesite.cli import BROKEN_PIPE
from notesite.cli.terminal import Terminal

SETTINGS = "notesite.yaml"
PATH = click.Path(path_type=Path)

_OPTIONS: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (
        ("-C", "--root"),
        {
            "type": click.Path(exists=True, file_okay=False, path_type=Path),
            "metavar": "DIR",
            "help": f"The folder of the site. Default: the one with {SETTINGS}, here or above.",
        },
    ),
    (
        ("-c", "--config"),
        {"type": PATH, "metavar": "FILE", "help": "The settings file, relative to the root."},
    ),
    (
        ("-v", "--verbose"),
        {"is_flag": True, "help": "Say how long each stage takes, and where a fault is."},
    ),
    (
        ("-q", "--quiet"),
        {"is_flag": True, "help": "Say nothing but errors and warnings."},
    ),
    (
        ("--no-color",),
        {"is_flag": True, "help": "No colours; nor with NO_COLOR in the environment."},
    ),
]


class Commands(click.Group):
    """Commands in the order in which one meets them; a reader that goes away ends them quietly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would end the process with a plain 1
            raise click.exceptions.Exit(BROKEN_PIPE) from None


def shared(hidden: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the global options; hidden in its help, since `notesite --help` shows them."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for names, more in reversed(_OPTIONS):
            option = click.option(
                *names, **more, hidden=hidden, expose_value=False, callback=_remember
            )
            command = option(command)
        return command

    return decorate


def given(name: str) -> Any:
    """What was given for a global option, before the command or after it; None if it was not."""
    return click.get_current_context().find_root().ensure_object(dict).get(name)


def terminal() -> Terminal:
    return Terminal(
        quiet=bool(given("quiet")),
        verbose=bool(given("verbose")),
        colours=not given("no_color"),
    )


def root() -> Path:
    """`--root`, else the nearest folder upward with settings, else the current one."""
    if folder := given("root"):
        return Path(os.path.abspath(folder))
    here = Path.cwd()
    return next((f for f in (here, *here.parents) if (f / SETTINGS).is_file()), here)


def _remember(context: click.Context, option: click.Parameter, value: object) -> None:
    if value not in (None, False):
        context.find_root().ensure_object(dict)[option.name] = value
