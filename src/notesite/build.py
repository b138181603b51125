"""A site's folder -> its output folder: the six stages in order, and a report of what came out.

The only module that knows all stages; whatever is to be remembered between builds is plugged in
here.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from msgspec import msgpack
from msgspec.structs import asdict, replace

from notesite.config import FILE_NAME, Config
from notesite.index import index
from notesite.lastbuild import LastBuild, fingerprint
from notesite.loading import Notes, Progress
from notesite.markdown.math.katex import KatexMissing
from notesite.memo import Memo
from notesite.model import Entry, Library, Location, Output, Problem, Template, Theme
from notesite.outputs import plan
from notesite.problems import in_order, with_source_lines
from notesite.processes import spread
from notesite.program import program_digest
from notesite.publish import Made, publish, recover
from notesite.reading_time import reading_time, rounded
from notesite.report import Options, Report, advice
from notesite.scan import CACHE, Scanned, notes_folder, scan
from notesite.settings import load_config
from notesite.theming import load_theme

_made = msgpack.Decoder(list[Made | None])


class Plan(NamedTuple):
    """Stages 3 and 4: what the site is to be, before anything is rendered. `problems` are those of
    all stages so far, each with the line that it points at."""

    library: Library
    outputs: dict[str, Output]
    problems: tuple[Problem, ...]


def build(
    root: Path,
    *,
    config_file: Path | None = None,
    output: Path | None = None,
    base_url: str | None = None,
    options: Options | None = None,
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
    if broken(problems):
        return Report(tuple(in_order(problems)), output=shown)
    asked = options or Options()
    sources = protected(root, config, config_file)
    if not asked.check:
        found = recover(target, sources=sources, shown=shown)
        if found.problems:
            return Report(tuple(in_order(found.problems)), refused=found.refused, output=shown)
    gc.disable()  # a build makes many values and no cycles: collecting costs a tenth of its time
    try:
        return _Build(root, config, target, sources, asked, today(config), progress).run()
    except KatexMissing as error:
        problem = Problem("error", str(error), Location("notesite"), frame=True)
        return Report((problem,), output=shown)
    finally:
        gc.enable()


def protected(root: Path, config: Config, config_file: Path | None) -> list[Path]:
    """What the output folder may not hold: the sources of the site, there or not (a later build
    would take the output for them)."""
    folder = notes_folder(root, config)
    names = (config_file or FILE_NAME, "templates", "static", ".git")
    return [folder, *(root / name for name in names), root]


def indexed(
    scanned: Scanned, entries: Sequence[Entry], config: Config, today: date, options: Options
) -> Library:
    """Stage 3."""
    speed = asdict(config.reading_speed)
    return index(
        entries, scanned.assets, [source.path for source in scanned.static], config, today,
        lambda entry: rounded(reading_time(entry.counts, speed)), options.drafts, options.future,
    )  # fmt: skip


def planned(
    root: Path, config: Config, scanned: Scanned, theme: Theme, library: Library,
    said: Iterable[Problem],
) -> Plan:  # fmt: skip
    """Stage 4; `said` are the problems of settings, theme and notes."""
    outputs, clashes = plan(library, config, theme)
    folder = os.path.relpath(notes_folder(root, config), root)
    problems = [*said, *scanned.problems, *library.problems, *clashes]
    problems += advice(config, folder, not scanned.notes)
    files = {note.shown: note.file for note in scanned.notes}
    found = with_source_lines(problems, lambda path: _text(files.get(path)))
    return Plan(library, outputs, found)


def problems_of(entries: Iterable[Entry]) -> Iterable[Problem]:
    """What is wrong with the notes themselves."""
    return chain.from_iterable(entry.problems for entry in entries)


def broken(problems: Iterable[Problem]) -> bool:
    """Whether settings or templates are such that nothing can be published."""
    return any(problem.frame and problem.level == "error" for problem in problems)


class _Build:
    """One build: the six stages in order, with the memo plugged in."""

    def __init__(
        self, root: Path, config: Config, target: Path, sources: Sequence[Path], options: Options,
        today: date, progress: Progress,
    ) -> None:  # fmt: skip
        self.root, self.config, self.target, self.sources = root, config, target, sources
        self.options, self.today, self.progress = options, today, progress
        self.jobs = options.jobs or os.cpu_count() or 1
        self.program = program_digest()
        self.shown = os.path.relpath(target, root)
        self.memo = Memo(None if options.force else root / CACHE / "cache.sqlite", self.program)
        self.last = LastBuild(self.memo)

    def run(self) -> Report:
        try:
            scanned = self._scan()
            theme, problems = load_theme(scanned.templates, scanned.static)
            theme = self.last.coloured(theme, self.config, problems)
            same = self._fingerprint(scanned, theme, problems)
            report = None if self.options.check else self.last.report(same, self.target)
            if report is None:
                notes = self._notes(scanned)
                library = indexed(scanned, notes.entries, self.config, self.today, self.options)
                said = [*problems, *problems_of(notes.entries)]
                plan = planned(self.root, self.config, scanned, theme, library, said)
                report = self._publish(plan, theme, notes)
                if report.published:
                    self.last.remember_report(same, report)
        finally:
            self.memo.close()
        if self.memo.notice:
            where = Location(f"{CACHE}/cache.sqlite")
            notice = Problem("note", self.memo.notice, where, "it costs time, nothing else")
            report = replace(report, problems=tuple(in_order([*report.problems, notice])))
        return report

    def _scan(self) -> Scanned:
        """Stage 1. Files that have not changed since the last build are not read."""
        seen = self.last.seen(self.root / CACHE)
        scanned = scan(self.root, self.config, self.target, seen, self.sources)
        self.last.remember_seen(seen)
        return scanned

    def _fingerprint(self, scanned: Scanned, theme: Theme, problems: Sequence[Problem]) -> str:
        """Equal for two builds of one input: then the second has nothing to do."""
        files = [
            (source.path, source.shown, source.digest, source.updated)
            for source in (*scanned.notes, *scanned.assets, *scanned.static)
        ]
        assets = [(source.path, source.digest) for source in theme.assets]
        asked = (self.options.drafts, self.options.future, self.today, str(self.target))
        said = (scanned.problems, list(problems), theme.templates, theme.strings)
        return fingerprint((self.program, self.config, files, assets, asked, said))

    def _notes(self, scanned: Scanned) -> Notes:
        """Stage 2: parse."""
        return Notes(scanned.notes, self.config, self.memo, self.jobs, self.progress)

    def _publish(self, plan: Plan, theme: Theme, notes: Notes) -> Report:
        """Stages 5 and 6. An output is rendered if its key differs from the one it was written
        under, and all of them before one is published: a template that fails stops it all."""
        report = Report(
            problems=tuple(in_order(plan.problems)),
            notes=plan.library.notes,
            pages=sum(isinstance(output.recipe, Template) for output in plan.outputs.values()),
            held_back=plan.library.held_back,
            output=self.shown,
        )
        if broken(plan.problems):
            return report
        from notesite import making, render

        jinja = render.environment(theme, self.config, notes.html)
        known, failures = self.last.closures(theme, self.config, jinja)
        if failures:
            return replace(report, problems=tuple(in_order([*report.problems, *failures])))
        if self.options.check:
            return report
        keys = making.keys(plan.outputs, known)
        files = making.files(plan.outputs, theme, jinja)
        self.memo.commit()  # the processes that render read it
        try:
            done = publish(
                files, self.target, sources=self.sources, keys=keys, anew=self.options.force,
                shown=self.shown, spread=self._spread,
            )  # fmt: skip
        except making.TemplateFailed as failed:
            return replace(report, problems=tuple(in_order([*report.problems, failed.problem])))
        return replace(
            report,
            problems=tuple(in_order([*report.problems, *done.problems])),
            written=done.written,
            unchanged=done.unchanged,
            removed=done.removed,
            published=not done.problems,
            refused=done.refused,
            made=making.explained(done.made, keys) if self.options.explain else (),
        )

    def _spread(self, make: Callable[[int], Made], count: int) -> Iterator[Made]:
        """Files, made in many processes."""
        for done, made in enumerate(spread(make, count, self.jobs, _made), 1):
            yield made
            self.progress("writing pages", done, count)


def _text(file: str | None) -> str:
    return Path(file).read_bytes().decode("utf-8-sig", "replace") if file else ""
