"""A note whose body alone was edited -> the outputs with its page exchanged: where it is shown
whole, and in the search index.

Index and plan read of a note what its Entry holds. If an edit leaves all of that as it was but for
where its HTML is kept, they would give the same again. This compares, and assumes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import asdict, replace

from notesite.config import ReadingSpeed
from notesite.model import (
    Contexts,
    Embedded,
    Entry,
    LinkHole,
    Location,
    Output,
    Page,
    Searched,
    Section,
    Shard,
    Shortcode,
    ShortcodeEnd,
    Stored,
    Taxonomy,
    Template,
    Term,
)
from notesite.outputs.search import digest_of, group_of
from notesite.reading_time import reading_time, rounded

Notes = tuple[Searched, ...]

# The names of a context that notes are shown whole by, and those that a note introduces.
PAGES = frozenset(("page", "pages"))
_INTRODUCED = frozenset(("section", "taxonomy", "term"))
_NOWHERE = Location("")


class Shown(NamedTuple):
    """Where a note is shown whole: the site path of its page, and the outputs, this one and
    feeds."""

    url: str
    paths: tuple[str, ...]


def shown_on(outputs: Mapping[str, Output]) -> dict[str, Shown]:
    """How problems name a note -> where it is shown; of all notes that no other page embeds."""
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
        if digest not in embedded
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


def is_alike(old: Entry, new: Entry, speed: ReadingSpeed) -> bool:
    """Whether index and plan give the same for both, but for the page of the note itself. Of its
    passages, what they hold counts where they are embedded, and such a note is not `shown_on`."""
    body = replace(new.body, digest=old.body.digest, holes=old.body.holes)
    same = {
        "digest": old.digest, "body": body, "counts": old.counts, "problems": old.problems,
        "search": old.search, "passages": old.passages,
    }  # fmt: skip
    return (
        replace(new, **same) == old
        and [passage.id for passage in new.passages] == [passage.id for passage in old.passages]
        and list(map(_aim, new.body.holes)) == list(map(_aim, old.body.holes))
        and _seconds(new, speed) == _seconds(old, speed)
    )


def exchanged(
    outputs: Mapping[str, Output], shown: Shown, old: Entry, new: Entry
) -> dict[str, Output]:
    """What changes: the outputs that show the note whole, and in the search index its contexts and
    all shards, which are made when they are asked for."""
    changed: dict[str, Output] = {}
    for path in shown.paths:
        output, recipe = outputs[path], outputs[path].recipe
        assert isinstance(recipe, Template)
        context = dict(recipe.context)
        for name in PAGES & context.keys():
            pages = tuple(_with_body(page, new) for page in _pages(context[name]))
            context[name] = pages if name == "pages" else pages[0]
        changed[path] = replace(output, recipe=replace(recipe, context=context))
    if new.search != old.search:
        changed |= _searched(outputs, shown.url, new.search)
    return changed


def _with_body(page: Page, entry: Entry) -> Page:
    """The page with the HTML of its note as it is now."""
    if page.path != entry.shown:
        return page
    return replace(page, html=replace(page.html, digest=entry.body.digest))


def _searched(
    outputs: Mapping[str, Output], url: str, digest: bytes
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
                groups[own] = found_by(groups[own], url, digest)
                shared = replace(recipe, groups=tuple(groups), digest=digest_of(groups))
            assert shared is not None
            yield path, replace(output, recipe=replace(shared, number=recipe.number))
        elif type(recipe) is Contexts and any(note.url == url for note in recipe.notes):
            yield path, replace(output, recipe=Contexts(found_by(recipe.notes, url, digest)))


def found_by(notes: Notes, url: str, digest: bytes) -> Notes:
    """The notes, of which the one at `url` is found by what this digest stands for."""
    return tuple(replace(note, digest=digest) if note.url == url else note for note in notes)


def _aim(hole: LinkHole) -> LinkHole:
    """Where it leads, wherever it stands; the page of a call names its place."""
    if isinstance(hole, Shortcode | ShortcodeEnd):
        return hole
    return replace(hole, location=_NOWHERE)


def _seconds(entry: Entry, speed: ReadingSpeed) -> int:
    return rounded(reading_time(entry.counts, asdict(speed)))
