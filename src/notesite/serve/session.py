"""A site and what changed in it -> the next Snapshot: the stages of build.py, their results kept.

What is broken stays as it last was: a note, the templates, the settings. Belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from notesite.alike import is_alike, retold, stands_alike
from notesite.config import FILE_NAME, Config
from notesite.exchange import Shown, exchanged, shown_on
from notesite.extension import Extension, ExtensionFailed
from notesite.lastbuild import LastBuild
from notesite.loading import Progress
from notesite.markdown.options import Task
from notesite.model import Entry, Library, Problem, Source, Template, Theme
from notesite.names import DOT_FOLDER
from notesite.planning import extended, indexed, located, planned
from notesite.problems import broken, in_order
from notesite.program import program_digest
from notesite.render import environment
from notesite.report import Options
from notesite.resizing import encoder, missing
from notesite.scan import Scanned, protected
from notesite.serve.bodies import Bodies
from notesite.serve.memory import Memory
from notesite.serve.reading import Reading
from notesite.serve.snapshot import Looks, Snapshot
from notesite.serve.sources import Known, Sources
from notesite.settings import load_config
from notesite.theming import load_theme
from notesite.ties import Ties, ties


class Frame(Struct, frozen=True):
    """What the last plan was made from besides the notes."""

    config: Config
    known: Known
    extension: Extension
    looks: Looks


class Session:
    """The site at `root` in memory. `today` is asked at each change: days go by while one
    writes. `bodies` is for the thread that renders."""

    def __init__(
        self,
        root: Path,
        config_file: Path | None,
        options: Options,
        today: Callable[[Config], date],
        progress: Progress,
    ) -> None:
        self.root, self._config_file, self._options, self._today = (
            root, config_file, options, today,
        )  # fmt: skip
        self._memory = Memory(root / DOT_FOLDER / "cache.sqlite", program_digest())
        self._last = LastBuild(self._memory)
        self._reading = Reading(self._memory, options.jobs, progress)
        self._sources = Sources(root, self._last.seen(root / DOT_FOLDER))
        self.bodies = Bodies(self._memory, self._reading.again)
        self.config, _ = load_config(root, config_file)
        self.snapshot = Snapshot(self.config, {}, None, ())
        self.library: Library | None = None
        self._frame: Frame | None = None
        self._said: list[Problem] = []  # of settings and theme
        self._looks: tuple[object, Looks | None, list[Problem]] = ((), None, [])
        self._entries: list[Entry] = []
        self._shown_on: dict[str, Shown] = {}  # by how problems name a note
        self._ties = Ties()
        self._of_plan: tuple[Problem, ...] = ()  # all problems but those of notes themselves
        self._day: date | None = None
        self._whole = True  # whether everything has to be looked at, whatever is said to change

    def rebuild(self, changed: frozenset[Path] | None = None) -> Snapshot:
        """The site after these paths have changed; None: after anything may have."""
        some = self._some(changed)
        self._whole = True  # until it is done: what is left half done is done anew
        if some is None:
            self._look_at_all()
            self._plan()
        else:
            alike = [self._read_again(place, note) for place, note in some.items()]
            if self.is_over() or not all(alike):
                self._plan()
        self._whole = False
        return self.snapshot

    def is_over(self) -> bool:
        """Whether the day has ended for which the site was made."""
        return self._day not in (None, self._today(self.config))

    def warm(self) -> None:
        """Be ready for the first edit."""
        self._reading.warm()

    def save(self) -> None:
        """Have what was read in the memo's file, for the next build or server."""
        self._reading.save()

    def close(self) -> None:
        self._reading.close()
        self._memory.close()

    # --- 1 sources, 2 entries ---------------------------------------------------------------------

    def _some(self, changed: frozenset[Path] | None) -> dict[int, Source] | None:
        """The notes that are all that changed, by their place; None if that is not so."""
        if changed is None or self._whole or self._frame is None:
            return None
        config = self._frame.config
        frame = {self.root / (self._config_file or FILE_NAME), self.root / config.extension}
        if changed & frame:
            return None
        return self._sources.some(self._frame.known, changed, config)

    def _read_again(self, place: int, note: Source) -> bool:
        """Read one note; whether the snapshot shows it by now, because nothing else has to be
        planned anew."""
        assert self._frame is not None
        frame, old = self._frame, self._entries[place]
        new = self._entries[place] = self._reading.one(note)
        known = frame.known.with_note(place, note)
        self._frame = replace(frame, known=known)
        shown = self._shown(old, new)
        of_plan = retold(self._of_plan, old, new) if shown else None
        if shown is None or of_plan is None:
            return False
        self._of_plan = located(of_plan, known.scanned)
        if new is not old:
            speed = frame.config.reading_speed
            changed = exchanged(self.snapshot.outputs, shown, old, new, speed)
            self.snapshot = self.snapshot.with_outputs(changed)
        self.snapshot = self.snapshot.saying(self._problems())
        return True

    def _shown(self, old: Entry, new: Entry) -> Shown | None:
        """The outputs that can show this edit; None if it changes what is planned."""
        shown = self._shown_on.get(new.shown)
        if shown is None or not stands_alike(old, new):
            return None
        if is_alike(old, new, self.config.reading_speed):
            return shown
        after = self._ties.after(old, new, shown.url)
        if after is None:
            return None
        self._ties = after
        outputs = self.snapshot.outputs.items()
        return shown._replace(paths=tuple(p for p, o in outputs if isinstance(o.recipe, Template)))

    def _look_at_all(self) -> None:
        config, said = load_config(self.root, self._config_file)
        self._said = [*said, *missing(config)]
        if broken(said):
            if self._frame is None:
                return
            config = self._frame.config
        target = self.root / config.output
        sources = protected(self.root, config, self._config_file)
        scanned = self._sources.all(config, target, sources)
        extension = self._extended(scanned, config)
        if extension is None:
            return
        looks, of_theme = self._looked(scanned, config, extension)
        self._said += of_theme
        if broken(scanned.problems):
            self._said += scanned.problems
            return
        if looks is None:
            return
        if broken(of_theme) and self._frame is not None:
            config = self._frame.config  # that the looks are made for
        self._entries = self._reading.all(scanned.notes, Task.of(config, extension))
        self._frame = Frame(config, Known(scanned), extension, looks)

    def _extended(self, scanned: Scanned, config: Config) -> Extension | None:
        """The site's extension, as it last was without a fault."""
        try:
            return extended(scanned.extension, config)
        except ExtensionFailed as failed:
            self._said.append(failed.problem)
            return self._frame.extension if self._frame else None

    def _looked(
        self, scanned: Scanned, config: Config, extension: Extension
    ) -> tuple[Looks | None, list[Problem]]:
        """What pages are rendered by, as it last was without a fault, and what is wrong with it
        now."""
        made_of = (scanned.templates, scanned.static, config, extension.digest)
        if made_of != self._looks[0]:
            theme, problems = load_theme(scanned.templates, scanned.static)
            theme = self._last.dressed(theme, config, problems)
            looks = None if broken(problems) else self._compiled(theme, config, extension, problems)
            self._looks = made_of, looks or _with_static(self._looks[1], scanned), problems
        return self._looks[1], self._looks[2]

    def _compiled(
        self, theme: Theme, config: Config, extension: Extension, problems: list[Problem]
    ) -> Looks | None:
        jinja = environment(theme, config, self.bodies.html, extension)
        closures, failures = self._last.closures(theme, config, jinja, extension)
        problems += failures
        return None if failures else Looks(theme, jinja, closures)

    # --- 3 library, 4 plan ------------------------------------------------------------------------

    def _plan(self) -> None:
        frame = self._frame
        if frame is None:
            self.snapshot = self.snapshot.saying(tuple(in_order(self._said)))
            return
        self.config = frame.config
        self._day = self._today(frame.config)
        scanned, theme = frame.known.scanned, frame.looks.theme
        pictures = self._last.pictures(scanned, encoder(frame.config))
        library = indexed(
            scanned, self._entries, frame.config, theme, frame.extension, pictures, self._day,
            self._options,
        )  # fmt: skip
        plan = planned(
            self.root, frame.config, scanned, theme, frame.extension, library, self._said
        )
        self._of_plan = plan.problems
        self._shown_on = {}
        if self.snapshot.ready and not plan.whole:
            self.snapshot = self.snapshot.saying(self._problems())
            return
        self.library = library
        # what an extension makes of a page, nobody knows
        self._shown_on = {} if frame.extension.outputs else shown_on(plan.outputs)
        self._ties = ties(library, frame.config)
        self.snapshot = Snapshot(frame.config, plan.outputs, frame.looks, self._problems())

    def _problems(self) -> tuple[Problem, ...]:
        return tuple(in_order([*self._of_plan, *self._reading.problems]))


def _with_static(looks: Looks | None, scanned: Scanned) -> Looks | None:
    """The looks that were, with the static files that are."""
    return looks and replace(looks, theme=replace(looks.theme, static=scanned.static))
