"""Config: every setting of a site, with its default. `settings.py` reads them."""

from __future__ import annotations

from datetime import tzinfo
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from notesite.model import Link

FILE_NAME = "notesite.yaml"


class Listing(Struct, frozen=True):
    per_page: int = 10


class Excerpt(Struct, frozen=True):
    width: int = 320  # half-width columns


class ReadingSpeed(Struct, frozen=True):
    """Characters (ja, zh) or words (ko, en) a minute; then seconds for each of the other things.
    The first image takes `image`, each further one a second less, down to `image_least`."""

    ja: float = 500
    zh: float = 439
    ko: float = 202
    en: float = 238
    code_line: float = 2
    display_formula: float = 6
    inline_formula: float = 1.5
    image: float = 12
    image_least: float = 3


class Feeds(Struct, frozen=True):
    limit: int = 20
    full_text: bool = True


class Math(Struct, frozen=True):
    macros: tuple[tuple[str, str], ...] = ()
    numbering: str = "labelled"
    output: str = "htmlAndMathml"
    double_backslash: bool = False


class Markdown(Struct, frozen=True):
    soft_breaks: str = "cjk"
    typographer: bool = False
    html: bool = True


class Highlight(Struct, frozen=True):
    light: str = "default"
    dark: str = "github-dark"


class Links(Struct, frozen=True):
    """`unasked`: the beginnings of addresses on other hosts that are never asked whether they are
    there."""

    unwritten_pages: bool = True
    inline_tags: bool = False
    unasked: tuple[str, ...] = ()


class Images(Struct, frozen=True):
    resize: bool = False


class Imports(Struct, frozen=True):
    """`callouts`: the paired shortcodes of a Hugo site, with the kind of callout that each is."""

    callouts: tuple[tuple[str, str], ...] = ()


class Cards(Struct, frozen=True):
    font: str = ""


class Language(Struct, frozen=True):
    """What one of several languages has of its own; what it lacks is the site's. `name` is what the
    language calls itself (`Deutsch`), where the theme does not know."""

    name: str = ""
    title: str = ""
    description: str = ""
    author: str = ""
    menu: tuple[Link, ...] | None = None
    date_format: str = ""


class Config(Struct, frozen=True):
    """The settings of a site (SPEC 2). Folders are relative to the site's root."""

    title: str = ""
    description: str = ""
    author: str = ""
    language: str = ""  # what the notes seem to be written in (see the index)
    timezone: str = "UTC"
    base_url: str = ""  # escaped, with a final slash, or ""
    notes: str = "notes"
    output: str = "public"
    ignore: tuple[str, ...] = ()
    permalinks: tuple[tuple[str, str], ...] = ()
    menu: tuple[Link, ...] = (Link("", "/tags/"),)  # without a title: in the language of a page
    listing: Listing = Listing()
    date_format: str = ""
    excerpt: Excerpt = Excerpt()
    reading_speed: ReadingSpeed = ReadingSpeed()
    taxonomies: tuple[str, ...] = ("tags", "categories", "series")
    feeds: Feeds = Feeds()
    math: Math = Math()
    markdown: Markdown = Markdown()
    highlight: Highlight = Highlight()
    links: Links = Links()
    search: bool = True
    graph: bool = True
    extension: str = ""
    languages: tuple[tuple[str, Language], ...] = ()
    images: Images = Images()
    cards: Cards = Cards()
    imports: Imports = Imports()

    @property
    def base_path(self) -> str:
        """The path of `base_url`, not escaped, with both slashes: `/` or `/repo/`."""
        return unquote(urlsplit(self.base_url).path) or "/"

    @property
    def language_tags(self) -> tuple[str, ...]:
        """The default language, if the settings say it, and then all others."""
        tags = (self.language, *(tag for tag, _ in self.languages))
        return tuple(dict.fromkeys(tag for tag in tags if tag))

    def in_language(self, tag: str) -> Config:
        """The settings of the pages in this language."""
        own = dict(self.languages).get(tag, Language())
        return replace(
            self,
            language=tag,
            title=own.title or self.title,
            description=own.description or self.description,
            author=own.author or self.author,
            date_format=own.date_format or self.date_format,
        )

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.timezone)
