"""A site's folder -> its output folder: the six stages in order, and a report of what came out.

The only module that knows all stages; whatever is to be remembered between builds is plugged in
here. What a build needs that finds nothing to do is imported at once, all else where it is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from notesite import resizing
from notesite.config import Config
from notesite.lastbuild import Inputs, Last, LastBuild, inputs
from notesite.memo import TABLES, Memo
from notesite.model import Location, Problem, Template, Theme
from notesite.problems import Incomplete, broken, in_order
from notesite.program import program_digest
from notesite.publish import Look, recover
from notesite.report import Options, Report, saying
from notesite.scan import CACHE, Scanned, protected, scan
from notesite.settings import load_config
from notesite.theming import load_theme
from notesite.writing import Writer

if TYPE_CHECKING:
    from notesite.extension import Extension
    from notesite.loading import Notes, Progress
    from notesite.planning import Plan


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
    asked = options or Options()
    memo = Memo(None if asked.force else root / CACHE / "cache.sqlite", program_digest())
    memo.known = ()  # until all that is in use has been asked for
    last = LastBuild(memo)
    with closing(memo):
        config, problems = load_config(root, config_file, base_url, last.read_yaml)
        target = root / (output or config.output)
        report = Report(tuple(in_order(problems)), output=os.path.relpath(target, root))
        if not broken(problems):
            sources = protected(root, config, config_file)
            site = _Build(root, config, target, sources, asked, today(config), progress, last)
            report = site.run()
    if memo.notice:
        where = Location(f"{CACHE}/cache.sqlite")
        notice = Problem("note", memo.notice, where, "it costs time, nothing else")
        report = saying(report, [notice])
    return report


class _Build:
    """One build: the six stages in order, with the memo plugged in."""

    def __init__(
        self, root: Path, config: Config, target: Path, sources: Sequence[Path], options: Options,
        today: date, progress: Progress, last: LastBuild,
    ) -> None:  # fmt: skip
        self.root, self.config, self.target, self.sources = root, config, target, sources
        self.options, self.today, self.progress = options, today, progress
        self.last, self.memo = last, last.memo
        self.jobs = options.jobs or os.cpu_count() or 1
        self.shown = os.path.relpath(target, root)
        given = root, config, target, sources, options, last.memo, last, self.jobs, progress
        self.writer = Writer(*given)
        self.encoder = resizing.encoder(config)
        self.is_final = True  # whether another build would read the same in the notes

    def run(self) -> Report:
        if not self.options.check:
            found = recover(self.target, sources=self.sources, shown=self.shown)
            if said := in_order(found.problems):
                return Report(tuple(said), refused=found.refused, output=self.shown)
        try:
            with closing(Look(self.target)) as self.look:
                return self._site()
        except Incomplete as error:
            problem = Problem("error", str(error), Location("notesite"), frame=True)
            return Report((problem,), output=self.shown)

    def _site(self) -> Report:
        """Stage 1; then 2 to 6, or a shorter way. Files that have not changed since the last build
        are not read."""
        seen = self.last.seen(self.root / CACHE)
        scanned = scan(self.root, self.config, self.target, seen, self.sources)
        theme, problems = load_theme(scanned.templates, scanned.static, self.last.read_yaml)
        self.last.remember_read(seen)
        theme = self.last.dressed(theme, self.config, problems)
        self.made_from = self._made_from(scanned, theme, problems)
        report = None if self.options.check else self._from_last(scanned, theme)
        return report or self._made(scanned, theme, problems)

    def _from_last(self, scanned: Scanned, theme: Theme) -> Report | None:
        """The site as the last build left it, if there is nothing to do; or with a few notes
        exchanged, if they stand as they did."""
        last = self.last.report(self.made_from)
        if last is None or (last.edited and scanned.extension):
            return None
        if not last.edited:
            return last.report if self.look.is_left(last.stamp) else None
        with suppress(LookupError):  # something that is not known any more
            return self._exchanged(last, scanned, theme)
        return None

    def _exchanged(self, last: Last, scanned: Scanned, theme: Theme) -> Report | None:
        """None if more has changed than what is shown of notes."""
        from notesite.extension import NOTHING
        from notesite.lastplan import LastPlan, slight
        from notesite.planning import located

        edited = replace(scanned, notes=tuple(scanned.notes[place] for place, _ in last.edited))
        notes = self._notes(edited, NOTHING, lambda: None)
        before = notes.before([was for _, was in last.edited])
        edits = list(zip(before, notes.entries, strict=True))
        said = slight(edits, last.report.problems)
        if not self.is_final or said is None:
            return None
        plan, beside = LastPlan(self.memo), self.look.left(last.stamp)
        outputs = plan.exchanged(edits, self.config, beside) if beside else {}
        if not outputs:
            return None
        said = in_order(located(said, edited))
        report = replace(last.report, problems=tuple(said), published=False)
        wrote = self.writer.write(report, outputs, theme, NOTHING, notes, beside)
        if not wrote.report.published:
            return None  # in a template, what the memo has lost of another note looks like a fault
        if wrote.stamp:
            plan.remember_edits(edits, outputs, wrote.keys, wrote.stamp)
            self.last.remember_report(self.made_from, wrote.report, wrote.stamp)
        return wrote.report

    def _made(self, scanned: Scanned, theme: Theme, problems: Sequence[Problem]) -> Report:
        """Stages 2 to 6."""
        from notesite.extension import NOTHING, ExtensionFailed

        extension = NOTHING
        if scanned.extension:
            from notesite.planning import extended

            try:
                extension = extended(scanned.extension, self.config)
            except ExtensionFailed as failed:
                said = in_order([*problems, *scanned.problems, failed.problem])
                return Report(tuple(said), output=self.shown)
        notes = self._notes(scanned, extension, partial(self._ahead, theme, extension))
        from notesite.planning import indexed, planned, problems_of

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
        report = self._planned(made)
        if self.options.external:
            from notesite.outside import asked

            found = asked(scanned, notes, self.config.links.unasked, self.progress)
            report = saying(report, found)
        notes.planned()
        if not broken(report.problems):
            report = self._written(report, made, theme, extension, notes)
        return report

    def _written(
        self, report: Report, plan: Plan, theme: Theme, extension: Extension, notes: Notes
    ) -> Report:
        """Stages 5 and 6, and what the next build is to know of them."""
        from notesite.lastplan import LastPlan

        wrote = self.writer.write(report, plan.outputs, theme, extension, notes)
        if wrote.stamp and self.is_final:
            self.memo.known = TABLES
            LastPlan(self.memo).remember(
                plan.outputs, wrote.keys, wrote.stamp, plan.library, self.config
            )
            self.last.remember_report(self.made_from, wrote.report, wrote.stamp)
        return wrote.report

    def _planned(self, plan: Plan) -> Report:
        """What there is to say before anything is written."""
        return Report(
            problems=tuple(in_order(plan.problems)),
            notes=plan.library.notes,
            pages=sum(isinstance(output.recipe, Template) for output in plan.outputs.values()),
            held_back=plan.library.held_back,
            output=self.shown,
        )

    def _resize(self, plan: Plan) -> dict[bytes, str]:
        """Make the smaller images that the plan asks for; those that cannot be made, and why."""
        if self.options.check or broken(plan.problems) or not self.config.images.resize:
            return {}
        recipes = [recipe for _, recipe in plan.library.images]
        told = partial(self.progress, "making images")
        return resizing.resize(recipes, self.root, self.jobs, told)

    def _made_from(self, scanned: Scanned, theme: Theme, problems: Sequence[Problem]) -> Inputs:
        asked = (self.options.drafts, self.options.future, self.today, str(self.target))
        return inputs(
            scanned, theme, (self.memo.program, self.encoder, self.config, asked, list(problems))
        )

    def _ahead(self, theme: Theme, extension: Extension) -> None:
        """What the later stages import and compile, while other processes parse."""
        render = import_module("notesite.render")
        for later in ("planning", "making", "lastplan"):
            import_module(f"notesite.{later}")
        jinja = render.environment(theme, self.config, lambda stored: (), extension)
        self.last.closures(theme, self.config, jinja, extension)

    def _notes(self, scanned: Scanned, extension: Extension, ahead: Callable[[], None]) -> Notes:
        """Stage 2: parse."""
        from notesite.loading import Notes
        from notesite.markdown.options import Task

        task = Task.of(self.config, extension)
        notes = Notes(scanned.notes, task, self.memo, self.jobs, self.progress, meanwhile=ahead)
        self.is_final = notes.is_final
        return notes
