"""The values of one note: Source, and Document with all that it is made of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, cast

from msgspec import Struct

from notesite.problems import Level, Location, Problem

# --- 1 scan -> Source -----------------------------------------------------------------------------


class Source(Struct, frozen=True):
    """One file of notes/, templates/ or static/.

    `path` is relative to the folder it came from, with `/` and in NFC; `shown` is how problems name
    it (relative to the site). `digest` is of the bytes, 16 of them. Notes and templates carry their
    bytes; an asset carries none and is copied from `file`.
    """

    path: str
    shown: str
    digest: bytes
    content: bytes | None
    file: str
    updated: date | None = None  # of the last commit that touched it, where git knows


# --- 2 parse -> Document --------------------------------------------------------------------------


class Formula(Struct, frozen=True, tag=True):
    """A formula that waits for KaTeX.

    `tex` is what KaTeX is given: labels and references are numbers by now. `preamble` holds the
    definitions of the note that stand before it. `starts` says where each line of `tex` begins in
    the note (line, column, from 1); `edits` are (position, length now, length as written) of what
    was rewritten, so that an offset in `tex` can be led back. `ids` are anchors of its labels.
    """

    tex: str
    display: bool
    preamble: str = ""
    starts: tuple[tuple[int, int], ...] = ((0, 0),)
    edits: tuple[tuple[int, int, int], ...] = ()
    ids: tuple[str, ...] = ()


class Typeset(Struct, frozen=True):
    """What KaTeX made of a formula: its HTML, readable text (`x²`, `KL(p‖q)`), and what it
    complained of as (level, offset in the TeX or -1, message)."""

    html: str
    text: str
    complaints: tuple[tuple[Level, int, str], ...] = ()


class NoteLink(Struct, frozen=True, tag=True):
    """The URL of a link to another note, as written (`../other.md`), or to whatever else a path of
    the site can mean; filled by index. `query` is what stands behind `?`."""

    target: str
    anchor: str
    location: Location
    query: str = ""


class AssetLink(Struct, frozen=True, tag=True):
    """The URL of an image or another file that a page loads, as written; filled by index."""

    target: str
    location: Location
    image: bool = False
    named: bool = False  # found by its name alone, anywhere in the notes folder


class WikiLink(Struct, frozen=True, tag=True):
    """What makes an `<a>` a link to what `[[target]]` names, ` href="…"`; filled by index. `target`
    is as written, without a label: `Title#Heading`."""

    target: str
    location: Location


LinkHole = NoteLink | AssetLink | WikiLink
Hole = Formula | LinkHole


class Html(Struct, frozen=True, array_like=True):
    """HTML with holes. A template prints it unescaped, once every hole is filled."""

    pieces: tuple[str | Hole, ...] = ()

    def __html__(self) -> str:
        # a hole that is still open is a fault of ours: join() raises TypeError
        return "".join(cast("tuple[str, ...]", self.pieces))

    def __bool__(self) -> bool:
        return any(self.pieces)


class Stored(Struct, frozen=True, array_like=True):
    """The HTML of a note, which is kept elsewhere and loaded only where it is printed.

    `digest` is the note's (none: there is no HTML), `part` which of its HTML is meant: what is kept
    are the strings around its links. `holes` are these links, and `links` what index found for
    them, as HTML; `math` and `code` say whether a formula and a block of code are shown, which
    need style sheets of their own.
    """

    digest: bytes = b""
    part: Literal["body", "excerpt"] = "body"
    math: bool = False
    holes: tuple[LinkHole, ...] = ()
    links: tuple[str, ...] = ()
    code: bool = False

    def __bool__(self) -> bool:
        return bool(self.digest)


def has_math(html: Html) -> bool:
    """Whether KaTeX's style sheet is needed to show this HTML, all its holes filled."""
    return 'class="katex' in html.__html__()


class Text(Struct, frozen=True, array_like=True):
    """Readable text with formulas as holes; `str()` of it once they are filled."""

    pieces: tuple[str | Formula, ...] = ()

    def __str__(self) -> str:
        return "".join(cast("tuple[str, ...]", self.pieces))  # as in Html

    def __bool__(self) -> bool:
        return any(self.pieces)


class Heading(Struct, frozen=True, array_like=True):
    """A heading of the body: `level` 1 to 6, its id, its text for a table of contents."""

    level: int
    id: str
    text: Text


class Counts(Struct, frozen=True, array_like=True):
    """What reading time is made of: characters of Han and kana that are Japanese, of Han that are
    Chinese, Korean and other words, lines of code, formulas, images."""

    ja: int = 0
    zh: int = 0
    ko: int = 0
    words: int = 0
    code_lines: int = 0
    display_formulas: int = 0
    inline_formulas: int = 0
    images: int = 0


class FrontMatter(Struct, frozen=True, array_like=True):
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
    translation_key: str | None = None
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
    ids: tuple[str, ...] = ()  # of the elements of its body, which links can lead to
    lang: str = ""  # none: that of the site
    counts: Counts = Counts()
    updated: date | None = None
    problems: tuple[Problem, ...] = ()
    sentences: tuple[tuple[str, Html], ...] = ()  # target of a link -> the sentence it stands in


class Entry(Struct, frozen=True, array_like=True):
    """A Document without its HTML: all that index reads of a note. `digest` is of all that the note
    was made of."""

    path: str
    shown: str
    digest: bytes
    front_matter: FrontMatter
    title: str
    title_html: Html
    body: Stored
    excerpt: Stored
    excerpt_text: str
    headings: tuple[Heading, ...]
    ids: tuple[str, ...]
    counts: Counts
    updated: date | None
    problems: tuple[Problem, ...]
    sentences: tuple[tuple[str, Stored], ...] = ()
    lang: str = ""  # none: that of the site
