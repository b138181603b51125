"""HTML of a note -> where its sections and its blocks with an id stand: what an embed can show by
itself.

Each is whole HTML: a section ends with the element that holds its heading.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from html import unescape

from notesite.markdown.bodies import CODE
from notesite.model import Formula, Html, Passage

# elements that can hold a heading or be a block; nothing else decides where one ends
_NAMES = (
    "h[1-6]|p|div|li|ul|ol|dl|dt|dd|blockquote|pre|details|summary|table|thead|tbody|tr|td|th|figure"
    "|section|article|aside|header|footer|main|nav"
)
# A block of one line of text says nothing, and most are such: it is passed over
_TAG = re.compile(
    rf"<(p|li|td)>(?:[^<]|<(?!/?(?:{_NAMES})[\s/>]))*+</\1>"
    rf"|<(/?)({_NAMES})(?=[\s/>])([^<>]*)>",
    re.IGNORECASE,
)
_ID = re.compile(r"""\sid\s*=\s*["']?([^"'\s<>]+)""")
_FOOTNOTES = ' class="footnotes"'

Range = tuple[int, int]


def passages(html: Html) -> tuple[Passage, ...]:
    """The sections and blocks of a note's body, whose formulas and links are still holes."""
    text = ""
    links: list[int] = []
    formulas: list[int] = []
    for piece in html.pieces:
        if isinstance(piece, str):
            text += piece
        else:
            (formulas if isinstance(piece, Formula) else links).append(len(text))
            text += "\0"
    return tuple(
        Passage(
            ident,
            bisect_left(links, start),
            bisect_left(links, end),
            bisect_left(formulas, start) < bisect_left(formulas, end),
            CODE in text[start:end],
        )
        for ident, (start, end) in sorted(ranges(text).items())
    )


def ranges(html: str) -> dict[str, Range]:
    """Id -> where it begins and ends: a heading with all below it, or a block whose id begins with
    `^`, as Obsidian's do."""
    scan = _Scan()
    for tag in _TAG.finditer(html):
        passed, closes, name, rest = tag.groups()
        if passed:
            continue
        if closes:
            scan.close(name.lower(), tag.start(), tag.end())
        else:
            scan.open(name.lower(), rest, tag.start())
    scan.close_all(len(html))
    return scan.found


class _Scan:
    """What is open at a place: elements, and in each of them sections, with the deepest last."""

    def __init__(self) -> None:
        self.found: dict[str, Range] = {}
        self._elements: list[tuple[str, str, int]] = []  # name, id, start
        self._sections: list[list[tuple[int, str, int]]] = [[]]  # of each: rank, id, start
        self._names: Counter[str] = Counter()

    def open(self, name: str, attributes: str, at: int) -> None:
        found = _ID.search(attributes) if attributes else None
        ident = unescape(found[1]) if found else ""
        rank = int(name[1]) if name[0] == "h" and name[1:].isdigit() else 0
        if rank or _FOOTNOTES in attributes:
            self._end_sections(rank, at)
        if rank and ident:
            self._sections[-1].append((rank, ident, at))
        self._elements.append((name, ident, at))
        self._sections.append([])
        self._names[name] += 1

    def close(self, name: str, start: int, end: int) -> None:
        """The innermost element of this name, and those in it that were not closed."""
        while self._names[name]:
            last, ident, begins = self._elements.pop()
            self._names[last] -= 1
            self._end_sections(0, start)
            self._sections.pop()
            if ident.startswith("^"):
                self.found.setdefault(ident, (begins, end if last == name else start))
            if last == name:
                return

    def close_all(self, end: int) -> None:
        while self._elements:
            self.close(self._elements[-1][0], end, end)
        self._end_sections(0, end)

    def _end_sections(self, rank: int, at: int) -> None:
        """Those of this rank or a lower one, in the innermost element."""
        sections = self._sections[-1]
        while sections and sections[-1][0] >= rank:
            _, ident, start = sections.pop()
            self.found.setdefault(ident, (start, at))
