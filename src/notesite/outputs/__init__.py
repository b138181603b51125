"""Library, settings and theme -> every output of the site: output path -> template with context, or
copy.

"Which files exist?" Each module plans one kind of file. Where two ask for one path, a static file
wins over a generated one; anything else is a problem that names both. So is a file where another
one needs a folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from notesite.config import Config
from notesite.extension import NOTHING, Extension
from notesite.model import Library, Location, Output, Problem, Theme
from notesite.names import Taken, unsafe_name
from notesite.outputs import extended, feeds, listings, pages, search, site_files, sitemap
from notesite.outputs.frame import Frame

_CLASHES = {
    "same": "{other} and {this} both ask for",
    "file": "{other} is a file where a folder must be for",
    "folder": "{other} needs a folder where {this} would be the file",
}


class Planned(NamedTuple):
    """Outputs by path; problems."""

    outputs: dict[str, Output]
    problems: list[Problem]


def plan(library: Library, config: Config, theme: Theme, extension: Extension = NOTHING) -> Planned:
    """All outputs by path, sorted, and what keeps one from being written."""
    problems: list[Problem] = []
    assets = site_files.theme_assets(theme)
    names = {name: "/" + output.path for name, output in assets.items()}
    frames = [
        Frame(config, each, theme, names, feeds.announced(config, each))
        for each in library.languages
    ]
    paths = _Paths(problems)
    own = extended.outputs(frames[0], extension)
    for output in (*site_files.static(theme), *_generated(frames), *assets.values(), *own):
        paths.add(output)
    for output in sitemap.maps(frames[0], [output for _, output in sorted(paths.found.items())]):
        paths.add(output)
    problems += chain(*(frame.problems for frame in frames))
    return Planned(dict(sorted(paths.found.items())), problems)


def _generated(frames: Sequence[Frame]) -> Iterable[Output]:
    """Each language has pages, listings and feeds of its own; the rest is made once, in the default
    one."""
    for frame in frames:
        yield from pages.pages(frame)
        yield from listings.listings(frame)
        yield from search.search(frame)
    yield from site_files.files(frames[0])
    for frame in frames:  # last: a file of the notes may stand in the place of a feed
        yield from feeds.feeds(frame)


class _Paths:
    """The outputs so far; the first that asks for a place has it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.found: dict[str, Output] = {}
        self._taken = Taken()
        self._problems = problems

    def add(self, output: Output) -> None:
        if reason := unsafe_name(output.path):
            message = f"`{output.path}` cannot be published: {reason}"
            hint = "change the slug, or the name of the file or folder"
            self._problems.append(Problem("error", message, Location(output.origin), hint))
            return
        clash, path = self._taken.clash(output.path)
        if not clash:
            self.found[output.path] = output
        elif clash == "same" and output.generated:
            self._replaced(output, self.found[path])
        else:
            message = _CLASHES[clash].format(other=self.found[path].origin, this=output.origin)
            hint = "rename one of them; until then this one is left out"
            where = Location(output.origin)
            self._problems.append(Problem("error", f"{message} {output.path}", where, hint))

    def _replaced(self, output: Output, other: Output) -> None:
        if other.path != output.path:
            message = f"{other.origin} takes the place of {output.path}, spelled otherwise"
            hint = f"name it {output.path}: most servers tell the two apart"
            self._problems.append(Problem("warning", message, Location(other.origin), hint))
