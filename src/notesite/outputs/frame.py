"""What every page shares: the names that all templates know, and how an Output with them is
made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from msgspec.structs import replace

from notesite.config import FILE_NAME, Config
from notesite.index.graph import MAP
from notesite.model import (
    AskedTemplate,
    Backlink,
    Feed,
    Hop,
    Library,
    Link,
    Location,
    Output,
    Problem,
    Site,
    Template,
    Theme,
    Version,
)

# The names that a template can rely on (see the manual, "Theming"), with what they are where a page
# has none.
ABSENT: Mapping[str, object] = {
    "page": None, "previous": None, "next": None, "related": (), "links": (), "backlinks": (),
    "twohop": (), "map": None,
    "section": None, "term": None, "taxonomy": None, "pagination": None, "listing": (),
    "sections": (), "versions": (), "archive": (), "breadcrumbs": (), "description": "",
    "math": False, "code": False, "target": "", "feed": "", "noindex": False,
    "image": "",
}  # fmt: skip
_FOREIGN = {"post", "page", "default", "single", "note", "home", "list", "blog", "posts"}


class Around(NamedTuple):
    """What a page links to, what links to it, and what else is linked to what it links to."""

    links: tuple[Link, ...] = ()
    backlinks: tuple[Backlink, ...] = ()
    twohop: tuple[Hop, ...] = ()

    @property
    def math(self) -> bool:
        """Whether a formula is shown."""
        return any(backlink.sentence.math for backlink in self.backlinks)


class Frame:
    """Settings, library and theme of one language of a build; `assets` maps a theme file's name to
    its site path, `feeds` are those of the whole language."""

    def __init__(
        self, config: Config, library: Library, theme: Theme, assets: Mapping[str, str],
        feeds: tuple[Feed, ...] = (),
    ) -> None:  # fmt: skip
        self.config = config = config.in_language(library.language)
        self.library = library
        self.theme = theme
        self.assets = dict(assets)
        self.feeds = feeds
        self.problems: list[Problem] = []
        self._site = Site(
            config.title, config.description, config.author, config.language, config.base_url,
            library.home,
        )  # fmt: skip
        if not self._known(config.language):
            message = f"the theme has no words in `{config.language}`, so its words are English"
            hint = f"write templates/i18n/{config.language}.yaml (see the manual, Languages)"
            self.problems.append(Problem("note", message, Location(FILE_NAME), hint))
        self._translations = dict(library.translations)
        self._links, self._twohop = dict(library.links), dict(library.twohop)
        self._backlinks = dict(library.backlinks)
        self._strings: dict[str, dict[str, object]] = {}
        self._by_language: dict[str, dict[str, object]] = {}

    def page(
        self, url: str, template: str, title: str, origin: str, names: Mapping[str, object]
    ) -> Output:
        """An HTML page at a site path, rendered from `template` with the shared names and `names`.

        A page that no note asked for gives way to a static file of its name.
        """
        shared = self.shared(str(names.get("lang") or self.config.language))
        context = {"title": title, "url": url, **names}
        if self.library.homes:
            context["versions"] = self._versions(url)
        generated = names.get("page") is None
        return Output(path_of(url), Template(template, context, shared), origin, generated)

    def _versions(self, url: str) -> tuple[Version, ...]:
        """The page in every language of the site."""
        same = {page.language: page.url for page in self._translations.get(url, ())}
        same[self.config.language] = url
        own = dict(self.config.languages)
        return tuple(
            Version(
                tag := home.language,
                (tag in own and own[tag].name) or str(self._known(tag).get("language_name", tag)),
                same.get(tag, home.url),
                tag in same,
            )
            for home in self.library.homes
        )

    def completed(self, output: Output) -> Output:
        """An output of the site's extension; a page of it knows the names that all pages know."""
        recipe = output.recipe
        if not isinstance(recipe, Template):
            return output
        url = "/" + output.path.removesuffix("index.html")
        context = {"title": self.config.title, "url": url, **recipe.context}
        if self.library.homes:
            context["versions"] = self._versions(url)
        shared = self.shared(str(context.get("lang") or self.config.language))
        return replace(output, recipe=Template(recipe.name, context, shared))

    def around(self, url: str) -> Around:
        """What is linked with the page at a site path."""
        return Around(
            self._links.get(url, ()), self._backlinks.get(url, ()), self._twohop.get(url, ())
        )

    def template(self, asked: AskedTemplate | None, default: str) -> str:
        """The template that a note asks for, if there is one of that name, with or without
        `.html`."""
        if asked is None:
            return default
        for name in (asked.name, asked.name + ".html"):
            if name in self.theme.templates:
                return name
        foreign = asked.name in _FOREIGN  # every note of other generators has such a line
        self.problems.append(
            Problem(
                "note" if foreign else "warning",
                f"there is no template `{asked.name}`, so {default} is used",
                asked.location,
                "" if foreign else f"make templates/{asked.name}, or remove the line",
            )
        )
        return default

    def shared(self, lang: str) -> dict[str, object]:
        """The names that all pages of a language have, and what the others are where a page has
        none: one object, by whose identity their part of all keys is known."""
        if lang not in self._by_language:
            self._by_language[lang] = {
                **ABSENT,
                "site": self._site,
                "menu": self._menu(lang),
                "graph": self.config.graph,
                "map_url": MAP if self.library.map else "",
                "taxonomies": self.library.taxonomies,
                "assets": self.assets,
                "feeds": self.feeds,
                "search": f"{self.library.home}search/" if self.config.search else "",
                "lang": lang,
                "t": self.strings(lang),
            }
        return self._by_language[lang]

    def _menu(self, lang: str) -> tuple[Link, ...]:
        return tuple(
            link if link.title else Link(self.word("tags", lang), link.url)
            for link in self.library.menu
        )

    def home(self, lang: str = "") -> Link:
        """The first breadcrumb of a page in this language, by default the site's."""
        return Link(self.word("home", lang), self.library.home)

    def word(self, key: str, lang: str = "") -> str:
        """A UI string in a language, by default the site's; a taxonomy of its own stands under its
        own name."""
        return str(self.strings(lang or self.config.language).get(key, key))

    def strings(self, lang: str) -> dict[str, object]:
        """The UI strings of a language, or of its main language (`en` for `en-GB`), or English."""
        if lang not in self._strings:
            table = self._known(lang) or self.theme.strings["en"]
            own = {"date_format": self.config.date_format} if self.config.date_format else {}
            self._strings[lang] = {**table, **own}
        return self._strings[lang]

    def _known(self, lang: str) -> dict[str, object]:
        strings = self.theme.strings
        return strings.get(lang) or strings.get(lang.partition("-")[0]) or {}


def path_of(url: str) -> str:
    """The output path of a site path: `/posts/` -> `posts/index.html`, `/404.html` ->
    `404.html`."""
    return url.lstrip("/") + ("index.html" if url.endswith("/") else "")
