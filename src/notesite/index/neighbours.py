"""Cards -> what stands beside a note: the previous and next by date, its series, related notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from heapq import nsmallest

from notesite.index.order import by_date
from notesite.model import Card, Link, Series

RELATED = 5  # at most
COMMON = 200  # a term of more notes than this says nothing about any two of them


def chronology(cards: Iterable[Card]) -> dict[str, tuple[Link | None, Link | None]]:
    """URL -> (previous, which is older, next, which is newer), by date over the site."""
    dated = by_date(cards)
    links = [Link(card.title, card.url) for card in dated]
    return {
        card.url: (links[i - 1] if i else None, links[i + 1] if i + 1 < len(links) else None)
        for i, card in enumerate(dated)
    }


def series(
    cards: Iterable[Card], memberships: Mapping[str, tuple[Link, ...]]
) -> dict[str, tuple[Series, ...]]:
    """URL -> the series that the note belongs to, in the note's own order. A series is read by
    weight, then from the oldest."""
    members: dict[Link, list[Card]] = {}
    for card in cards:
        for link in memberships.get(card.url, ()):
            members.setdefault(link, []).append(card)
    found: dict[Link, dict[str, Series]] = {}
    for link, group in members.items():
        ordered = sorted(by_date(group), key=lambda c: (c.weight is None, c.weight or 0))
        ordered += sorted((c for c in group if not c.date), key=lambda c: (c.weight or 0, c.title))
        links = tuple(Link(card.title, card.url) for card in ordered)
        found[link] = {
            card.url: Series(link.title, link.url, links, position)
            for position, card in enumerate(ordered, 1)
        }
    return {url: tuple(found[link][url] for link in own) for url, own in memberships.items() if own}


def related(cards: Iterable[Card]) -> dict[str, tuple[Link, ...]]:
    """URL -> notes that share tags with it, those of rarer tags first, then the newest.

    The work is bounded by the tags' lists, not by pairs of notes: a tag that stands on very many
    notes is left aside.
    """
    cards = list(cards)
    having: dict[str, list[Card]] = {}
    for card in cards:
        for tag in card.tags:
            having.setdefault(tag.url, []).append(card)
    telling = {url: group for url, group in having.items() if 1 < len(group) <= COMMON}

    @cache  # many notes have the same tags
    def best(tags: tuple[Link, ...]) -> tuple[Link, ...]:
        groups = [telling[tag.url] for tag in tags if tag.url in telling]
        scores: Counter[str] = Counter()
        others: dict[str, Card] = {}
        for group in groups:
            for other in group:
                scores[other.url] += 10_000 // len(group)
                others[other.url] = other
        urls = nsmallest(
            RELATED + 1, scores, key=lambda url: (-scores[url], -_age(others[url]), url)
        )
        return tuple(Link(others[url].title, url) for url in urls)

    found = {
        card.url: tuple(link for link in best(card.tags) if link.url != card.url)[:RELATED]
        for card in cards
    }
    return {url: links for url, links in found.items() if links}


def _age(card: Card) -> int:
    return card.date.toordinal() if card.date else 0
