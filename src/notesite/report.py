"""What a build is asked for, what it answers, and what it advises."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from notesite.config import FILE_NAME, Config
from notesite.problems import Location, Problem, in_order


class Options(Struct, frozen=True):
    """What a build is asked for besides the settings."""

    drafts: bool = False
    future: bool = False
    force: bool = False  # forget what was remembered
    jobs: int = 0  # processes; 0: one for each processor
    explain: bool = False
    check: bool = False  # say what is wrong, and publish nothing
    external: bool = False  # with `check`: ask other hosts whether what notes link to is there


class Report(Struct, frozen=True):
    """What a build did: all problems in order, and counts of files. `pages` are HTML files."""

    problems: tuple[Problem, ...] = ()
    notes: int = 0
    pages: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    held_back: tuple[int, int] = (0, 0)  # drafts, future notes
    published: bool = False
    refused: bool = False  # the output folder is none that notesite may write to
    output: str = ""
    made: tuple[str, ...] = ()  # for each output rendered or copied: its path, and why


def saying(report: Report, problems: Iterable[Problem]) -> Report:
    """The report with these problems besides."""
    return replace(report, problems=tuple(in_order([*report.problems, *problems])))


def advice(config: Config, folder: str, empty: bool) -> Iterable[Problem]:
    """`folder` is that of the notes, as it is shown; `empty`: there is none in it."""
    if empty:
        hint = 'write a first note with `notesite new "A title"`, or start with `notesite init`'
        yield Problem("warning", "there are no notes here", Location(folder), hint)
    if not config.base_url:
        hint = "set `base_url: https://…/` for canonical links and feeds"
        yield Problem("note", "the site has no base_url", Location(FILE_NAME), hint)
