"""Library, settings and theme -> every output of the site: output path -> template with context, or
copy.

"Which files exist?" Each module plans one kind of file. Where two ask for one path, a static file
wins over a generated one; anything else is a problem that names both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from notesite.config import Config
from notesite.model import Library, Location, Output, Problem, Theme
from notesite.names import unsafe_name
from notesite.outputs import listings, pages, site_files
from notesite.outputs.frame import Frame


class Planned(NamedTuple):
    """Outputs by path; the values that many of them share, by identity; problems."""

    outputs: dict[str, Output]
    shared: tuple[object, ...]
    problems: list[Problem]


def plan(library: Library, config: Config, theme: Theme) -> Planned:
    """All outputs by path, sorted, and what keeps one from being written."""
    problems: list[Problem] = []
    assets = site_files.theme_assets(theme)
    frame = Frame(
        config, library, theme, {name: "/" + output.path for name, output in assets.items()}
    )
    found: dict[str, Output] = {}
    for output in (*site_files.static(theme), *_generated(frame), *assets.values()):
        _add(found, output, problems)
    return Planned(dict(sorted(found.items())), frame.shared, [*problems, *frame.problems])


def _generated(frame: Frame) -> Iterable[Output]:
    yield from pages.pages(frame)
    yield from listings.listings(frame)
    yield from site_files.files(frame)


def _add(found: dict[str, Output], output: Output, problems: list[Problem]) -> None:
    other = found.get(output.path)
    if other is None:
        if reason := unsafe_name(output.path):
            message = f"`{output.path}` cannot be published: {reason}"
            hint = "change the slug, or the name of the file or folder"
            problems.append(Problem("error", message, Location(output.origin), hint))
            return
        found[output.path] = output
    elif not output.generated:
        message = f"{other.origin} and {output.origin} both ask for {output.path}"
        problems.append(Problem("error", message, Location(output.origin), "rename one of them"))
