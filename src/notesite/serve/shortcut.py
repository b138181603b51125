"""A note whose body alone was edited -> the outputs with its page exchanged: no other shows it.

Index and plan read of a note what its Entry holds. If an edit leaves all of that as it was but for
where its HTML is kept, they would give the same again. This compares, and assumes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import asdict, replace

from notesite.config import ReadingSpeed
from notesite.model import (
    Embedded,
    Entry,
    LinkHole,
    Location,
    Output,
    Page,
    Shortcode,
    ShortcodeEnd,
    Stored,
    Template,
)
from notesite.reading_time import reading_time, rounded

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
    same = {"digest": old.digest, "body": body, "counts": old.counts, "problems": old.problems}
    return (
        replace(new, **same) == old
        and list(map(_aim, new.body.holes)) == list(map(_aim, old.body.holes))
        and _seconds(new, speed) == _seconds(old, speed)
    )


def exchanged(output: Output, entry: Entry) -> Output:
    """The page of the note with the body that it has now."""
    recipe = output.recipe
    assert isinstance(recipe, Template)
    page = recipe.context["page"]
    assert isinstance(page, Page)
    now = replace(page, html=replace(page.html, digest=entry.body.digest))
    return replace(output, recipe=replace(recipe, context={**recipe.context, "page": now}))


def _aim(hole: LinkHole) -> LinkHole:
    """Where it leads, wherever it stands; the page of a call names its place."""
    if isinstance(hole, Shortcode | ShortcodeEnd):
        return hole
    return replace(hole, location=_NOWHERE)


def _seconds(entry: Entry, speed: ReadingSpeed) -> int:
    return rounded(reading_time(entry.counts, asdict(speed)))
