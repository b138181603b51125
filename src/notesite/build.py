"""A site's folder -> its output folder: the six stages in order, and a report of what came out.

The only module that knows all stages; whatever is to be remembered between builds is plugged in
here. What a build needs that finds nothing to do is imported at once, all else where it is used.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import msgpack
from msgspec.structs import replace

from notesite import resizing
from notesite.config import Config
from notesite.lastbuild import LastBuild, fingerprint
from notesite.memo import Memo
from notesite.model import Location, Problem, Template, Theme
from notesite.problems import Incomplete, broken, in_order
from notesite.program import program_digest
from notesite.publish import Made, publish, recover
from notesite.report import Options, Report
from notesite.scan import CACHE, Scanned, protected, scan
from notesite.settings import load_config
from notesite.theming import load_theme

if TYPE_CHECKING:
    from notesite.extension import Extension
    from notesite.loading import Notes, Progress
    from notesite.planning import Plan

_made = msgpack.Decoder(list[Made | None])


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
    except Incomplete as error:
        problem = Problem("error", str(error), Location("notesite"), frame=True)
        return Report((problem,), output=shown)
    finally:
        gc.enable()


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
        self.encoder = resizing.encoder(config)
        self.is_final = True  # whether another build would read the same in the notes

    def run(self) -> Report:
        try:
            scanned = self._scan()
            theme, problems = load_theme(scanned.templates, scanned.static)
            theme = self.last.dressed(theme, self.config, problems)
            same = self._fingerprint(scanned, theme, problems)
            report = None if self.options.check else self.last.report(same, self.target)
            if report is None:
                report = self._made(scanned, theme, problems)
                if report.published and self.is_final:
                    self.last.remember_report(same, report)
        finally:
            self.memo.close()
        if self.memo.notice:
            where = Location(f"{CACHE}/cache.sqlite")
            notice = Problem("note", self.memo.notice, where, "it costs time, nothing else")
            report = replace(report, problems=tuple(in_order([*report.problems, notice])))
        return report

    def _made(self, scanned: Scanned, theme: Theme, problems: Sequence[Problem]) -> Report:
        """Stages 2 to 6."""
        from notesite.extension import ExtensionFailed
        from notesite.planning import extended, indexed, located, planned, problems_of

        try:
            extension = extended(scanned.extension, self.config)
        except ExtensionFailed as failed:
            said = in_order([*problems, *scanned.problems, failed.problem])
            return Report(tuple(said), output=self.shown)
        notes = self._notes(scanned, extension)
        said = [*problems, *problems_of(notes.entries), *resizing.missing(self.config)]

        def plan() -> Plan:
            pictures = self.last.pictures(scanned, self.encoder)
            library = indexed(
                scanned, notes.entries, self.config, theme, extension, pictures, self.today,
                self.options,
            )  # fmt: skip
            return planned(self.root, self.config, scanned, theme, extension, library, said)

        made = plan()
        if refused := self._resize(made):
            self.last.refuse(refused)
            made = plan()  # which shows them as they are
        report = self._publish(made, theme, extension, notes)
        if self.options.external:
            asked = located(self._asked(scanned, notes), scanned)
            report = replace(report, problems=tuple(in_order([*report.problems, *asked])))
        return report

    def _resize(self, plan: Plan) -> dict[bytes, str]:
        """Make the smaller images that the plan asks for; those that cannot be made, and why."""
        if self.options.check or broken(plan.problems) or not self.config.images.resize:
            return {}
        recipes = [recipe for _, recipe in plan.library.images]
        told = partial(self.progress, "making images")
        return resizing.resize(recipes, self.root, self.jobs, told)

    def _asked(self, scanned: Scanned, notes: Notes) -> Iterator[Problem]:
        """What is wrong with links to other hosts."""
        from notesite import outside
        from notesite.planning import text_of

        pairs = zip(scanned.notes, notes.entries, strict=True)
        bodies = (
            (note.shown, "".join(notes.html(entry.body)), text_of(note.file))
            for note, entry in pairs
            if entry.body
        )
        found = outside.links(bodies)
        for done, problems in outside.problems(found, self.config.links.unasked):
            self.progress("asking other hosts", done, len(found))
            yield from problems

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
        code = scanned.extension and scanned.extension.digest
        assets = [(source.path, source.digest) for source in theme.assets]
        asked = (self.options.drafts, self.options.future, self.today, str(self.target))
        drawn_with = theme.font and theme.font.digest
        said = (scanned.problems, list(problems), theme.templates, theme.strings, drawn_with)
        return fingerprint(
            (self.program, self.encoder, self.config, code, files, assets, asked, said)
        )

    def _notes(self, scanned: Scanned, extension: Extension) -> Notes:
        """Stage 2: parse."""
        from notesite.loading import Notes
        from notesite.markdown.options import Task

        task = Task.of(self.config, extension)
        notes = Notes(scanned.notes, task, self.memo, self.jobs, self.progress)
        self.is_final = notes.is_final
        return notes

    def _publish(self, plan: Plan, theme: Theme, extension: Extension, notes: Notes) -> Report:
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
        from notesite.finding import Finding

        finding = Finding(notes.rows, self.memo)
        jinja = render.environment(theme, self.config, notes.html, extension)
        known, failures = self.last.closures(theme, self.config, jinja, extension)
        if failures:
            return replace(report, problems=tuple(in_order([*report.problems, *failures])))
        if self.options.check:
            return report
        keys = making.keys(plan.outputs, known, finding)
        files = making.files(plan.outputs, theme, jinja, self.root, finding)
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
        from notesite.processes import spread

        for done, made in enumerate(spread(make, count, self.jobs, _made), 1):
            yield made
            self.progress("writing pages", done, count)
