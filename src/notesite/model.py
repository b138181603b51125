"""Every value that crosses a stage: frozen, made of tuples, dates and strings, so each has one encoding.

The flow: Source -> Document -> Library -> Output -> bytes.
"""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from notesite.problems import Location, Problem

__all__ = [  # the problem types are values of this flow too
    "Archive", "Asset", "AssetLink", "Card", "Copy", "Counts", "Document", "Formula", "FrontMatter",
    "Heading", "Hole", "Html", "Library", "Link", "Listing", "Location", "NoteLink", "Output", "Page",
    "Pagination", "Problem", "Section", "Series", "Source", "Taxonomy", "Template", "Term", "Text",
    "Typeset", "Written",
]  # fmt: skip


# --- 1 scan -> Source -------------------------------------------------------------------------------


class Source(Struct, frozen=True):
    """One file of notes/, templates/ or static/.

    `path` is relative to the folder it came from, with `/` and in NFC; `shown` is how problems name it
    (relative to the site). `digest` is of the bytes, 16 of them. Notes and templates carry their bytes;
    an asset carries none and is copied from `file`.
    """

    path: str
    shown: str
    digest: bytes
    content: bytes | None
    file: str
    updated: date | None = None  # of the last commit that touched it, where git knows


# --- 2 parse -> Document ----------------------------------------------------------------------------


class Formula(Struct, frozen=True, tag=True):
    """A formula that waits for KaTeX.

    `tex` is what KaTeX is given: labels and references are numbers by now. `preamble` holds the
    definitions of the note that stand before it. `starts` says where each line of `tex` begins in the
    note (line, column, from 1); `edits` are (position, length now, length as written) of what was
    rewritten, so that an offset in `tex` can be led back. `ids` are anchors of its labels.
    """

    tex: str
    display: bool
    preamble: str = ""
    starts: tuple[tuple[int, int], ...] = ((0, 0),)
    edits: tuple[tuple[int, int, int], ...] = ()
    ids: tuple[str, ...] = ()


class Typeset(Struct, frozen=True):
    """What KaTeX made of a formula: its HTML, readable text (`x²`, `KL(p‖q)`), and what it complained of
    as (level, offset in the TeX or -1, message)."""

    html: str
    text: str
    complaints: tuple[tuple[str, int, str], ...] = ()


class NoteLink(Struct, frozen=True, tag=True):
    """The URL of a link to another note, as written (`../other.md`); filled by index."""

    target: str
    anchor: str
    location: Location


class AssetLink(Struct, frozen=True, tag=True):
    """The URL of a link to a file or to an absolute path of the site, as written; filled by index."""

    target: str
    location: Location
    image: bool = False


Hole = Formula | NoteLink | AssetLink


class Html(Struct, frozen=True, array_like=True):
    """HTML with holes. A template prints it unescaped, once every hole is filled."""

    pieces: tuple[str | Formula | NoteLink | AssetLink, ...] = ()

    def __html__(self) -> str:
        return "".join(self.pieces)  # type: ignore[arg-type]  # a hole left open is a bug: TypeError

    def __bool__(self) -> bool:
        return any(self.pieces)


class Text(Struct, frozen=True, array_like=True):
    """Readable text with formulas as holes; `str()` of it once they are filled."""

    pieces: tuple[str | Formula, ...] = ()

    def __str__(self) -> str:
        return "".join(self.pieces)  # type: ignore[arg-type]

    def __bool__(self) -> bool:
        return any(self.pieces)


class Heading(Struct, frozen=True):
    """A heading of the body: `level` 1 to 6, its id, its text for a table of contents."""

    level: int
    id: str
    text: Text


class Counts(Struct, frozen=True):
    """What reading time is made of: characters of Han and kana that are Japanese, of Han that are Chinese,
    Korean and other words, lines of code, formulas, images."""

    ja: int = 0
    zh: int = 0
    ko: int = 0
    words: int = 0
    code_lines: int = 0
    display_formulas: int = 0
    inline_formulas: int = 0
    images: int = 0


class FrontMatter(Struct, frozen=True):
    """Front matter with every alias resolved; None means that the note does not say."""

    title: str | None = None
    date: datetime | None = None  # aware, in the site's time zone
    updated: datetime | None = None
    publish_date: datetime | None = None
    slug: str | None = None
    permalink: str | None = None
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    redirect_from: tuple[str, ...] = ()
    draft: bool = False
    listed: bool = True
    pinned: bool = False
    weight: int | None = None
    lang: str | None = None
    author: str | None = None
    description: str | None = None
    summary: str | None = None
    image: str | None = None
    template: str | None = None
    toc: bool | None = None
    macros: tuple[tuple[str, str], ...] = ()
    extra: tuple[tuple[str, object], ...] = ()
    places: tuple[tuple[str, int, int], ...] = ()  # key -> line, column of its value


