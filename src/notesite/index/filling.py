"""The HTML of a note with holes -> with its links, and the words that it links to."""

from __future__ import annotations

from html import escape

from msgspec.structs import replace

from notesite.index.links import Targets, linked, resolve
from notesite.index.wikilinks import aim, attributes
from notesite.model import Entry, LinkHole, NoteLink, Problem, Stored, WikiLink

Leads = dict[str, tuple[str, Stored]]  # word -> how it is written, the sentence that it stands in


def fill(html: Stored, path: str, targets: Targets, problems: list[Problem]) -> Stored:
    """The HTML of the note at `path` with its links resolved."""
    if not html.holes:
        return html
    links = tuple(_filled(hole, path, targets, problems) for hole in html.holes)
    return replace(html, holes=(), links=links)


def leads(document: Entry, targets: Targets) -> Leads:
    """What a note links to, in its order: notes by their path, unwritten words by `#` and their
    key."""
    found: Leads = {}
    if not document.body.holes:
        return found
    path, sentences = document.path, dict(document.sentences)
    for hole in document.body.holes:
        word = name = ""
        if isinstance(hole, WikiLink):
            aimed = aim(hole.target, path, targets)
            word = aimed.notes[0] if aimed.notes else f"#{aimed.word}" if aimed.word else ""
            name = aimed.name
        elif isinstance(hole, NoteLink):
            word = linked(hole, path, targets)
        if word and word != path and word not in found:
            found[word] = name, sentences.get(hole.target, Stored())
    return found


def _filled(hole: LinkHole, path: str, targets: Targets, problems: list[Problem]) -> str:
    if isinstance(hole, WikiLink):
        return attributes(hole, path, targets, problems)
    return escape(resolve(hole, path, targets, problems))
