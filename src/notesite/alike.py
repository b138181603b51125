"""A note before and after an edit -> how much of what index and plan make of it is the same.

They read of a note what its Entry holds. If an edit leaves all of that as it was but for some, they
would give the same again but for that. This compares, and assumes nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import asdict, replace

from notesite.config import ReadingSpeed
from notesite.model import (
    Entry,
    LinkHole,
    Location,
    Problem,
    Shortcode,
    ShortcodeEnd,
    has_math,
)
from notesite.reading_time import reading_time, rounded

_NOWHERE = Location("")


def stands_alike(old: Entry, new: Entry) -> bool:
    """Whether index and plan give the same for both, but for the page of the note itself, its
    title, its excerpt and its description. Of its passages, what they hold counts where they are
    embedded, and such a note is not `shown_on`."""
    front = replace(
        new.front_matter, title=old.front_matter.title, places=old.front_matter.places,
        description=old.front_matter.description,
    )  # fmt: skip
    body = replace(new.body, digest=old.body.digest, holes=old.body.holes)
    same = {
        "digest": old.digest, "body": body, "counts": old.counts, "problems": old.problems,
        "search": old.search, "passages": old.passages, "title": old.title,
        "title_html": old.title_html, "front_matter": front, "excerpt_text": old.excerpt_text,
        "excerpt": replace(new.excerpt, digest=old.excerpt.digest),
    }  # fmt: skip
    return (
        replace(new, **same) == old
        and has_math(new.title_html) == has_math(old.title_html)
        and (new.front_matter == old.front_matter or not new.front_matter.template)  # its place
        and [passage.id for passage in new.passages] == [passage.id for passage in old.passages]
        and list(map(_aim, new.body.holes)) == list(map(_aim, old.body.holes))
    )


def is_alike(old: Entry, new: Entry, speed: ReadingSpeed) -> bool:
    """Whether nothing differs but the page of the note itself."""
    return stands_alike(old, new) and _look(old, speed) == _look(new, speed)


def retold(said: Iterable[Problem], old: Entry, new: Entry) -> list[Problem] | None:
    """What index and plan said, of a note that `stands_alike` at the places that it stands at now,
    without lines; None if a place cannot be found. What is wrong with the text itself is left
    out."""
    own = {replace(problem, source_line="") for problem in old.problems}
    places = _places(old, new)
    found: list[Problem] = []
    for problem in said:
        if problem.location.path != old.shown:
            found.append(problem)
        elif (bare := replace(problem, source_line="")) not in own:
            if problem.location.line and problem.location not in places:
                return None
            where = places.get(problem.location, problem.location)
            found.append(replace(bare, location=where))
    return found


def _places(old: Entry, new: Entry) -> Mapping[Location, Location]:
    """Where the links and the front matter of a note stood, and where they stand now; without those
    of which two stood at one place."""
    now = {key: Location(new.shown, *place) for key, *place in new.front_matter.places}
    pairs = [
        (Location(old.shown, *place), now[key])
        for key, *place in old.front_matter.places
        if key in now
    ]
    for before, after in zip(old.body.holes, new.body.holes, strict=True):
        if not isinstance(before, ShortcodeEnd) and not isinstance(after, ShortcodeEnd):
            pairs.append((before.location, after.location))
    places = dict(pairs)
    several = {before for before, after in pairs if places[before] != after}
    return {before: after for before, after in places.items() if before not in several}


def _aim(hole: LinkHole) -> LinkHole:
    """Where it leads, wherever it stands; the page of a call names its place."""
    if isinstance(hole, Shortcode | ShortcodeEnd):
        return hole
    return replace(hole, location=_NOWHERE)


def _look(entry: Entry, speed: ReadingSpeed) -> object:
    """What others than its own page show of a note."""
    return (
        entry.title, entry.title_html, entry.front_matter, entry.excerpt, entry.excerpt_text,
        seconds(entry, speed),
    )  # fmt: skip


def seconds(entry: Entry, speed: ReadingSpeed) -> int:
    """How long it takes to read, as it is told."""
    return rounded(reading_time(entry.counts, asdict(speed)))
