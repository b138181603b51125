"""Settings and notes -> the languages of the site, and which of them a note belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from notesite.config import Config
from notesite.languages import split, split_folder
from notesite.model import Entry


class Languages(Struct, frozen=True):
    """`default` has the URLs from `/`; each of `others` has those below its `home`. A note stands
    at a *place*: its path as if every other language had a folder at the top, and the default one
    had none."""

    default: str
    others: tuple[str, ...] = ()
    guessed: bool = False  # nobody has said the default one

    @classmethod
    def of(cls, config: Config, shown: Iterable[Entry]) -> Languages:
        """By the settings; where they say nothing, what most notes are written in."""
        if tags := config.language_tags:
            return cls(tags[0], tags[1:])
        counts = Counter(entry.lang for entry in shown if entry.lang)
        most = min(counts, key=lambda lang: (-counts[lang], lang), default="en")
        return cls(most, guessed=True)

    @property
    def all(self) -> tuple[str, ...]:
        return self.default, *self.others

    def place(self, entry: Entry) -> tuple[str, str]:
        """The language that a note belongs to, and its place. It is that of its path, else its
        `lang`, if that is one of the site's."""
        if not self.others:
            return self.default, entry.path
        language, path = split(entry.path, self.all)
        if not language:
            language = entry.lang if entry.lang in self.others else self.default
        root = self.root(language)
        return language, f"{root}/{path}" if root else path

    def folder(self, path: str) -> str:
        """The place of the folder of a file that is no note."""
        language, below = split_folder(path, self.all) if self.others else ("", path)
        return (below if language == self.default else path).rpartition("/")[0]

    def root(self, language: str) -> str:
        """The folder at the top of the places of this language."""
        return "" if language == self.default else language

    def home(self, language: str) -> str:
        """The site path of its home page."""
        return "/" if language == self.default else f"/{language.lower()}/"

    def of_note(self, entry: Entry, language: str) -> str:
        """What its text is written in, where it stands among the notes of `language`. Han alone
        is Japanese on a site whose notes are."""
        if self.guessed and entry.lang == "zh" and not entry.front_matter.lang:
            return "ja" if self.default == "ja" else "zh"
        return entry.lang or language
