"""The values of the plan: Output, how it is made, and what its template is given."""

from __future__ import annotations

import datetime

from msgspec import Struct

from notesite.model.html import Html
from notesite.model.notes import Source
from notesite.model.resources import Resized
from notesite.model.search import Contexts, Shard

# --- 4 plan -> Output -----------------------------------------------------------------------------


class Archived(Struct, frozen=True):
    """What the archive shows of a note, and no more: an edit of its text leaves the archive as it
    is."""

    title_html: Html
    url: str
    date: datetime.date | None
    lang: str


class Archive(Struct, frozen=True):
    """A month of the archive."""

    year: int
    month: int
    cards: tuple[Archived, ...]


class Pagination(Struct, frozen=True):
    """A pager: `slots` are (number, url); a None stands for the ellipsis."""

    number: int
    count: int
    slots: tuple[tuple[int, str] | None, ...]
    previous: str  # site path or ""
    next: str


class Version(Struct, frozen=True):
    """A page as the switch of languages offers it: the `same` page in this language, or, where that
    has none, its home page. `name` is what the language calls itself."""

    lang: str
    name: str
    url: str
    same: bool


class Feed(Struct, frozen=True):
    """A feed as pages announce it: its title, site path and media type."""

    title: str
    url: str
    type: str


class Site(Struct, frozen=True):
    """What of the settings every template can print."""

    title: str
    description: str
    author: str
    language: str
    base_url: str
    home: str = "/"  # the site path of the home page, of each language its own


class Font(Struct, frozen=True):
    """The font of share cards: its file, a digest of it and of all that draws with it, and the code
    points that it has."""

    file: str
    digest: bytes
    letters: frozenset[int]


class Theme(Struct, frozen=True):
    """Templates by name (the site's over the packaged ones, which also stand under `theme/`),
    static files of the site and of the theme, and the table of UI strings of each language."""

    templates: dict[str, str]
    origins: dict[str, str]  # template -> how problems name its file
    static: tuple[Source, ...]
    assets: tuple[Source, ...]
    strings: dict[str, dict[str, object]]
    syntax_css: str = ""  # the colours of code
    font: Font | None = None  # of share cards


class Template(Struct, frozen=True, tag=True):
    """Render template `name` with the names of `context`, and with those of `shared`, which is one
    object for all pages of a language."""

    name: str
    context: dict[str, object]
    shared: dict[str, object] = {}

    @property
    def names(self) -> dict[str, object]:
        """All that the template is given."""
        return {**self.shared, **self.context}


class Copy(Struct, frozen=True, tag=True):
    """Copy the file of a source as it is."""

    source: Source


class Written(Struct, frozen=True, tag=True):
    """These bytes."""

    content: bytes


class Drawn(Struct, frozen=True, tag=True):
    """Draw a share card. All texts are in one line, and the font has all their letters."""

    title: str
    text: str
    site: str
    font: Font


class Output(Struct, frozen=True):
    """One file of the site: `path` below the output folder, without a leading slash; `origin` is
    what problems name (the note or setting it comes from)."""

    path: str
    recipe: Template | Copy | Written | Resized | Drawn | Contexts | Shard
    origin: str = ""
    generated: bool = False  # no note or file asked for it, so a static file may stand in its place
