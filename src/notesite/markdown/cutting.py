"""The units of a note -> those that an excerpt shows, and whether it leaves out something that one
reads.

A cut falls behind a sentence where one ends late enough, else between words, else between letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from unicodedata import category, east_asian_width

from notesite.markdown.graphemes import is_hangul
from notesite.markdown.units import Unit, run, spelled

LAST_PART = 0.2  # of the width: where a sentence end is worth leaving the rest empty
LEAST_PART = 0.5  # of the width: rather cut a very long word than leave more than this empty
ENDS = "。．！？"
NARROW_ENDS = ".!?"  # only before a space: not in 3.14 or example.com
CLOSERS = "」』）】〉》〕］｝\"'”’)]}"
UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uff61-\uffdc]"
)  # Thai ...; half-width kana


def until_more(units: Iterator[Unit]) -> tuple[list[Unit], bool]:
    """Units before the first marker that has any before it, none without one; whether text is left
    out."""
    shown: list[Unit] = []
    left_out = False
    for unit in units:
        if unit.kind == "more":
            if shown:
                return shown, left_out or any(u.kind != "more" for u in units)
        elif unit.kind == "dropped":
            left_out = True
        else:
            shown.append(unit)
    return [], False


def until_full(units: Iterable[Unit], limit: int) -> tuple[list[Unit], bool]:
    """Units that fit; whether text is left out. Reads on no further than to the first that does
    not fit."""
    shown: list[Unit] = []
    left_out = False
    room, places = limit, 4 * limit  # the latter: text without any width
    for unit in units:
        if unit.kind == "dropped":
            left_out = True
            continue
        if unit.kind == "more":
            continue
        if unit.kind == "run" and (unit.width > room or len(unit.text) > places):
            parts = _until_over(unit, room, places)
        else:
            parts = [unit]
        for part in parts:
            shown.append(part)
            room -= part.width
            places -= len(part.text) if part.kind == "run" else 1
            if room < 0 or places < 0:
                return _cut(shown, limit - room, limit), True
    return shown, left_out


def _until_over(unit: Unit, room: int, places: int) -> list[Unit]:
    """The part of a run that fits, and the first letter that does not."""
    for at, letter in enumerate(unit.text):
        room -= 1 if letter.isascii() else 2
        if room < 0 or at >= places:
            break
    fitting = [run(unit.text[:at], unit.frame)] if at else []
    return fitting + spelled(unit, at, at + 1)


def _cut(units: list[Unit], total: int, limit: int) -> list[Unit]:
    """All but the last unit fit: after the last sentence of the last fifth, else after a word.
    `total` is the width of all."""
    least = (1 - LAST_PART) * limit
    units = _spelled(units, total - least)
    if end := _last(_ends_sentence, units, total - least):
        return units[:end]
    units = [*chain.from_iterable(map(spelled, units))]
    if end := _last(_may_break, units, total - LEAST_PART * limit):
        return units[:end]
    fitting = len(units) - 1
    while fitting and units[fitting].kind == "text" and not units[fitting].width:
        fitting -= 1  # a mark that stands outside of the emphasis that holds its letter
    return units[:fitting]


def _spelled(units: list[Unit], width: float) -> list[Unit]:
    """Without runs in the last units of this width, and in the brackets that go on before them."""
    rest = list(units)
    tail: list[Unit] = []
    while rest and (width >= 0 or (tail and tail[0].text[:1] in CLOSERS)):
        unit = rest.pop()
        start = _start(unit.text, width) if unit.kind == "run" else 0
        if start:
            rest.append(run(unit.text[:start], unit.frame))
        tail[:0] = found = spelled(unit, start)
        width -= sum(letter.width for letter in found)
    return rest + tail


def _start(text: str, width: float) -> int:
    """Where in a run the end begins that is wider than this, and does not begin with a bracket."""
    for at in range(len(text) - 1, 0, -1):
        width -= 1 if text[at].isascii() else 2
        if width < 0 and text[at] not in CLOSERS:
            return at
    return 0


def _last(fits: Callable[[list[Unit], int], bool], units: list[Unit], width: float) -> int:
    """The last place within the last units of this width that `fits`, 0 if none does."""
    for end in range(len(units) - 1, 0, -1):
        width -= units[end].width
        if width < 0:
            break
        if fits(units, end):
            return end
    return 0


def _ends_sentence(units: list[Unit], end: int) -> bool:
    """Whether a sentence ends before `units[end]`: the mark, closing brackets, and what follows is
    neither; or the block ends."""
    last = end - 1
    after = units[end]
    if after.frame.block is not units[last].frame.block:
        return True  # the end of a paragraph or list item, whatever sign it ends with
    while last > 0 and units[last].kind == "text" and units[last].text in CLOSERS:
        last -= 1
    mark = units[last]
    if mark.kind != "text" or mark.frame.block is not after.frame.block:
        return False
    if after.kind in ("space", "break"):
        return mark.text in ENDS + NARROW_ENDS
    if after.kind == "text" and after.text in CLOSERS + ENDS + NARROW_ENDS:
        return False
    return mark.text in ENDS or (mark.text in NARROW_ENDS and not _is_spaced(after))


def _may_break(units: list[Unit], end: int) -> bool:
    """Whether a word ends before `units[end]`. Scripts with spaces break only there, and beside Han
    and kana."""
    before, after = units[end - 1], units[end]
    if before.frame.block is not after.frame.block or after.kind in ("space", "break"):
        return True
    if before.kind in ("space", "break"):
        return False  # the place before it is the better one
    if after.kind == "text" and not after.width:
        return False
    if before.kind == "text" and category(before.text[0]) in ("Ps", "Pi"):
        return False
    return not (_is_spaced(before) and _is_spaced(after))


def _is_spaced(unit: Unit) -> bool:
    if unit.kind == "atom":
        return True
    char = unit.text[0]
    return is_hangul(char) or not (east_asian_width(char) in "WF" or UNSPACED.match(char))
