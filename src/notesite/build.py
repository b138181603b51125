"""A site's folder -> its output folder: the six stages in order, and a report of what came out.

The only module that knows all stages; whatever is to be remembered between builds is plugged in
here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import chain
from pathlib import Path

from jinja2 import Environment
from msgspec import Struct
from msgspec.structs import asdict, replace

from notesite import markdown, render
from notesite.config import FILE_NAME, Config
from notesite.index import index
from notesite.limits import TimeLimit, time_limit
from notesite.markdown.counts import reading_time
from notesite.markdown.math.katex import Katex, KatexMissing
from notesite.model import (
    Copy,
    Document,
    Formula,
    Library,
    Location,
    Output,
    Problem,
    Source,
    Template,
    Theme,
    Typeset,
    Written,
)
from notesite.outputs import plan
from notesite.problems import in_order, with_source_lines
from notesite.publish import publish, recover
from notesite.scan import Scanned, notes_folder, scan
from notesite.settings import load_config
from notesite.theming import load_theme

Progress = Callable[[str, int, int], None]  # stage, done, total

NOTE_SECONDS = 10  # of processor time; a note that takes more is an error, the others are built
FORMULAS_AT_ONCE = (
    500  # in one call into V8: large enough to be quick, small enough to show progress
)


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


class Plan(Struct, frozen=True):
    """Stages 1 to 4: what the site is to be, before anything is rendered."""

    config: Config
    theme: Theme
    library: Library
    outputs: dict[str, Output]
    problems: tuple[Problem, ...]


def build(
    root: Path,
    *,
    config_file: Path | None = None,
    output: Path | None = None,
    base_url: str | None = None,
    drafts: bool = False,
    future: bool = False,
    today: Callable[[Config], date],
    progress: Progress = lambda stage, done, total: None,
) -> Report:
    """Build the site at `root`; `config_file` and `output` are relative to it.

    `today` says what day it is in the site's time zone: the clock is read at this end, not in a
    stage.
    """
    config, problems = load_config(root, config_file, base_url)
    target = root / (output or config.output)
    shown = os.path.relpath(target, root)
    if _broken(problems):
        return Report(tuple(in_order(problems)), output=shown)
    sources = protected(root, config, config_file)
    recovered = recover(target, sources=sources, shown=shown)
    if recovered.problems:
        return Report(tuple(in_order(recovered.problems)), refused=recovered.refused, output=shown)
    try:
        planned = make_plan(root, config, target, today(config), drafts, future, progress)
    except KatexMissing as error:
        problem = Problem("error", str(error), Location("notesite"), frame=True)
        return Report((problem,), output=shown)
    report = Report(
        problems=tuple(in_order(planned.problems)),
        notes=planned.library.notes,
        pages=sum(isinstance(output.recipe, Template) for output in planned.outputs.values()),
        held_back=planned.library.held_back,
        output=shown,
    )
    if _broken(planned.problems):
        return report
    return _published(planned, target, sources, report, progress)


def protected(root: Path, config: Config, config_file: Path | None) -> list[Path]:
    """What the output folder may not hold: the sources of the site."""
    folder = notes_folder(root, config)
    names = (config_file or FILE_NAME, "templates", "static", ".git")
    found = [folder, *(root / name for name in names)]
    return [path for path in found if path.exists()] + [root]


def make_plan(
    root: Path,
    config: Config,
    target: Path,
    today: date,
    drafts: bool,
    future: bool,
    progress: Progress,
) -> Plan:
    """Stages 1 to 4: scan, parse, index, plan."""
    scanned = scan(root, config, target)
    theme, problems = load_theme(scanned.templates, scanned.static)
    documents = _documents(scanned.notes, config, progress)
    speed = asdict(config.reading_speed)
    library = index(
        documents, scanned.assets, [s.path for s in scanned.static], config, today,
        lambda document: reading_time(document.counts, speed), drafts, future,
    )  # fmt: skip
    outputs, clashes = plan(library, config, theme)
    said = (document.problems for document in documents)
    problems += [*scanned.problems, *chain.from_iterable(said), *library.problems, *clashes]
    problems += _advice(root, config, scanned)
    contents = {note.shown: note.content or b"" for note in scanned.notes}
    found = with_source_lines(
        problems, lambda path: contents.get(path, b"").decode("utf-8-sig", "replace")
    )
    return Plan(config, theme, library, outputs, found)


def _documents(notes: Sequence[Source], config: Config, progress: Progress) -> list[Document]:
    options = markdown.Options.of(config)
    parsed = []
    for number, note in enumerate(notes):
        parsed.append(_parsed(note, options))
        progress("reading notes", number + 1, len(notes))
    with Katex(config.math.macros, config.math.output) as katex:
        return markdown.typeset(parsed, _Shown(katex, progress))


def _parsed(note: Source, options: markdown.Options) -> Document:
    try:
        with time_limit(NOTE_SECONDS):
            return markdown.parse(note, options)
    except TimeLimit:
        message = f"this note took longer than {NOTE_SECONDS} s to read"
        return markdown.unreadable(
            note, message, "split it, or look for a pattern that repeats thousands of times"
        )


class _Shown:
    """The engine, called with a batch at a time so that progress can be shown."""

    def __init__(self, engine: markdown.Engine, progress: Progress) -> None:
        self.engine = engine
        self.progress = progress

    def typeset(self, formulas: Sequence[Formula]) -> list[Typeset]:
        done: list[Typeset] = []
        while len(done) < len(formulas):
            done += self.engine.typeset(formulas[len(done) : len(done) + FORMULAS_AT_ONCE])
            self.progress("setting formulas", len(done), len(formulas))
        return done


def _published(
    planned: Plan, target: Path, sources: Sequence[Path], report: Report, progress: Progress
) -> Report:
    """Stages 5 and 6. Every page is rendered before one is published: a template that fails stops
    it all."""
    jinja = render.environment(planned.theme, planned.config)
    failures = render.check(jinja, planned.theme)
    files: list[tuple[str, bytes | Path]] = []
    for number, output in enumerate(planned.outputs.values()):
        made = _made(output, jinja, planned.theme) if not failures else b""
        if isinstance(made, Problem):
            failures.append(made)
        else:
            files.append((output.path, made))
        progress("writing pages", number + 1, len(planned.outputs))
    if failures:
        return replace(report, problems=tuple(in_order([*report.problems, *failures])))
    done = publish(files, target, sources=sources, shown=report.output)
    return replace(
        report,
        problems=tuple(in_order([*report.problems, *done.problems])),
        written=done.written,
        unchanged=done.unchanged,
        removed=done.removed,
        published=not done.problems,
        refused=done.refused,
    )


def _made(output: Output, jinja: Environment, theme: Theme) -> bytes | Path | Problem:
    match output.recipe:
        case Template() as recipe:
            return render.render(output, recipe, jinja, theme)
        case Copy(source):
            return Path(source.file)
        case Written(content):
            return content


def _advice(root: Path, config: Config, scanned: Scanned) -> Iterable[Problem]:
    folder = os.path.relpath(notes_folder(root, config), root)
    if not scanned.notes:
        hint = 'write a first note with `notesite new "A title"`, or start with `notesite init`'
        yield Problem("warning", "there are no notes here", Location(folder), hint)
    if not config.base_url:
        hint = "set `base_url: https://…/` for canonical links and feeds"
        yield Problem("note", "the site has no base_url", Location(FILE_NAME), hint)


def _broken(problems: Iterable[Problem]) -> bool:
    return any(problem.frame and problem.level == "error" for problem in problems)
