"""Config -> what of it the parsing of a note depends on."""

from __future__ import annotations

from hashlib import blake2b

from msgspec import Struct, json

from notesite.config import Config
from notesite.extension import Extension
from notesite.model import Source


class Options(Struct, frozen=True):
    """What of the settings the parsing of a note depends on."""

    html: bool
    typographer: bool
    soft_breaks: str
    double_backslash: bool
    numbering: str
    timezone: str
    languages: tuple[str, ...]  # the default one first; none: what a note seems to be written in
    excerpt_width: int
    inline_tags: bool
    extension: Source | None = None  # where it adds syntax
    search: bool = True

    @classmethod
    def of(cls, config: Config, extension: Source | None = None) -> Options:
        markdown, math = config.markdown, config.math
        return cls(
            markdown.html, markdown.typographer, markdown.soft_breaks, math.double_backslash,
            math.numbering, config.timezone, config.language_tags, config.excerpt.width,
            config.links.inline_tags, extension, config.search,
        )  # fmt: skip


class Task(Struct, frozen=True):
    """What a note is parsed with besides itself."""

    options: Options
    macros: tuple[tuple[str, str], ...]
    output: str

    @classmethod
    def of(cls, config: Config, extension: Extension) -> Task:
        return cls(
            Options.of(config, extension.syntax), config.math.macros, config.math.output
        )  # fmt: skip

    def digest(self) -> bytes:
        return blake2b(
            json.encode((self.options, self.macros, self.output)), digest_size=16
        ).digest()
