"""Cards -> the order of a listing, and the months of the archive."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from notesite.model import Archive, Archived, Card


def listing_key(card: Card) -> tuple[bool, bool, int, int, str, str]:
    """Of the order of a listing: pinned, then weight (smaller first, none last), then newest
    (undated last), then title (SPEC 6)."""
    age = -(card.date or date.min).toordinal()
    return not card.pinned, card.weight is None, card.weight or 0, age, card.title, card.url


def by_date(cards: Iterable[Card]) -> list[Card]:
    """Dated cards, oldest first."""
    return sorted((c for c in cards if c.date), key=lambda c: (c.date or date.min, c.title, c.url))


def days(cards: Iterable[Card]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Day (ISO; "" is none) -> titles and URLs of its notes, which stand in this order wherever
    they stand together; of days with two notes or more."""
    found: dict[str, list[tuple[str, str]]] = {}
    for card in cards:
        day = card.date.isoformat() if card.date else ""
        found.setdefault(day, []).append((card.title, card.url))
    return {day: tuple(sorted(notes)) for day, notes in sorted(found.items()) if len(notes) > 1}


def months(cards: Iterable[Card]) -> tuple[Archive, ...]:
    """The archive: newest month first; undated notes come last, as month 0 of year 0."""
    newest = sorted(cards, key=lambda c: (-(c.date or date.min).toordinal(), c.title, c.url))
    grouped = groupby(newest, key=lambda c: (c.date.year, c.date.month) if c.date else (0, 0))
    return tuple(Archive(year, month, _archived(group)) for (year, month), group in grouped)


def _archived(cards: Iterable[Card]) -> tuple[Archived, ...]:
    return tuple(Archived(card.title_html, card.url, card.date, card.lang) for card in cards)
