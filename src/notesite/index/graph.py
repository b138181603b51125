"""Notes and what each links to -> the links of each note, and the map of the whole site.

Only what stands where: a template that draws it asks `drawing` for the places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import nsmallest
from itertools import islice
from typing import NamedTuple

from notesite.index.cards import Published
from notesite.model import Link, Node, SiteMap

MAP = "/map/"
NODES = 300  # on the map, at most: those with the most links
EDGES = 1500  # at most: those between the most linked

Links = tuple[tuple[str, tuple[Link, ...]], ...]


class Graph(NamedTuple):
    """What each note links to, by its URL; the map, where it is wanted and not
    empty."""

    links: Links
    map: SiteMap | None


def connect(
    notes: Iterable[Published], pages: Mapping[str, tuple[str, str]], wanted: bool
) -> Graph:
    """`notes` in the order in which they are to be shown; `pages` are those of unwritten words."""
    notes = list(notes)
    aims = {note.document.path: Link(note.card.title, note.card.url) for note in notes}
    words = {"#" + key: Link(title, url) for key, (title, url) in pages.items()}
    aims |= words
    links = tuple(
        (note.card.url, tuple(aims[word] for word in note.leads if word in aims))
        for note in notes
        if note.leads
    )
    links = tuple(pair for pair in links if pair[1])
    unwritten = {link.url for link in words.values()}
    drawn = _map(links, aims.values(), unwritten) if wanted and links else None
    return Graph(tuple(sorted(links)), drawn)


def _map(links: Links, aims: Iterable[Link], unwritten: set[str]) -> SiteMap:
    """The most linked, and of equal ones those that come first."""
    counts = Counter(link.url for _, group in links for link in group)
    counts.update({url: len(group) for url, group in links})
    linked = [link for link in aims if link.url in counts]
    ranked = nsmallest(NODES, enumerate(linked), key=lambda pair: (-counts[pair[1].url], pair[0]))
    numbers = {link.url: number for number, (_, link) in enumerate(ranked)}
    nodes = tuple(
        Node(link.title, link.url, _size(counts[link.url]), link.url not in unwritten)
        for _, link in ranked
    )
    edges = {
        (min(numbers[url], numbers[link.url]), max(numbers[url], numbers[link.url]))
        for url, group in links
        if url in numbers
        for link in group
        if link.url in numbers
    }
    return SiteMap(nodes, tuple(islice(sorted(edges), EDGES)), len(linked))


def _size(count: int) -> int:
    """From 0 to 3: by powers of 3, so that most edits change none."""
    return (count > 2) + (count > 8) + (count > 26)
