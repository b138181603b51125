"""Notes and what each links to -> backlinks, 2-hop links, and pages of unwritten words.

Linear in links: notes that share a word share one `Hop`, which shows few of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from notesite.index.cards import Published
from notesite.model import Backlink, Hop, Link, Word

BACKLINKS = 200  # shown at most
HOP = 20  # notes of a 2-hop group that are shown at most, and one more: the note itself


class Web(NamedTuple):
    """By URL: who links to a note, and what else is linked to what it links to."""

    backlinks: tuple[tuple[str, tuple[Backlink, ...]], ...]
    twohop: tuple[tuple[str, tuple[Hop, ...]], ...]
    words: tuple[Word, ...]


def weave(notes: Iterable[Published], pages: Mapping[str, tuple[str, str]]) -> Web:
    """`notes` in the order in which they are to be shown; `pages` are those of unwritten words."""
    notes = list(notes)
    linking: dict[str, list[Published]] = {}
    spelled: dict[str, str] = {}
    for note in notes:
        for word, (name, _) in note.leads.items():
            linking.setdefault(word, []).append(note)
            spelled.setdefault(word, name)
    by_path = {note.document.path: note for note in notes} if linking else {}
    hops = {
        word: _hop(word, group, by_path.get(word), pages.get(word[1:]) or (spelled[word], ""))
        for word, group in linking.items()
        if len(group) > 1
    }
    twohop = {
        note.card.url: tuple(hops[word] for word in note.leads if word in hops)
        for note in notes
        if note.leads
    }
    backlinks = {
        by_path[word].card.url: _backlinks(word, group)
        for word, group in linking.items()
        if word in by_path
    }
    words = (
        Word(title, url, _backlinks("#" + key, linking["#" + key]))
        for key, (title, url) in pages.items()
        if "#" + key in linking
    )
    shown = sorted((url, groups) for url, groups in twohop.items() if groups)
    return Web(tuple(sorted(backlinks.items())), tuple(shown), tuple(words))


def _hop(word: str, group: list[Published], note: Published | None, page: tuple[str, str]) -> Hop:
    links = tuple(Link(one.card.title, one.card.url) for one in group[: HOP + 1])
    title, url = (note.card.title, note.card.url) if note else page
    return Hop(title, url, links, len(group))


def _backlinks(word: str, group: list[Published]) -> tuple[Backlink, ...]:
    return tuple(
        Backlink(note.card.title, note.card.url, note.leads[word][1]) for note in group[:BACKLINKS]
    )
