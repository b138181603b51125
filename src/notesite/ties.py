"""What the title of a note decides over, besides what pages show of it: its place among notes of
the same day (or among those without one), and where wikilinks lead."""

from __future__ import annotations

from bisect import bisect_left

from msgspec import Struct
from msgspec.structs import replace

from notesite.config import Config
from notesite.index.standing import clash_key
from notesite.model import Entry, Library
from notesite.names import slugify

Day = tuple[tuple[str, str], ...]  # titles and URLs of the notes of a day, in order


class Ties(Struct, frozen=True, array_like=True):
    """Of one plan. `days` are those of two notes or more (ISO; "" is none), which stand in the
    order of their titles wherever they stand together. `called` are what links call notes by: keys
    of names, and slugs behind `#`. With `all` a title decides over more."""

    days: dict[str, Day] = {}
    called: tuple[str, ...] = ()
    all: bool = True

    def after(self, old: Entry, new: Entry, url: str) -> Ties | None:
        """Those after the edit of a title, excerpt or description of the note at `url`; None if it
        may change what else is planned."""
        if self.all:
            return None
        before, after = (old.title, old.front_matter.title), (new.title, new.front_matter.title)
        if before == after:
            return self
        if not (_names(old) | _names(new)).isdisjoint(self.called):
            return None
        date = old.front_matter.date
        day = date.date().isoformat() if date else ""
        if day not in self.days:
            return self
        notes = _exchanged(self.days[day], (old.title, url), (new.title, url))
        return replace(self, days={**self.days, day: notes}) if notes else None


def ties(library: Library, config: Config) -> Ties:
    """Those of the plan of this library."""
    addressed = any(":title" in pattern for _, pattern in config.permalinks)
    return Ties(library.days, library.called, addressed or bool(config.cards.font))


def _exchanged(notes: Day, old: tuple[str, str], new: tuple[str, str]) -> Day | None:
    """With one note in the place of another; None if it is not its place."""
    place = bisect_left(notes, old)
    if notes[place : place + 1] != (old,):
        return None
    changed = (*notes[:place], new, *notes[place + 1 :])
    beside = changed[max(place - 1, 0) : place + 2]
    return changed if sorted(beside) == list(beside) else None


def _names(entry: Entry) -> set[str]:
    """What a link can call a note by its title."""
    title, written = entry.title, (entry.front_matter.title or entry.title).strip()
    return {clash_key(title), clash_key(written), "#" + slugify(title)}
