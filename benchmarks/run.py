"""Corpora, sizes, programs, scenarios -> figures: what builds cost, beside those of others.

    python -m benchmarks.run --corpus math --notes 300,2000 --programs notesite,hugo --write

The programs build in turn (A B C A B C), so that a machine whose speed drifts is fair to all. What
they make is checked to be comparable. Results are kept as JSON; `--write` makes the manual's page
of them.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks import (
    corpus,
    eleventy_site,
    hugo_site,
    mkdocs_site,
    notesite_site,
    pelican_site,
    report,
)
from benchmarks.contest import Contest
from benchmarks.program import SCENARIOS, Program, printed_version
from benchmarks.results import LATEST, Measured, keep, load, machine

PROGRAMS: tuple[Program, ...] = (
    *notesite_site.PROGRAMS,
    *hugo_site.PROGRAMS,
    *eleventy_site.PROGRAMS,
    *pelican_site.PROGRAMS,
    *mkdocs_site.PROGRAMS,
)


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # and end the build
    measured = []
    for name in options.corpus:
        for count in options.notes:
            print(f"# {name}, {count} notes", flush=True)
            measured.append(_measured(name, count, options))
            keep(options.results, measured[-1])
            if options.write:
                report.write(load(options.results))
    print(report.markdown(measured))


def _measured(name: str, count: int, options: argparse.Namespace) -> Measured:
    notes = dict(corpus.notes(count, corpus=name))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        contest = Contest(Path(folder), options.programs, notes, options.pause)
        contest.compare(options.limit)
        for previous, scenario in pairwise(["cold", *options.scenarios]):
            if previous == "cold" != scenario:
                contest.settle()
            contest.measure(scenario, options.runs)
    programs = [site.program for site in contest.sites]
    return Measured(
        corpus=name,
        notes=count,
        date=time.strftime("%Y-%m-%d"),
        machine=machine(),
        labels={program.name: program.label for program in programs},
        versions={program.name: printed_version(program) for program in programs},
        figures=contest.figures,
        left_out=contest.left_out,
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.run",
        description="Measure builds of notesite beside those of other generators.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--corpus", type=_one_of(corpus.CORPORA), default="math", help="kinds of notes")
    add("--notes", type=_numbers, default="2000", help="numbers of notes")
    add("--runs", type=int, default=3, help="how often each build is measured")
    add("--programs", type=_programs, default=_names(), help="a name stands for its variants too")
    add("--scenarios", type=_one_of(SCENARIOS), default=",".join(SCENARIOS), help="what changes")
    add("--limit", type=float, default=600, help="leave out whose first build takes more seconds")
    add("--pause", type=float, default=2.2, help="seconds between a change and the next build")
    add("--results", type=Path, default=LATEST, help="the JSON file that figures are kept in")
    add("--write", action="store_true", help="write the table and the chart of the manual")
    return parser.parse_args(arguments)


def _names() -> str:
    return ",".join(program.name for program in PROGRAMS if "-" not in program.name)


def _programs(value: str) -> list[Program]:
    names = value.split(",")
    known = {program.name.partition("-")[0] for program in PROGRAMS}
    if unknown := [name for name in names if name.partition("-")[0] not in known]:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; known: {_names()}")
    found = [p for p in PROGRAMS if any(f"{p.name}-".startswith(f"{name}-") for name in names)]
    for program in found:
        if not program.installed:
            print(f"{program.label} is not installed: make bench-tools")
    return [program for program in found if program.installed]


def _numbers(value: str) -> list[int]:
    return [int(number) for number in value.split(",")]


def _one_of(known: Mapping[str, object]) -> Callable[[str], list[str]]:
    def chosen(value: str) -> list[str]:
        names = value.split(",")
        if unknown := [name for name in names if name not in known]:
            raise argparse.ArgumentTypeError(
                f"unknown: {', '.join(unknown)}; known: {', '.join(known)}"
            )
        return names

    return chosen


if __name__ == "__main__":
    main()
