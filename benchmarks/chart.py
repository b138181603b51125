"""Figures of one corpus at one size -> a bar chart of seconds, as SVG that reads in light and dark.

It brings its own ground, so that it suits a page whose colours a reader has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from statistics import median

from benchmarks.program import SCENARIOS
from benchmarks.results import Measured

SHOWN = ("cold", "body", "new")  # a panel each, with a scale of its own
WIDTH, LABEL, VALUE, ROW, HEAD, GAP = 720, 248, 72, 26, 34, 14

STYLE = """
.ground { fill: #fff } .bar { fill: #8a93a3 } .own { fill: #7a3b69 }
text { fill: #1f2328; font: 14px system-ui, sans-serif } .head { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  .ground { fill: #16181c } .bar { fill: #6d7686 } .own { fill: #d8a3c8 } text { fill: #e6e8eb }
}
"""


def chart(measured: Measured, title: str) -> str:
    """Panels of bars, one bar a program. The description says all values in words."""
    panels = [(name, bars) for name in SHOWN if (bars := _bars(measured, name))]
    described = ". ".join(
        f"{SCENARIOS[name]}: " + ", ".join(f"{label} {seconds:.2f} s" for label, seconds, _ in bars)
        for name, bars in panels
    )
    body: list[str] = []
    y = 0
    for name, bars in panels:
        body += _panel(SCENARIOS[name], bars, y)
        y += HEAD + ROW * len(bars) + GAP
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" '
            f'width="{WIDTH}" height="{y}" role="img" aria-labelledby="title desc">',
            f'<title id="title">{escape(title)}: seconds of each generator</title>',
            f'<desc id="desc">{escape(described)}.</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="ground" width="{WIDTH}" height="{y}" rx="8"/>',
            *body,
            "</svg>\n",
        ]
    )


def _bars(measured: Measured, scenario: str) -> list[tuple[str, float, str]]:
    """(label, seconds, class) of each program that was measured."""
    return [
        (measured.labels[name], median(run.wall for run in of[scenario]), _class(name))
        for name, of in measured.figures.items()
        if scenario in of
    ]


def _class(name: str) -> str:
    return "own" if name.startswith("notesite") else "bar"


def _panel(head: str, bars: list[tuple[str, float, str]], y: int) -> Iterator[str]:
    longest = max(seconds for _, seconds, _ in bars)
    yield f'<text class="head" x="16" y="{y + 24}">{head}, seconds</text>'
    for number, (label, seconds, kind) in enumerate(bars):
        top = y + HEAD + ROW * number
        length = max(1.0, (WIDTH - LABEL - VALUE) * seconds / longest)
        yield f'<text x="16" y="{top + 17}">{escape(label)}</text>'
        yield (
            f'<rect class="{kind}" x="{LABEL}" y="{top + 3}" width="{length:.1f}" height="18" '
            'rx="3"/>'
        )
        yield f'<text x="{LABEL + length + 8:.1f}" y="{top + 17}">{seconds:.2f}</text>'
