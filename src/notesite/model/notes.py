"""The values of one note: Source, and Document with all that it is made of."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from notesite.model.html import Html, Stored, Text
from notesite.problems import Problem

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


class Heading(Struct, frozen=True, array_like=True):
    """A heading of the body: `level` 1 to 6, its id, its text for a table of contents."""

    level: int
    id: str
    text: Text


class Passage(Struct, frozen=True, array_like=True):
    """A part of a note that can be embedded by itself: the section of a heading, or a block with an
    id. Its links are `holes[first:last]` of the body."""

    id: str
    first: int
    last: int
    math: bool
    code: bool


class Stretch(Struct, frozen=True, array_like=True):
    """The text below one heading, as a reader reads it; of the first, before any, `id` is ""."""

    id: str
    heading: Text
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
    passages: tuple[Passage, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    code: str = ""  # all code, as it is written


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
    passages: tuple[Passage, ...] = ()
    search: bytes = b""  # the digest of what search knows of it, which is kept elsewhere
