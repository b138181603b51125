"""The HTML of a note with holes -> with its links and what it embeds, and the words that it links
to."""

from __future__ import annotations

from html import escape

from msgspec.structs import replace

from notesite.index import images
from notesite.index.links import Targets, href, linked, resolve
from notesite.index.shortcodes import accepted
from notesite.index.wikilinks import aim, attributes, embedded, tag_url
from notesite.model import (
    Embed,
    Embedded,
    Entry,
    ImageLink,
    LinkHole,
    NoteLink,
    Problem,
    Shortcode,
    ShortcodeEnd,
    Stored,
    TagLink,
    WikiLink,
    has_math,
)

DEEPEST = 5  # embeds in embeds
MOST = 500  # embeds on a page, with those in them

Leads = dict[str, tuple[str, Stored]]  # word -> how it is written, the sentence that it stands in
Filled = str | Embedded | Shortcode | ShortcodeEnd
Within = tuple[tuple[str, str], ...]  # path and passage of a note, of what that embeds, and so on


def fill(html: Stored, path: str, targets: Targets, problems: list[Problem]) -> Stored:
    """The HTML of the note at `path` with its links resolved."""
    return _Page(targets, problems).filled(html, ((path, ""),)) if html.holes else html


def leads(document: Entry, targets: Targets) -> Leads:
    """What a note links to, in its order: notes by their path, unwritten words by `#` and their
    key."""
    found: Leads = {}
    if not document.body.holes:
        return found
    path, sentences = document.path, dict(document.sentences)
    for hole in document.body.holes:
        name = ""
        if isinstance(hole, WikiLink):
            aimed = aim(hole.target, path, targets)
            word = aimed.notes[0] if aimed.notes else f"#{aimed.word}" if aimed.word else ""
            name = aimed.name
        elif isinstance(hole, NoteLink):
            word = linked(hole, path, targets)
        else:
            continue
        if word and word != path and word not in found:
            found[word] = name, sentences.get(hole.target, Stored())
    return found


class _Page:
    """One page. What is wrong with a link is told on the page of the note that it stands in, and
    nowhere else."""

    def __init__(self, targets: Targets, problems: list[Problem]) -> None:
        self._targets = targets
        self._problems = problems
        self._left = MOST
        self._refused = ""  # why something in an embed of the page itself is but a link
        self._told: set[str] = set()

    def filled(self, html: Stored, within: Within) -> Stored:
        """The HTML of the last of `within`."""
        problems = self._problems if len(within) == 1 else []
        links = tuple(self._filled(hole, within, problems) for hole in html.holes)
        shown = [link for link in links if isinstance(link, Embedded)]
        math = any(one.html.math or has_math(one.title) for one in shown)
        code = any(one.html.code for one in shown)
        return replace(html, holes=(), links=links, math=html.math or math, code=html.code or code)

    def _filled(self, hole: LinkHole, within: Within, problems: list[Problem]) -> Filled:
        path = within[-1][0]
        if isinstance(hole, Shortcode | ShortcodeEnd):
            return accepted(hole, self._targets.macros, problems)
        if isinstance(hole, ImageLink):
            url = resolve(hole, path, self._targets, problems)
            picture = self._targets.pictures.get(url)
            return images.attributes(hole, url, picture, self._targets.base_path)
        if isinstance(hole, TagLink):
            url = tag_url(hole, path, self._targets)
            return f' href="{escape(href(url, self._targets.base_path))}"' if url else ""
        if not isinstance(hole, WikiLink):
            return escape(resolve(hole, path, self._targets, problems))
        link = attributes(hole, path, self._targets, problems)
        if not isinstance(hole, Embed):
            return link
        found = self._embedded(hole, within)
        if len(within) == 1:
            self._tell(hole)
        return found or f"<p><a{link}>{escape(hole.label)}</a></p>\n"

    def _embedded(self, hole: Embed, within: Within) -> Embedded | None:
        path = within[-1][0]
        note, html = embedded(hole, path, self._targets)
        if note is None:
            return None
        place = (note.path, html.passage)
        if refused := self._refusal(hole, place, within):
            self._refused = refused
            return None
        self._left -= 1
        url = href(self._targets.notes[note.path], self._targets.base_path)
        return Embedded(note.title_html, url, self.filled(html, (*within, place)))

    def _tell(self, hole: Embed) -> None:
        """What was refused in an embed of the page, each only once."""
        if self._refused and self._refused not in self._told:
            self._told.add(self._refused)
            hint = "a link stands there instead"
            self._problems.append(Problem("warning", self._refused, hole.location, hint))
        self._refused = ""

    def _refusal(self, hole: Embed, place: tuple[str, str], within: Within) -> str:
        if place in within:
            around = [*within[within.index(place) :], place]
            named = " → ".join(f"{path}#{ident}".rstrip("#") for path, ident in around)
            return f"`{hole.target}` embeds itself: {named}"
        if len(within) > DEEPEST:
            return f"embeds stand more than {DEEPEST} deep in each other"
        return "" if self._left else f"this page embeds more than {MOST} notes"
