"""Sources, entries, settings and theme -> what the site is to be: stages 3 and 4, for build and
serve alike."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import asdict, replace

from notesite.config import Config
from notesite.extension import Extension, load
from notesite.index import index
from notesite.markdown.options import Options as Parsing
from notesite.model import Entry, Library, Output, Picture, Problem, Resources, Source, Theme
from notesite.outputs import plan
from notesite.outputs.extended import urls
from notesite.problems import broken, with_source_lines
from notesite.reading_time import reading_time, rounded
from notesite.report import Options, advice
from notesite.scan import Scanned, notes_folder
from notesite.shortcodes import macros


class Plan(NamedTuple):
    """What the site is to be, before anything is rendered. `problems` are those of all stages so
    far, each with the line that it points at. It is not `whole` where an extension failed."""

    library: Library
    outputs: dict[str, Output]
    problems: tuple[Problem, ...]
    whole: bool


def extended(source: Source | None, config: Config) -> Extension:
    """The extension of a site, run and its syntax tried. Raises ExtensionFailed."""
    extension = load(source)
    if extension.markdown:  # else nothing of Markdown may be needed
        from notesite.markdown import note as markdown

        markdown.parser(Parsing.of(config, extension.syntax))
    return extension


def indexed(
    scanned: Scanned, entries: Sequence[Entry], config: Config, theme: Theme, extension: Extension,
    pictures: dict[str, Picture], today: date, options: Options,
) -> Library:  # fmt: skip
    """Stage 3. Links may lead to what the extension makes of the library, so with one that makes
    something there are two of them."""
    speed = asdict(config.reading_speed)
    static = [source.path for source in scanned.static]

    def library(resources: Resources) -> Library:
        return index(
            entries, scanned.assets, static, config, today,
            lambda entry: rounded(reading_time(entry.counts, speed)),
            options.drafts, options.future, resources,
        )  # fmt: skip

    resources = Resources(macros=macros(theme), pictures=pictures)
    found = library(resources)
    made = urls(found, config, extension)
    return library(replace(resources, urls=made)) if made else found


def planned(
    root: Path, config: Config, scanned: Scanned, theme: Theme, extension: Extension,
    library: Library, said: Iterable[Problem],
) -> Plan:  # fmt: skip
    """Stage 4; `said` are the problems of settings, theme and notes."""
    outputs, clashes = plan(library, config, theme, extension)
    folder = os.path.relpath(notes_folder(root, config), root)
    problems = [*said, *scanned.problems, *library.problems, *clashes]
    problems += advice(config, folder, not scanned.notes)
    return Plan(library, outputs, located(problems, scanned), not broken(clashes))


def located(problems: Iterable[Problem], scanned: Scanned) -> tuple[Problem, ...]:
    """The problems, each with the line that it points at."""
    files = {note.shown: note.file for note in scanned.notes}
    return with_source_lines(problems, lambda path: text_of(files[path]) if path in files else "")


def text_of(file: str) -> str:
    """What a note is read as."""
    return Path(file).read_bytes().decode("utf-8-sig", "replace")


def problems_of(entries: Iterable[Entry]) -> Iterable[Problem]:
    """What is wrong with the notes themselves."""
    return chain.from_iterable(entry.problems for entry in entries)
