"""Notes in memory -> the outputs of their site, rendered, for tests of feeds and metadata."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from library import HTML, library
from msgspec.structs import replace

from notesite.config import Config
from notesite.model import Library, Output, Stored, Template, Theme
from notesite.outputs import plan
from notesite.render import environment, render
from notesite.theming import load_theme

BASE = "https://example.org/repo/"


def config(**changes: Any) -> Config:
    """The settings of a site with a base_url."""
    return replace(Config(title="Site", timezone="Asia/Tokyo", base_url=BASE), **changes)


@cache
def theme() -> Theme:
    found, problems = load_theme((), ())
    assert problems == []
    return found


def pieces(stored: Stored) -> tuple[str, ...]:
    return HTML[stored.digest, stored.part]


class Rendered:
    """The outputs of a site by their paths, each rendered when it is asked for."""

    def __init__(self, made: Library, settings: Config) -> None:
        self._jinja = environment(theme(), settings, pieces)
        self.outputs: Mapping[str, Output] = plan(made, settings, theme()).outputs

    def __contains__(self, path: str) -> bool:
        return path in self.outputs

    def __getitem__(self, path: str) -> bytes:
        output = self.outputs[path]
        assert isinstance(output.recipe, Template)
        made = render(output, output.recipe, self._jinja, theme())
        assert isinstance(made, bytes), made
        return made


def rendered(notes: Mapping[str, str], settings: Config | None = None) -> Rendered:
    """The site of these notes (path -> text)."""
    settings = settings or config()
    return Rendered(library(notes, settings), settings)
