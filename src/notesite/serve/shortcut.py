"""A note whose body alone was edited -> the outputs with its page exchanged: no other shows it, but
for the search index.

Index and plan read of a note what its Entry holds. If an edit leaves all of that as it was but for
where its HTML is kept, they would give the same again. This compares, and assumes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
    Shard,
    Shortcode,
    ShortcodeEnd,
    Stored,
    Template,
)
from notesite.outputs.search import digest_of, group_of
from notesite.reading_time import reading_time, rounded

Notes = tuple[Searched, ...]

_NOWHERE = Location("")


def pages_of(outputs: Mapping[str, Output]) -> dict[str, str]:
    """How problems name a note -> the path of its page, of all notes that have one and that no
    other page embeds."""
    found: dict[bytes, tuple[str, str]] = {}
    embedded: set[bytes] = set()
    for path, output in outputs.items():
        if isinstance(output.recipe, Template):
            context = output.recipe.context
            page = context.get("page")
            if isinstance(page, Page):
                found[page.html.digest] = page.path, path
            for name in ("page", "section", "taxonomy", "term"):
                embedded.update(_embedded(getattr(context.get(name), "html", None)))
    return dict(found[digest] for digest in found.keys() - embedded)


def _embedded(html: Stored | None) -> Iterator[bytes]:
    """The digests of the notes that this embeds."""
    for link in html.links if html else ():
        if isinstance(link, Embedded):
            yield link.html.digest
            yield from _embedded(link.html)


def is_alike(old: Entry, new: Entry, speed: ReadingSpeed) -> bool:
    """Whether index and plan give the same for both, but for the page of the note itself."""
    body = replace(new.body, digest=old.body.digest, holes=old.body.holes)
    same = {
        "digest": old.digest, "body": body, "counts": old.counts, "problems": old.problems,
        "search": old.search,
    }  # fmt: skip
    return (
        replace(new, **same) == old
        and list(map(_aim, new.body.holes)) == list(map(_aim, old.body.holes))
        and _seconds(new, speed) == _seconds(old, speed)
    )


def exchanged(
    outputs: Mapping[str, Output], path: str, old: Entry, new: Entry
) -> dict[str, Output]:
    """What changes: the page of the note at `path`, and in the search index its contexts and all
    shards, which are made when they are asked for."""
    output = outputs[path]
    recipe = output.recipe
    assert isinstance(recipe, Template)
    page = recipe.context["page"]
    assert isinstance(page, Page)
    now = replace(page, html=replace(page.html, digest=new.body.digest))
    context = {**recipe.context, "page": now}
    changed = {path: replace(output, recipe=replace(recipe, context=context))}
    if new.search != old.search:
        changed |= _searched(outputs, page.card.url, new.search)
    return changed


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
                groups[own] = _with(groups[own], url, digest)
                shared = replace(recipe, groups=tuple(groups), digest=digest_of(groups))
            assert shared is not None
            yield path, replace(output, recipe=replace(shared, number=recipe.number))
        elif type(recipe) is Contexts and any(note.url == url for note in recipe.notes):
            yield path, replace(output, recipe=Contexts(_with(recipe.notes, url, digest)))


def _with(notes: Notes, url: str, digest: bytes) -> Notes:
    return tuple(replace(note, digest=digest) if note.url == url else note for note in notes)


def _aim(hole: LinkHole) -> LinkHole:
    """Where it leads, wherever it stands; the page of a call names its place."""
    if isinstance(hole, Shortcode | ShortcodeEnd):
        return hole
    return replace(hole, location=_NOWHERE)


def _seconds(entry: Entry, speed: ReadingSpeed) -> int:
    return rounded(reading_time(entry.counts, asdict(speed)))
