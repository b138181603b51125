"""What every page shares: the names that all templates know, and how an Output with them is
made."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from notesite.config import Config
from notesite.model import (
    AskedTemplate,
    Library,
    Link,
    Output,
    Problem,
    Site,
    Template,
    Theme,
)

# The names that a template can rely on (see the manual, "Theming"), with what they are where a page
# has none.
ABSENT: Mapping[str, object] = {
    "page": None, "previous": None, "next": None, "related": (), "section": None, "term": None,
    "taxonomy": None, "pagination": None, "listing": (), "sections": (), "archive": (),
    "breadcrumbs": (), "description": "", "math": False, "target": "",
}  # fmt: skip
_FOREIGN = {"post", "page", "default", "single", "note", "home", "list", "blog", "posts"}


class Frame:
    """Settings, library and theme of one build; `assets` maps a theme file's name to its site
    path."""

    def __init__(
        self, config: Config, library: Library, theme: Theme, assets: Mapping[str, str]
    ) -> None:
        self.config = config
        self.library = library
        self.theme = theme
        self.assets = dict(assets)
        self.problems: list[Problem] = []
        self._strings: dict[str, dict[str, object]] = {}

    def page(
        self, url: str, template: str, title: str, origin: str, names: Mapping[str, object]
    ) -> Output:
        """An HTML page at a site path, rendered from `template` with the shared names and `names`.

        A page that no note asked for gives way to a static file of its name.
        """
        lang = str(names.get("lang") or self.config.language)
        context: dict[str, object] = {**ABSENT, **self._shared, "lang": lang}
        context |= {"t": self.strings(lang), "title": title, "url": url, **names}
        generated = names.get("page") is None
        return Output(path_of(url), Template(template, context), origin, generated)

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

    @cached_property
    def _shared(self) -> dict[str, object]:
        config = self.config
        site = Site(
            config.title, config.description, config.author, config.language, config.base_url
        )
        return {
            "site": site,
            "menu": config.menu,
            "taxonomies": self.library.taxonomies,
            "assets": self.assets,
        }

    def home(self, lang: str = "") -> Link:
        """The first breadcrumb of a page in this language, by default the site's."""
        return Link(self.word("home", lang), "/")

    def word(self, key: str, lang: str = "") -> str:
        """A UI string in a language, by default the site's; a taxonomy of its own stands under its
        own name."""
        return str(self.strings(lang or self.config.language).get(key, key))

    def strings(self, lang: str) -> dict[str, object]:
        """The UI strings of a language, else of its main language (`en` for `en-GB`), else English.

        The same object for all pages of a language: what pages share is told apart by identity.
        """
        if lang not in self._strings:
            known = self.theme.strings
            table = known.get(lang) or known.get(lang.partition("-")[0]) or known["en"]
            own = {"date_format": self.config.date_format} if self.config.date_format else {}
            self._strings[lang] = {**table, **own}
        return self._strings[lang]

    @property
    def shared(self) -> tuple[object, ...]:
        """The values that many pages are given, each the same object."""
        return (*self._shared.values(), *self._strings.values())


def path_of(url: str) -> str:
    """The output path of a site path: `/posts/` -> `posts/index.html`, `/404.html` ->
    `404.html`."""
    return url.lstrip("/") + ("index.html" if url.endswith("/") else "")
