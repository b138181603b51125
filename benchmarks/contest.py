"""Programs and notes -> figures: each program builds its site of the same notes, in turn."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from benchmarks import compare, edits
from benchmarks.measure import Failed, Figure, measure
from benchmarks.program import CACHES, Program


class Site(NamedTuple):
    """A program and the folder of its site."""

    program: Program
    folder: Path

    def build(self, limit: float = float("inf")) -> Figure:
        command = [part.replace("{site}", str(self.folder)) for part in self.program.command]
        own = {"XDG_CACHE_HOME": str(self.folder / CACHES)}
        return measure(command, self.folder, {**self.program.env, **own}, limit)

    def forget(self) -> None:
        """Put away what it built, and the caches that it does not keep. Nothing is removed: ext4
        passes over inodes that were freed in the last minute one by one, at each new file, and
        then 3,000 files took 3.0 s instead of 0.3."""
        away = Path(mkdtemp(prefix="away-", dir=self.folder.parent))
        for name in self.program.built:
            with suppress(FileNotFoundError):
                (self.folder / name).rename(away / name)


class Contest:
    """A site of each program. Whoever fails is out, with the reason in `left_out`."""

    def __init__(
        self, folder: Path, programs: Iterable[Program], notes: Mapping[str, str], pause: float
    ) -> None:
        self.notes = notes
        self.pause = pause  # seconds between a change and the next build
        self.sites = [_written(folder, program, notes) for program in programs]
        self.figures: dict[str, dict[str, list[Figure]]] = {s.program.name: {} for s in self.sites}
        self.left_out: dict[str, str] = {}  # by label

    def compare(self, limit: float) -> None:
        """Build once, not timed, which also brings each program into the page cache. Who needs more
        than `limit` seconds or makes another site than the notes ask for is out."""
        time.sleep(self.pause)
        for site in list(self.sites):
            if self._built(site, limit=limit) and (
                why := "; ".join(compare.faults(site.program, site.folder, self.notes))
            ):
                self._leave_out(site, why)

    def settle(self) -> None:
        """Two builds of what has not changed for a while. A file that is younger than a file
        system's clock can tell is read again by the next build: notesite trusts none that changed
        less than two seconds before."""
        time.sleep(self.pause)
        for _ in range(2):
            for site in self._in("noop"):
                self._built(site)

    def measure(self, scenario: str, runs: int) -> None:
        """Edit all sites, wait, build them in turn; so many times."""
        for number in range(1, runs + 1):
            made = edits.edit(scenario, number, self.notes)
            if made:
                for site in self._in(scenario):
                    edits.apply(made, site.program, site.folder)
                time.sleep(self.pause)
            for site in self._in(scenario):
                if scenario == "cold":
                    site.forget()
                if figure := self._built(site, made):
                    print(f"{scenario:9} {site.program.name:16} {figure.wall:8.3f} s", flush=True)
                    self.figures[site.program.name].setdefault(scenario, []).append(figure)

    def _in(self, scenario: str) -> list[Site]:
        """Those that take part in it."""
        return [site for site in self.sites if scenario in site.program.scenarios]

    def _built(
        self, site: Site, made: edits.Edit | None = None, limit: float = float("inf")
    ) -> Figure | None:
        """None if it fails, or does not show what was edited: then it is out."""
        try:
            figure = site.build(limit)
        except Failed as error:
            self._leave_out(site, str(error))
            return None
        if made and not edits.is_shown(made, site.program, site.folder):
            self._leave_out(site, f"its site does not show an edit ({made.mark})")
            return None
        return figure

    def _leave_out(self, site: Site, why: str) -> None:
        print(f"left out: {site.program.label}: {why}", flush=True)
        self.left_out[site.program.label] = why.splitlines()[0]
        self.sites.remove(site)
        del self.figures[site.program.name]


def _written(folder: Path, program: Program, notes: Mapping[str, str]) -> Site:
    site = Site(program, folder / program.name)
    program.write(site.folder)
    texts = site.folder / program.notes
    texts.mkdir(parents=True, exist_ok=True)
    for name, text in notes.items():
        (texts / name).write_text(program.adapt(text), "utf-8")
    return site
