"""A note that was edited -> the outputs with it exchanged: where it is shown whole, where others
show its title or excerpt, and in the search index.

For notes that stand alike before and after the edit (`alike`), and whose titles decide over nothing
else (`ties`): index and plan would give the same again with the new values in the place of the old.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from operator import attrgetter, is_
from typing import Any, NamedTuple

from msgspec.structs import replace

from notesite.alike import seconds
from notesite.config import ReadingSpeed
from notesite.model import (
    Archive,
    Archived,
    Backlink,
    Card,
    Contexts,
    Embedded,
    Entry,
    Hop,
    Link,
    Node,
    Output,
    Page,
    Searched,
    Section,
    Series,
    Shard,
    SiteMap,
    Stored,
    Taxonomy,
    Template,
    Term,
)
from notesite.outputs.frame import path_of
from notesite.outputs.search import digest_of, group_of

Notes = tuple[Searched, ...]

# The names of a context that notes are shown whole by, and those that a note introduces.
PAGES = frozenset(("page", "pages"))
_INTRODUCED = frozenset(("section", "taxonomy", "term"))
_TITLED = frozenset((Link, Backlink, Hop, Node))
_FLAT = frozenset((Link, Backlink, Node, Card, Archived))  # they hold no other
_PLAIN = frozenset((str, bool, int, type(None), date))  # most values show no note
# the values that hold others, and where
_HOLDING: Mapping[type, str] = {
    Page: "series", Series: "links", Hop: "links", Archive: "cards", SiteMap: "nodes",
}  # fmt: skip
_url = attrgetter("url")


class Shown(NamedTuple):
    """Where a note is shown whole: the site path of its page, and the outputs, this one and
    feeds."""

    url: str
    paths: tuple[str, ...]


def shown_on(outputs: Mapping[str, Output]) -> dict[str, Shown]:
    """How problems name a note -> where it is shown; of all that have a page, and that no other
    page embeds."""
    found: dict[str, list[str]] = {}
    pages: dict[bytes, Page] = {}
    embedded: set[bytes] = set()
    for path, output in outputs.items():
        if isinstance(output.recipe, Template):
            context = output.recipe.context
            for name in PAGES & context.keys():
                for page in _pages(context[name]):
                    found.setdefault(page.path, []).append(path)
                    pages[page.html.digest] = page
                    embedded.update(_embedded(page.html))
            for name in _INTRODUCED & context.keys():
                value = context[name]
                if isinstance(value, Section | Taxonomy | Term):
                    embedded.update(_embedded(value.html))
    return {
        page.path: Shown(page.card.url, tuple(found[page.path]))
        for digest, page in pages.items()
        if digest not in embedded and path_of(page.card.url) in found[page.path]
    }


def _pages(value: object) -> tuple[Page, ...]:
    """The pages that a template is given under one name."""
    if type(value) is Page:
        return (value,)
    return value if type(value) is tuple and value and type(value[0]) is Page else ()


def _embedded(html: Stored | None) -> Iterator[bytes]:
    """The digests of the notes that this embeds."""
    for link in html.links if html else ():
        if isinstance(link, Embedded):
            yield link.html.digest
            yield from _embedded(link.html)


def exchanged(
    outputs: Mapping[str, Output], shown: Shown, old: Entry, new: Entry, speed: ReadingSpeed
) -> dict[str, Output]:
    """What changes: of the outputs that this note, which `stands_alike`, is `shown` on, those that
    show something else now; and in the search index its contexts and all shards, which are made
    when they are asked for."""
    exchange = _Exchange(outputs[path_of(shown.url)], new, speed)
    changed = {
        path: made
        for path in shown.paths
        if (made := exchange.output(outputs[path])) is not outputs[path]
    }
    if (new.search, new.title) != (old.search, old.title):
        changed |= _searched(outputs, shown.url, new)
    return changed


class _Exchange:
    """What stands for a note on pages, before and after an edit."""

    def __init__(self, own: Output, new: Entry, speed: ReadingSpeed) -> None:
        """`own` is the page of the note as it was."""
        assert isinstance(own.recipe, Template)
        page = own.recipe.context["page"]
        assert isinstance(page, Page)
        self._url, self._own, self._title = page.card.url, own.path, page.card.title
        self._description = new.front_matter.description or new.excerpt_text
        self._body = new.body.digest
        self._card = replace(
            page.card, title=new.title, title_html=new.title_html, excerpt=new.excerpt,
            excerpt_text=new.excerpt_text, reading_time=seconds(new, speed),
        )  # fmt: skip
        self._hops: dict[int, tuple[Hop, Hop]] = {}  # that many notes share, by identity

    def output(self, output: Output) -> Output:
        """The output with the note as it is now; itself if it does not show it."""
        recipe = output.recipe
        assert isinstance(recipe, Template)
        context = {
            name: value if type(value) in _PLAIN else self._value(value)
            for name, value in recipe.context.items()
        }
        if output.path == self._own:
            context |= {"title": self._card.title, "description": self._description}
        if all(map(is_, context.values(), recipe.context.values())):
            return output
        return replace(output, recipe=replace(recipe, context=context))

    def _value(self, value: Any) -> Any:
        kind = type(value)
        if kind is tuple:
            first = type(value[0]) if value else str
            if first in _PLAIN or (first in _FLAT and self._url not in map(_url, value)):
                return value
            value_of = self._hop if first is Hop else self._value
            made = tuple([value_of(each) for each in value])
            return value if all(map(is_, made, value)) else made
        if name := _HOLDING.get(kind):
            held = getattr(value, name)
            if (made := self._value(held)) is not held:
                value = replace(value, **{name: made})
        if kind is Page and value.card.url == self._url:
            html = replace(value.html, digest=self._body)
            return replace(value, card=self._card, html=html, description=self._description)
        if kind is Card and value.url == self._url:
            return self._card
        if kind is Archived and value.url == self._url:
            return replace(value, title_html=self._card.title_html)
        if kind in _TITLED and (value.url, value.title) == (self._url, self._title):
            return replace(value, title=self._card.title)
        return value

    def _hop(self, hop: Hop) -> Hop:
        """Each once: a group is shown by all notes of it, with up to twenty of them."""
        known = self._hops.get(id(hop))
        if known is None:
            known = self._hops[id(hop)] = hop, self._value(hop)
        return known[1]


def _searched(
    outputs: Mapping[str, Output], url: str, entry: Entry
) -> Iterator[tuple[str, Output]]:
    """The parts of the search index with the note at `url` as it is now."""
    shared: Shard | None = None  # what the shards of an index have in common, and has changed
    known: object = None
    for path, output in outputs.items():
        recipe = output.recipe
        if type(recipe) is Shard:
            if recipe.groups is not known:
                known, groups = recipe.groups, list(recipe.groups)
                own = group_of(url, len(groups))
                groups[own] = found_by(groups[own], url, entry)
                shared = replace(recipe, groups=tuple(groups), digest=digest_of(groups))
            assert shared is not None
            yield path, replace(output, recipe=replace(shared, number=recipe.number))
        elif type(recipe) is Contexts and any(note.url == url for note in recipe.notes):
            yield path, replace(output, recipe=Contexts(found_by(recipe.notes, url, entry)))


def found_by(notes: Notes, url: str, entry: Entry) -> Notes:
    """The notes, of which the one at `url` is found by what this entry holds."""
    return tuple(
        replace(note, title=entry.title, digest=entry.search) if note.url == url else note
        for note in notes
    )
