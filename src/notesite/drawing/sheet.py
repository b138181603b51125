"""The map of a site -> sheets of several widths: a label for each node and a line for each edge.

Labels stand in rows, as near as they can to where the graph wants them, the most linked first; so
none overlaps another, and all can be read.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count
from math import ceil, sqrt

from msgspec import Struct

from notesite.drawing.labels import EM, cut, measure
from notesite.drawing.stress import Point, spread
from notesite.model import Node, SiteMap

FONTS = 12.0, 13.5, 16.0, 19.0  # by the size of a node
ROW = 26
LONGEST = 15 * EM
GAP = 8  # from the middle of a dot to its label
APART = 16  # a label from the next dot
FILLED = 0.45  # of a sheet, by labels
FEW = 16  # rows of a small map, that it be no line
EVEN = 0.85  # how much places are evened out: 0 as the graph has them, 1 the same number everywhere

Taken = defaultdict[int, list[tuple[int, int]]]  # row -> from where to where labels stand in it


class Mark(Struct, frozen=True):
    """A dot and its label; `title` is what the label is cut from."""

    x: int
    y: int
    font: float
    title: str
    label: str
    url: str
    written: bool


class Sheet(Struct, frozen=True):
    """A drawing. `marks` stand in the order of the map's nodes; `lines` is path data."""

    width: int
    height: int
    gap: int
    marks: tuple[Mark, ...]
    lines: str


def sheets(site: SiteMap, *widths: int) -> tuple[Sheet, ...]:
    """The same map for screens of these widths, in pixels."""
    places = _evened(spread(len(site.nodes), site.edges))
    return tuple(_sheet(site, places, width) for width in widths)


def _sheet(site: SiteMap, places: Sequence[Point], width: int) -> Sheet:
    labels = [_label(node, width) for node in site.nodes]
    covered = sum(wide + APART for _, wide in labels) / width
    rows = max(round(covered / FILLED), min(len(labels), FEW))
    taken: Taken = defaultdict(list)
    marks = []
    for node, (label, wide), (x, y) in zip(site.nodes, labels, places, strict=True):
        left, row = _free(taken, x * (width - wide), y * (rows - 1), wide, width)
        insort(taken[row], (left, left + wide + APART))
        at = left + GAP, row * ROW + ROW // 2
        marks.append(Mark(*at, FONTS[node.size], node.title, label, node.url, node.written))
    lines = (
        f"M{one.x} {one.y}L{other.x} {other.y}"
        for one, other in ((marks[a], marks[b]) for a, b in site.edges)
    )
    height = ROW * (1 + max(taken, default=0))
    return Sheet(width, height, GAP, tuple(marks), "".join(lines))


def _label(node: Node, most: int) -> tuple[str, int]:
    """The label of a node, and how wide it is with its dot."""
    font = FONTS[node.size]
    label = cut(node.title, min(LONGEST, int((most - 2 * GAP) * EM / font)))
    return label, 2 * GAP + ceil(measure(label) * font / EM)


def _evened(places: Sequence[Point]) -> list[Point]:
    """From 0 to 1 on both axes, with crowds drawn apart."""
    return list(zip(*(_axis(values) for values in zip(*places, strict=True)), strict=True))


def _axis(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda number: (values[number], number))
    least, span = values[order[0]], values[order[-1]] - values[order[0]]
    found = [0.0] * len(values)
    for rank, number in enumerate(order):
        share = (values[number] - least) / (span or 1)
        found[number] = share + EVEN * (rank / max(len(values) - 1, 1) - share)
    return found


def _free(taken: Taken, x: float, y: float, wide: int, width: int) -> tuple[int, int]:
    """Where the nearest free place of this width begins, and its row."""
    best, found = float("inf"), (0, 0)
    for row in _rows(y):
        down = (row - y) * ROW
        if abs(down) >= best:
            return found
        for first, last in _gaps(taken[row], width):
            if last - wide >= first:
                left = min(max(round(x), first), last - wide)
                off = sqrt((left - x) * (left - x) + down * down)
                if off < best:
                    best, found = off, (left, row)
    raise AssertionError("rows have no end")


def _rows(y: float) -> Iterator[int]:
    """All rows, the nearest first; upward there is an end."""
    nearest = round(y)
    yield nearest
    for off in count(1):
        if off <= nearest:
            yield nearest - off
        yield nearest + off


def _gaps(row: Sequence[tuple[int, int]], width: int) -> Iterator[tuple[int, int]]:
    """From where to where a label can stand between those of a row."""
    start = 0
    for left, right in row:
        yield start, left - APART
        start = right
    yield start, width
