"""Published notes -> those that search finds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from notesite.index.cards import Published
from notesite.model import Searched


def searched(notes: Iterable[Published]) -> tuple[Searched, ...]:
    """The oldest first: notes that are listed, and those that introduce a section or a term."""
    found = [
        (note.card.date or date.min, note.card.url, note)
        for note in notes
        if note.document.front_matter.listed or note.address.kind == "section"
    ]
    return tuple(
        Searched(url, note.card.title, note.card.lang, note.document.search)
        for _, url, note in sorted(found, key=lambda each: each[:2])
    )
