"""What the title of a note decides over, besides what pages show of it: its place among notes of
the same day, and where wikilinks lead."""

from __future__ import annotations

from collections import Counter
from itertools import chain

from msgspec import Struct

from notesite.config import Config
from notesite.index.standing import clash_key
from notesite.model import Entry, Library
from notesite.names import slugify


class Ties(Struct, frozen=True, array_like=True):
    """Of one plan. `days` are those (ISO; "" is none) of two notes or more, which stand in the
    order of their titles. `called` are what links call notes by: keys of names, and slugs behind
    `#`. With `all` a title decides over more."""

    days: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    all: bool = True

    def hold(self, old: Entry, new: Entry) -> bool:
        """Whether the edit of a title, excerpt or description may change what else is planned."""
        if self.all:
            return True
        before, after = (old.title, old.front_matter.title), (new.title, new.front_matter.title)
        if before == after:
            return False
        names = _names(old) | _names(new)
        date = old.front_matter.date
        day = date.date().isoformat() if date else ""
        return day in self.days or not names.isdisjoint(self.called)


def ties(library: Library, config: Config) -> Ties:
    """Those of the plan of this library."""
    pages = chain.from_iterable(each.pages for each in library.languages)
    days = Counter(page.card.date for page in pages)
    shared = sorted(day.isoformat() if day else "" for day, count in days.items() if count > 1)
    addressed = any(":title" in pattern for _, pattern in config.permalinks)
    return Ties(tuple(shared), library.called, addressed or bool(config.cards.font))


def _names(entry: Entry) -> set[str]:
    """What a link can call a note by its title."""
    title, written = entry.title, (entry.front_matter.title or entry.title).strip()
    return {clash_key(title), clash_key(written), "#" + slugify(title)}
