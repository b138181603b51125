"""Libraries of several languages -> which of their pages are the same in another language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from notesite.config import FILE_NAME
from notesite.index.cards import Published
from notesite.index.languages import Languages
from notesite.index.urls import name_of
from notesite.languages import split
from notesite.model import Library, Location, Problem, Translation

_Groups = dict[str, dict[str, str]]  # what a page is -> language -> URL


def translated(
    libraries: Sequence[Library], notes: Iterable[Published], languages: Languages,
    problems: list[Problem],
) -> list[Library]:  # fmt: skip
    """The libraries with their translations: by URL, the page in every language that has it, the
    default one first.

    Notes are the same if they have the same `translation_key`, or else the same place but for the
    language; listings if they have the same URL below their home pages.
    """
    groups: _Groups = {}
    first: dict[tuple[str, str], Published] = {}
    for note in sorted(notes, key=lambda note: note.document.path):
        key, language = _key(note, languages), note.address.language
        other = first.setdefault((key, language), note)
        if other is not note:
            problems.append(_twice(note, other, language))
        groups.setdefault(key, {}).setdefault(language, note.card.url)
    named = {url for group in groups.values() for url in group.values()}
    for library in libraries:
        for url in _listings(library):
            if url not in named:
                key = f"listing {url[len(library.home) :]}"
                groups.setdefault(key, {})[library.language] = url
    found: dict[str, dict[str, tuple[Translation, ...]]] = {tag: {} for tag in languages.all}
    for group in groups.values():
        if len(group) > 1:
            pages = tuple(Translation(tag, group[tag]) for tag in languages.all if tag in group)
            for page in pages:
                found[page.language][page.url] = pages
    homes = tuple(Translation(library.language, library.home) for library in libraries)
    return [
        replace(library, homes=homes, translations=tuple(sorted(found[library.language].items())))
        for library in libraries
    ]


def contradictions(notes: Iterable[Published], languages: Languages) -> Iterable[Problem]:
    """What is wrong with the languages of notes."""
    seen = set()
    for note in notes:
        document, lang = note.document, note.document.front_matter.lang
        language = note.address.language
        seen.add(language)
        if lang in languages.all and lang != language:
            named, _ = split(document.path, languages.all)
            places = {key: (line, column) for key, line, column in document.front_matter.places}
            where = Location(document.shown, *places.get("lang", (0, 0)))
            message = f"this note says `lang: {lang}`, but its path says `{named}`"
            hint = f"it stands among the notes in `{language}`; move it, or remove `lang`"
            yield Problem("warning", message, where, hint)
    for language in languages.others:
        if language not in seen:
            hint = f"write some in a folder `{language}/`, or with names that end in .{language}.md"
            message = f"there are no notes in `{language}`"
            yield Problem("note", message, Location(FILE_NAME), hint)


def _key(note: Published, languages: Languages) -> str:
    """What is the same in all languages."""
    if key := note.document.front_matter.translation_key:
        return f"key {key}"
    home = languages.home(note.address.language)
    if note.address.kind == "section":
        return f"listing {note.card.url[len(home) :]}"
    folder = note.address.folder.removeprefix(languages.root(note.address.language)).strip("/")
    _, path = languages.place(note.document)
    return f"note {folder}/{name_of(path)}"


def _listings(library: Library) -> Iterable[str]:
    yield library.home + "archive/"
    yield from (section.url for section in library.sections)
    for taxonomy in library.taxonomies:
        yield taxonomy.url
        yield from (term.url for term in taxonomy.terms)


def _twice(note: Published, other: Published, language: str) -> Problem:
    message = f"this note and {other.document.shown} are the same one in `{language}`"
    hint = f"{other.document.shown} is taken for the translation; rename this one"
    return Problem("warning", message, Location(note.document.shown), hint)
