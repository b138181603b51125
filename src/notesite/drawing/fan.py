"""What a note links to and what links to it -> a fan: the note, and its neighbours on a bow.

Each place is a formula of the row that a label stands in, so no two labels overlap. Chords between
neighbours show which of them are linked to each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import sqrt

from msgspec import Struct

from notesite.drawing.labels import EM, cut
from notesite.model import Backlink, Hop, Link

MOST = 12  # neighbours, shared out among their groups; of the others there is the number
WIDTH = 360  # of a phone, so that letters are not scaled down
FONT = 12.5
ROW = 23
CENTRE = 8  # where the note itself stands
BOW = 40, 76  # where the bow begins, and how far it reaches at most
GAP = 11  # from the middle of a dot to its label

Linking = Mapping[str, frozenset[str]]  # URL of a word -> those of notes that link to it


class Dot(Struct, frozen=True):
    """A neighbour. `r` grows with how many notes link to it."""

    x: int
    y: int
    r: float
    title: str
    label: str  # the title, cut
    url: str


class Group(Struct, frozen=True):
    """Neighbours that link here (`from`), that this note links to (`to`), or `both`, below a
    heading at `x` and `y`. `more` are left out; this is said at `end`."""

    kind: str
    x: int
    y: int
    dots: tuple[Dot, ...]
    spokes: str  # path data of the lines to the note
    more: int
    end: tuple[int, int]


class Fan(Struct, frozen=True):
    """The drawing. The note stands at `x` and `y`."""

    width: int
    height: int
    font: float
    gap: int
    x: int
    y: int
    groups: tuple[Group, ...]
    chords: str


def fan(links: Sequence[Link], backlinks: Sequence[Link | Backlink], twohop: Sequence[Hop]) -> Fan:
    """The neighbours of a note; without any there is nothing to draw."""
    here, there = {link.url for link in links}, {link.url for link in backlinks}
    kinds = {
        "from": [Link(link.title, link.url) for link in backlinks if link.url not in here],
        "both": [link for link in links if link.url in there],
        "to": [link for link in links if link.url not in there],
    }
    kinds = {kind: group for kind, group in kinds.items() if group}
    most = MOST // max(len(kinds), 1)
    linking = {hop.url: frozenset(link.url for link in hop.links) for hop in twohop if hop.url}
    bow = _Bow(sum(_rows(group, most) for group in kinds.values()) - 1)
    groups, row = [], 0
    for kind, group in kinds.items():
        groups.append(_group(kind, group, most, row, bow, linking))
        row += _rows(group, most)
    chords = _chords([dot for group in groups for dot in group.dots], linking)
    return Fan(WIDTH, bow.height, FONT, GAP, CENTRE, bow.middle, tuple(groups), chords)


def _rows(group: Sequence[Link], most: int) -> int:
    """Of a heading, the labels, the number of those left out, and an empty one."""
    return 2 + min(len(group), most) + (len(group) > most)


class _Bow:
    """Half an ellipse on which the neighbours stand."""

    def __init__(self, rows: int) -> None:
        self.height = rows * ROW
        self.middle = self.height // 2
        self._depth = min(BOW[1], self.height * 2 // 5)

    def place(self, row: int) -> tuple[int, int]:
        y = row * ROW + ROW // 2
        off = 2 * y / self.height - 1
        return BOW[0] + round(self._depth * sqrt(1 - off * off)), y


def _group(
    kind: str, links: Sequence[Link], most: int, row: int, bow: _Bow, linking: Linking
) -> Group:
    dots, spokes = [], []
    for number, link in enumerate(links[:most], row + 1):
        x, y = bow.place(number)
        label = cut(link.title, int((WIDTH - x - GAP) * EM / FONT))
        r = round(2.8 + 0.6 * sqrt(len(linking.get(link.url, ()))), 1)
        dots.append(Dot(x, y, r, link.title, label, link.url))
        half = (CENTRE + x) // 2
        spokes.append(f"M{CENTRE} {bow.middle}C{half} {bow.middle} {half} {y} {x} {y}")
    more = len(links) - len(dots)
    end = bow.place(row + 1 + len(dots)) if more else (0, 0)
    return Group(kind, *bow.place(row), tuple(dots), "".join(spokes), more, end)


def _chords(dots: Iterable[Dot], linking: Linking) -> str:
    """A curve for each two of which one links to the other."""
    curves = []
    for one, other in combinations(dots, 2):
        if one.url in linking.get(other.url, ()) or other.url in linking.get(one.url, ()):
            x = max(min(one.x, other.x) - abs(one.y - other.y) // 3, CENTRE)
            y = (one.y + other.y) // 2
            curves.append(f"M{one.x} {one.y}Q{x} {y} {other.x} {other.y}")
    return "".join(curves)
