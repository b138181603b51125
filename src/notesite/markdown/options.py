"""Config -> what of it the parsing of a note depends on."""

from __future__ import annotations

from msgspec import Struct

from notesite.config import Config


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

    @classmethod
    def of(cls, config: Config) -> Options:
        markdown, math = config.markdown, config.math
        return cls(
            markdown.html, markdown.typographer, markdown.soft_breaks, math.double_backslash,
            math.numbering, config.timezone, config.language_tags, config.excerpt.width,
        )  # fmt: skip
