"""Kept figures -> Markdown tables; with the chart, they go into the manual's page.

python -m benchmarks.report        writes the page again from benchmarks/results.json
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.chart import chart
from benchmarks.measure import Figure
from benchmarks.program import SCENARIOS
from benchmarks.results import RESULTS, Measured, load

PAGE = Path(__file__).parent.parent / "notes" / "manual" / "benchmarks.md"
BEGIN, END = "<!-- figures: written by benchmarks/report.py -->\n", "<!-- end of figures -->\n"
OWN = "notesite"

CORPORA = {
    "math": "Short Japanese notes with math",
    "prose": "English prose",
    "code": "Notes full of code",
}


def markdown(results: Sequence[Measured]) -> str:
    """All tables: what was measured where, each corpus at each size, and how cost grows."""
    growth = (text for corpus in CORPORA for text in _growth(corpus, results))
    return "\n".join([*_sources(results), *growth, *(_section(each) for each in results)])


def write(results: Sequence[Measured], page: Path = PAGE) -> None:
    """Put tables and chart between the marks of the page, and the chart beside it."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    shown = charted(results)
    image = ""
    if shown:
        file = page.with_suffix(".svg")
        file.write_text(chart(shown, title(shown)), "utf-8")
        image = f"![{title(shown)}: seconds of each generator]({file.name})\n\n"
    text = f"{before}{BEGIN}\n{image}{markdown(results)}\n{END}{after}"
    page.write_text(text, "utf-8")


def charted(results: Iterable[Measured]) -> Measured | None:
    """What the chart shows: notes with math, the most programs, then the most notes."""
    candidates = [each for each in results if each.corpus == "math" and len(each.figures) > 1]
    return max(candidates, key=lambda each: (len(each.figures), each.notes), default=None)


def title(measured: Measured) -> str:
    return f"{CORPORA[measured.corpus]}, {measured.notes:,}"


def _sources(results: Sequence[Measured]) -> Iterator[str]:
    """When and where they were measured, and with which versions, a line for each difference."""
    for where in dict.fromkeys((each.date, each.machine) for each in results):
        measured = [each for each in results if (each.date, each.machine) == where]
        programs = {
            each.labels[name].partition(",")[0]: version
            for each in measured
            for name, version in each.versions.items()
        }
        versions = ", ".join(f"{label} {version}" for label, version in programs.items())
        yield f"Measured on {where[0]}: {where[1]}. {versions}.\n"


def _section(measured: Measured) -> str:
    """Two tables of a corpus at a size: time on the clock with ratios; processor and memory."""
    scenarios = [s for s in SCENARIOS if any(s in of for of in measured.figures.values())]
    rows = {name: measured.labels[name] for name in measured.figures}
    runs = max((len(r) for of in measured.figures.values() for r in of.values()), default=0)
    heads = ["", *(SCENARIOS[scenario] for scenario in scenarios)]
    clock = [
        [label, *(_clock(measured, name, scenario) for scenario in scenarios)]
        for name, label in rows.items()
    ]
    cost = [
        [label, *(_cost(measured.figures[name].get(scenario)) for scenario in scenarios)]
        for name, label in rows.items()
    ]
    times = "once" if runs == 1 else f"{runs} times, medians"
    return "\n".join(
        [
            f"### {title(measured)}\n",
            f"Seconds on the clock, and how many times as long as notesite. Measured {times}.\n",
            _table(heads, clock),
            "Seconds of processor, and memory at the peak in MB.\n",
            _table(heads, cost),
            *(f"Left out: {label}. {why}.\n" for label, why in measured.left_out.items()),
        ]
    )


def _clock(measured: Measured, name: str, scenario: str) -> str:
    runs, own = (measured.figures.get(n, {}).get(scenario) for n in (name, OWN))
    if not runs:
        return "–"
    seconds = f"{median(run.wall for run in runs):.2f}"
    if name == OWN or not own:
        return seconds
    return f"{seconds} ({ratio(own, runs):.1f}×)"


def ratio(own: Sequence[Figure], runs: Sequence[Figure]) -> float:
    """How many times as long as notesite: of each run beside the run of its turn, the median."""
    return median(other.wall / mine.wall for mine, other in zip(own, runs, strict=True))


def _cost(runs: Sequence[Figure] | None) -> str:
    if not runs:
        return "–"
    memory = median(run.peak for run in runs) / 1e6
    return f"{median(run.cpu for run in runs):.2f} · {memory:.0f}"


def _growth(corpus: str, results: Iterable[Measured]) -> Iterator[str]:
    """How notesite's cost grows with the site, if it was measured at more than one size."""
    sizes = {
        each.notes: each.figures[OWN]
        for each in results
        if each.corpus == corpus and OWN in each.figures
    }
    if len(sizes) < 2:
        return
    warm = [s for s in SCENARIOS if s != "cold" and any(s in of for of in sizes.values())]
    rows = []
    for count, of in sizes.items():
        cold = [run.cpu * 1000 / count for run in of.get("cold", [])]
        walls = [[run.wall * 1000 for run in of.get(scenario, [])] for scenario in warm]
        rows.append(
            [
                f"{count:,}",
                f"{median(cold):.2f}" if cold else "–",
                *(f"{median(wall):.0f}" if wall else "–" for wall in walls),
            ]
        )
    yield f"### How notesite's cost grows – {CORPORA[corpus]}\n"
    yield (
        "First build: milliseconds of processor a note. The others: milliseconds on the clock for "
        "the whole build.\n"
    )
    yield _table(["Notes", "First build, a note", *(SCENARIOS[s] for s in warm)], rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    write(load(RESULTS))
