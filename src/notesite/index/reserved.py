"""Where notes stand -> the URLs that the site itself needs: sections, the archive, the search page,
pages of listings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from notesite.index.languages import Languages
from notesite.index.standing import Standing, clash_key, folder_url
from notesite.model import Location, Problem, Taxonomy


class Reserved:
    """The URLs that no note and no redirect can have.

    A term's and a taxonomy's are only kept from redirects: a note there introduces it.
    """

    def __init__(
        self, standing: Iterable[Standing], found: Iterable[Taxonomy], languages: Languages,
        search: bool,
    ) -> None:  # fmt: skip
        found = tuple(found)
        terms = {term.url: f"the term {term.name}" for t in found for term in t.terms}
        self._taxonomies = {t.url: f"the taxonomy {t.name}" for t in found} | terms
        homes = {languages.home(tag): languages.root(tag) for tag in languages.all}
        self._pages = {f"{home}archive/": "the archive" for home in homes}
        if search:
            self._pages |= {f"{home}search/": "the search page" for home in homes}
        self._sections: dict[str, str] = dict(homes)
        self.problems: list[Problem] = []
        for folder, where in sorted(_folders(standing).items()):
            url = folder_url(folder)
            other = self._sections.setdefault(clash_key(url), folder)
            if url in self._taxonomies:
                del self._sections[clash_key(url)]
            elif other != folder:
                message = f"the folders {other} and {folder} both are the section {url}"
                hint = f"rename one of them; until then {url} lists the notes of {other} alone"
                self.problems.append(Problem("error", message, Location(where), hint))

    def by(self, url: str) -> str:
        """What has this URL (`the archive`), or ""."""
        key = clash_key(url)
        if key in self._pages:
            return self._pages[key]
        if key in self._sections:
            return f"the section {self._sections[key] or '/'}"
        paged = "/page/" in key and re.fullmatch(r"(/|/.*/)page/\d+/", key)
        if paged and (paged[1] in self._sections or paged[1] in self._taxonomies):
            return f"the listing {paged[1]}"
        return ""

    def for_redirects(self) -> Mapping[str, str]:
        """The keys of all these URLs, but for the pages of listings, with what has them."""
        sections = {key: f"the section {folder or '/'}" for key, folder in self._sections.items()}
        terms = {clash_key(url): name for url, name in self._taxonomies.items()}
        return self._pages | sections | terms


def _folders(standing: Iterable[Standing]) -> dict[str, str]:
    """Every folder that is a section, with how problems name it."""
    found: dict[str, str] = {}
    for note in standing:
        folder, shown = note.folder, note.document.shown
        if depth := note.place.count("/") - folder.count("/"):
            shown = shown.rsplit("/", depth)[0]
        while folder and folder not in found:
            found[folder] = shown
            folder, shown = folder.rpartition("/")[0], shown.rpartition("/")[0]
    return found