class Document(Struct, frozen=True):
    """One note, parsed without looking at any other."""

    path: str
    shown: str
    digest: bytes
    front_matter: FrontMatter
    title: Text
    title_html: Html
    body: Html
    excerpt: Html
    excerpt_text: Text
    headings: tuple[Heading, ...] = ()
    counts: Counts = Counts()
    tex: tuple[str, ...] = ()
    updated: date | None = None
    problems: tuple[Problem, ...] = ()
    excerpt_has_math: bool = False  # a page links KaTeX's style sheet only where a formula is


# --- 3 index -> Library -----------------------------------------------------------------------------


class Link(Struct, frozen=True):
    """A title (readable text) and the site path it leads to (`/posts/x/`)."""

    title: str
    url: str


class Term(Struct, frozen=True):
    """One tag (category, series): how most notes spell it, and how many notes have it."""

    name: str
    slug: str
    url: str
    count: int
    html: Html = Html()  # the introduction, if a note stands at its path


class Taxonomy(Struct, frozen=True):
    """tags, categories or series, with its terms by name."""

    name: str
    url: str
    terms: tuple[Term, ...]
    html: Html = Html()


class Card(Struct, frozen=True):
    """All that other pages see of a note.

    `title` is readable text, `title_html` may hold formulas; dates are days in the site's time zone;
    `reading_time` is in seconds; `tags` and `categories` are links to the terms.
    """

    title: str
    title_html: Html
    url: str
    date: date | None
    updated: date | None
    excerpt: Html
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


class Series(Struct, frozen=True):
    """A series that a note belongs to, with its notes in reading order (oldest first)."""

    title: str
    url: str
    links: tuple[Link, ...]
    position: int  # of this note, from 1


class Page(Struct, frozen=True):
    """A note on its own page."""

    card: Card
    html: Html
    headings: tuple[Heading, ...]
    description: str
    breadcrumbs: tuple[Link, ...]  # home first, without the page itself
    section: str  # site path of its section
    series: tuple[Series, ...]
    template: str  # "page.html" unless the note asks for another
    toc: bool
    math: bool
    path: str  # of the note, for "edit this page" links and problems
    extra: dict[str, object] = {}


class Section(Struct, frozen=True):
    """A folder: its introduction, its own and deeper notes (as cards, in listing order), its subsections."""

    title: str
    url: str
    html: Html
    cards: tuple[Card, ...]
    sections: tuple[Link, ...]
    breadcrumbs: tuple[Link, ...]
    description: str
    template: str
    math: bool
    headings: tuple[Heading, ...] = ()


class Asset(Struct, frozen=True):
    """A file that is published as it is: from where, to which output path (no leading slash)."""

    path: str
    source: Source


class Library(Struct, frozen=True):
    """All notes, indexed. `listing` is the home listing; `home` the section of the notes folder itself."""

    pages: tuple[Page, ...]
    sections: tuple[Section, ...]
    home: Section
    taxonomies: tuple[Taxonomy, ...]
    terms: tuple[tuple[str, str, tuple[Card, ...]], ...]  # (taxonomy, slug, its cards in listing order)
    listing: tuple[Card, ...]
    chronology: tuple[tuple[str, Link | None, Link | None], ...]  # url -> previous (older), next (newer)
    related: tuple[tuple[str, tuple[Link, ...]], ...]
    redirects: tuple[tuple[str, str], ...]  # from site path, to site path
    assets: tuple[Asset, ...]
    held_back: tuple[int, int]  # drafts, future notes
    problems: tuple[Problem, ...]


# --- 4 plan -> Output -------------------------------------------------------------------------------


class Listing(Struct, frozen=True):
    """The cards of one listing page."""

    title: str
    url: str
    cards: tuple[Card, ...]


class Archive(Struct, frozen=True):
    """A month of the archive."""

    year: int
    month: int
    cards: tuple[Card, ...]


class Pagination(Struct, frozen=True):
    """A pager: `slots` are (number, url); a None stands for the ellipsis."""

    number: int
    count: int
    slots: tuple[tuple[int, str] | None, ...]
    previous: str  # site path or ""
    next: str


class Template(Struct, frozen=True, tag=True):
    """Render template `name` with `context`."""

    name: str
    context: dict[str, object]


class Copy(Struct, frozen=True, tag=True):
    """Copy the file of a source as it is."""

    source: Source


class Written(Struct, frozen=True, tag=True):
    """These bytes."""

    content: bytes


class Output(Struct, frozen=True):
    """One file of the site: `path` below the output folder, without a leading slash; `origin` is what
    problems name (the note or setting it comes from)."""

    path: str
    recipe: Template | Copy | Written
    origin: str
