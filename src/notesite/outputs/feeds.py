"""Library -> the feeds: Atom, RSS and JSON Feed of a language, Atom of each section and term.

A feed has the newest notes that have a date. Its text is made when it is rendered: the plan names
the notes, and their bodies stay where they are stored. A feed is made of whole URLs, so a site
without a base_url has none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from notesite.config import Config
from notesite.model import Card, Feed, Library, Output, Page, Template
from notesite.outputs.frame import Frame

ATOM = "feed.xml"
_TYPES = {
    ATOM: "application/atom+xml",
    "rss.xml": "application/rss+xml",
    "feed.json": "application/feed+json",
}


class Channel(Struct, frozen=True):
    """What a feed is of: the listing at a site path (`/`, `/ja/`, `/tags/x/`); it stands below."""

    title: str
    url: str
    description: str
    cards: tuple[Card, ...]
    lang: str


def feeds(frame: Frame) -> Iterable[Output]:
    """All feeds. A listing that is not the whole site has Atom alone: three feeds for each of a
    thousand tags would be more files than notes, and every reader knows Atom."""
    config, library = frame.config, frame.library
    if not config.base_url:
        return
    newest = _Newest(library.pages)
    home, language = library.home, config.language
    site = Channel(config.title, home, config.description, library.listing, language)
    for name in _TYPES:
        yield from _feed(frame, site, name, newest)
    for channel in _parts(library, config):
        yield from _feed(frame, channel, ATOM, newest)


def announced(config: Config, library: Library) -> tuple[Feed, ...]:
    """The feeds that every page of a language names in its head."""
    if not own_feed(config, library.home, library.listing):
        return ()
    title = config.in_language(library.language).title
    return tuple(Feed(title, library.home + name, type) for name, type in _TYPES.items())


def own_feed(config: Config, url: str, cards: Iterable[Card]) -> str:
    """The site path of the feed of the listing at `url`, or "" if it has none."""
    return url + ATOM if config.base_url and any(card.date for card in cards) else ""


def _parts(library: Library, config: Config) -> Iterable[Channel]:
    cards = dict(library.section_cards)
    for section in library.sections[1:]:
        title, about = f"{config.title} – {section.title}", section.description
        yield Channel(title, section.url, about, cards[section.url], config.language)
    having = {(taxonomy, slug): group for taxonomy, slug, group in library.terms}
    for taxonomy in library.taxonomies:
        for term in taxonomy.terms:
            title = f"{config.title} – {term.name}"
            group = having[taxonomy.name, term.slug]
            yield Channel(title, term.url, "", group, config.language)


class _Newest:
    """The pages that have a date, newest first, and the places of notes among them."""

    def __init__(self, pages: Iterable[Page]) -> None:
        dated = [page for page in pages if page.published]
        dated.sort(key=lambda page: (page.card.title, page.card.url))
        dated.sort(key=lambda page: datetime.fromisoformat(page.published), reverse=True)
        self.pages = dated
        self._places = {page.card.url: place for place, page in enumerate(dated)}

    def of(self, cards: Iterable[Card], limit: int) -> tuple[Page, ...]:
        places = sorted(self._places[card.url] for card in cards if card.url in self._places)
        return tuple(self.pages[place] for place in places[:limit])


def _feed(frame: Frame, channel: Channel, name: str, newest: _Newest) -> Iterable[Output]:
    pages = newest.of(channel.cards, frame.config.feeds.limit)
    if not pages:
        return
    url = channel.url + name
    context = {
        "title": channel.title,
        "url": url,
        "home": channel.url,
        "description": channel.description,
        "pages": pages,
        "updated": max((page.updated for page in pages), key=datetime.fromisoformat),
        "full_text": frame.config.feeds.full_text,
    }
    recipe = Template(name, context, frame.shared(channel.lang))
    yield Output(url.lstrip("/"), recipe, f"the feed {url}", generated=True)
