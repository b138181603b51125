"""The values of all notes together: Library, with cards, pages, sections and taxonomies."""

from __future__ import annotations

import datetime

from msgspec import Struct

from notesite.model.html import Html, Stored
from notesite.model.notes import Heading, Source
from notesite.model.resources import Resized
from notesite.model.search import Searched
from notesite.problems import Location, Problem

# --- 3 index -> Library ---------------------------------------------------------------------------


class Link(Struct, frozen=True):
    """A title (readable text) and the site path it leads to (`/posts/x/`)."""

    title: str
    url: str


class Backlink(Struct, frozen=True):
    """A note that links here, and the first sentence with words of its own that
    does."""

    title: str
    url: str
    sentence: Stored


class Hop(Struct, frozen=True):
    """A word that a note links to, with the notes that link to it: at most a few of `count`, the
    newest first, and the note itself may be one of them. `url` is "" where nobody has written
    it."""

    title: str
    url: str
    links: tuple[Link, ...]
    count: int = 0


class Word(Struct, frozen=True):
    """A word that two or more notes want and nobody has written, on a page of its own."""

    title: str
    url: str
    backlinks: tuple[Backlink, ...]


class Node(Struct, frozen=True):
    """A note, or an unwritten word, on the map. `size` is 0 for few links, to 3 for very many."""

    title: str
    url: str
    size: int
    written: bool


class SiteMap(Struct, frozen=True):
    """The most linked notes and words, the most linked first, and which of them are linked (pairs
    of their positions); `linked` is how many there are with any link."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]
    linked: int


class Term(Struct, frozen=True):
    """One tag (category, series): how most notes spell it, and how many notes have it."""

    name: str
    slug: str
    url: str
    count: int
    html: Stored = Stored()  # the introduction, if a note stands at its path


class Taxonomy(Struct, frozen=True):
    """tags, categories or series, with its terms by name."""

    name: str
    url: str
    terms: tuple[Term, ...]
    html: Stored = Stored()


class Card(Struct, frozen=True):
    """All that other pages see of a note.

    `title` is readable text, `title_html` may hold formulas; dates are days in the site's time
    zone; `reading_time` is in seconds; `tags` and `categories` are links to the terms.
    """

    title: str
    title_html: Html
    url: str
    date: datetime.date | None
    updated: datetime.date | None
    excerpt: Stored
    excerpt_text: str
    reading_time: int
    tags: tuple[Link, ...]
    categories: tuple[Link, ...]
    lang: str
    pinned: bool
    weight: int | None
    author: str  # "" when it is the site's
    image: str  # site path or URL, or ""
    math: bool  # title or excerpt hold a formula
    image_size: tuple[int, int] | None = None  # in pixels, of an image of the site
    thumbnail: str = ""  # site path or URL: a smaller one, where there is one


class Series(Struct, frozen=True):
    """A series that a note belongs to, with its notes in reading order (oldest first)."""

    title: str
    url: str
    links: tuple[Link, ...]
    position: int  # of this note, from 1


class AskedTemplate(Struct, frozen=True):
    """The template that a note asks for, and where it does."""

    name: str
    location: Location


class Page(Struct, frozen=True):
    """A note on its own page.

    `published` and `updated` are moments with their distance from UTC (RFC 3339), "" where the note
    has no date.
    """

    card: Card
    html: Stored
    headings: tuple[Heading, ...]
    description: str
    breadcrumbs: tuple[Link, ...]  # home first, without the page itself
    section: str  # site path of its section
    series: tuple[Series, ...]
    template: AskedTemplate | None
    toc: bool
    math: bool
    path: str  # of the note, for "edit this page" links and problems
    extra: dict[str, object] = {}
    published: str = ""
    updated: str = ""


class Section(Struct, frozen=True):
    """A folder: its introduction and its subsections."""

    title: str
    url: str
    html: Stored
    sections: tuple[Link, ...]
    breadcrumbs: tuple[Link, ...]
    description: str
    template: AskedTemplate | None
    headings: tuple[Heading, ...] = ()


class Asset(Struct, frozen=True):
    """A file that is published as it is: from where, to which output path (no leading slash)."""

    path: str
    source: Source


class Translation(Struct, frozen=True):
    """A page that says the same in another language, or in this one: a tag, a site path."""

    language: str
    url: str


class Library(Struct, frozen=True):
    """All notes of one language, indexed. `listing` is its home listing; the first section is its
    home itself, at `home`, below which all its URLs are.

    A site has one library, that of its default language; `others` are those of its other languages.
    What belongs to no language (redirects, assets, counts, days, problems) is in the first alone.
    """

    pages: tuple[Page, ...]
    sections: tuple[Section, ...]
    section_cards: tuple[tuple[str, tuple[Card, ...]], ...]  # URL -> own and deeper, in order
    taxonomies: tuple[Taxonomy, ...]
    terms: tuple[
        tuple[str, str, tuple[Card, ...]], ...
    ]  # (taxonomy, slug, its cards in listing order)
    listing: tuple[Card, ...]
    chronology: tuple[
        tuple[str, Link | None, Link | None], ...
    ]  # url -> previous (older), next (newer)
    related: tuple[tuple[str, tuple[Link, ...]], ...]
    backlinks: tuple[tuple[str, tuple[Backlink, ...]], ...] = ()  # by URL
    twohop: tuple[tuple[str, tuple[Hop, ...]], ...] = ()  # by URL
    words: tuple[Word, ...] = ()
    links: tuple[tuple[str, tuple[Link, ...]], ...] = ()  # by URL: to what has a page
    map: SiteMap | None = None  # of the whole site, whatever its languages
    searched: tuple[Searched, ...] = ()  # the oldest first
    language: str = "en"
    home: str = "/"
    menu: tuple[Link, ...] = ()
    redirects: tuple[tuple[str, str], ...] = ()  # from site path, to site path
    assets: tuple[Asset, ...] = ()
    images: tuple[tuple[str, Resized], ...] = ()  # smaller ones, by output path
    notes: int = 0  # how many are published, with those that introduce a section or term
    held_back: tuple[int, int] = (0, 0)  # drafts, future notes
    problems: tuple[Problem, ...] = ()
    homes: tuple[Translation, ...] = ()  # of all languages, where there are several
    translations: tuple[tuple[str, tuple[Translation, ...]], ...] = ()  # by URL, with the page
    called: tuple[str, ...] = ()  # keys of the names, and `#` slugs, by which links ask for titles
    days: dict[str, tuple[tuple[str, str], ...]] = {}  # title, URL of those of one day (order.days)
    others: tuple[Library, ...] = ()

    @property
    def languages(self) -> tuple[Library, ...]:
        """One library a language, the default one first."""
        return self, *self.others
