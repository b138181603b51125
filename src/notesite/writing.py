"""Outputs -> the files of the output folder: stages 5 and 6, with the memo plugged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import msgpack
from msgspec.structs import replace

from notesite.config import Config
from notesite.lastbuild import LastBuild
from notesite.memo import Memo
from notesite.model import Output, Theme
from notesite.publish import Left, Made, Stamp, publish
from notesite.report import Options, Report, saying

if TYPE_CHECKING:
    from notesite.extension import Extension
    from notesite.loading import Notes, Progress

_made = msgpack.Decoder(list[Made | None])


class Wrote(NamedTuple):
    """What came of it; the keys of the outputs, and the stamp that the folder is left with, if
    that can be relied on."""

    report: Report
    keys: Mapping[str, str] = {}
    stamp: Stamp | None = None


class Writer(NamedTuple):
    """Writes the outputs of one build."""

    root: Path
    config: Config
    target: Path
    sources: Sequence[Path]
    options: Options
    memo: Memo
    last: LastBuild
    jobs: int
    progress: Progress

    def write(
        self, report: Report, outputs: Mapping[str, Output], theme: Theme, extension: Extension,
        notes: Notes, beside: Left | None = None,
    ) -> Wrote:  # fmt: skip
        """Stages 5 and 6. An output is rendered if its key differs from the one it was written
        under, and all of them before one is published: a template that fails stops it all.
        `beside`: as in `publish`."""
        from notesite import making, render
        from notesite.compiled import compiled
        from notesite.finding import Finding

        finding = Finding(notes.rows, self.memo)
        jinja = render.environment(theme, self.config, notes.html, extension)
        known, failures = self.last.closures(theme, self.config, jinja, extension)
        if failures:
            return Wrote(saying(report, failures))
        if not extension.filters:  # which are asked for while a template is compiled
            jinja.bytecode_cache = compiled(known)
        if self.options.check:
            return Wrote(report)
        keys = making.keys(outputs, known, finding)
        files = making.files(outputs, theme, jinja, self.root, finding)
        self.memo.commit()  # the processes that render read it
        try:
            done = publish(
                files, self.target, sources=self.sources, keys=keys, anew=self.options.force,
                beside=beside, shown=report.output, spread=self._spread,
            )  # fmt: skip
        except making.TemplateFailed as failed:
            return Wrote(saying(report, [failed.problem]))
        published = replace(
            saying(report, done.problems),
            written=done.written,
            unchanged=done.unchanged,
            removed=done.removed,
            published=not done.problems,
            refused=done.refused,
            made=making.explained(done.made, keys) if self.options.explain else (),
        )
        return Wrote(published, keys, done.stamp)

    def _spread(self, make: Callable[[int], Made], count: int) -> Iterator[Made]:
        """Files, made in many processes."""
        from notesite.processes import spread

        for done, made in enumerate(spread(make, count, self.jobs, _made), 1):
            yield made
            self.progress("writing pages", done, count)
