"""Published notes -> Sections: a folder with its introduction, notes and subsections."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from notesite.index.cards import Published, asked_template
from notesite.index.standing import folder_url
from notesite.model import Card, Link, Section, Stored

Cards = tuple[tuple[str, tuple[Card, ...]], ...]


def make_sections(
    notes: Iterable[Published], root: str, title: str
) -> tuple[tuple[Section, ...], Cards]:
    """All sections by URL, that of `root` first, the home section with the site's title; and the
    cards of each, its own and deeper ones, in the order of the notes. A folder is a section if a
    note is in it or below."""
    notes = list(notes)
    introductions = {n.address.folder: n for n in notes if n.address.kind == "section"}
    members: dict[str, list[Card]] = {root: []}
    for note in notes:
        for folder in _upward(note.address.folder, root):
            group = members.setdefault(folder, [])
            if note.address.kind == "note" and note.document.front_matter.listed:
                group.append(note.card)
    names = {folder: folder.rpartition("/")[2].lstrip("_") or title for folder in members}
    names[root] = title
    titles = {folder: _title(introductions.get(folder), names[folder]) for folder in members}
    order = {folder: _order(folder, introductions.get(folder), titles) for folder in members}
    folders = sorted(members)
    children: dict[str, list[str]] = {}
    for folder in sorted(folders, key=order.__getitem__):
        if folder != root:
            children.setdefault(folder.rpartition("/")[0], []).append(folder)
    by_url = {folder_url(f): title for f, title in titles.items()}
    sections = [
        _section(f, root, introductions.get(f), children.get(f, []), titles, by_url)
        for f in folders
    ]
    cards = ((folder_url(folder), tuple(members[folder])) for folder in folders)
    return tuple(sections), tuple(cards)


def off_home(notes: Iterable[Published]) -> set[str]:
    """The folders whose introduction says `listed: false`: their notes stay off the home
    listing."""
    return {
        note.address.folder
        for note in notes
        if note.address.kind == "section" and not note.document.front_matter.listed
    }


def breadcrumbs(folder: str, root: str, titles: dict[str, str]) -> tuple[Link, ...]:
    """Links to the sections above and including `folder`, home first. `titles` are by URL."""
    urls = [folder_url(f) for f in _upward(folder, root)]
    return tuple(Link(titles[url], url) for url in reversed(urls))


def _section(
    folder: str,
    root: str,
    introduction: Published | None,
    children: list[str],
    titles: dict[str, str],
    by_url: dict[str, str],
) -> Section:
    """`children` are the folders right below, in order; `titles` are by folder, `by_url` by URL."""
    above = breadcrumbs(folder.rpartition("/")[0], root, by_url) if folder != root else ()
    document = introduction.document if introduction else None
    front = document.front_matter if document else None
    return Section(
        title=titles[folder],
        url=folder_url(folder),
        html=introduction.html if introduction else Stored(),
        sections=tuple(Link(titles[f], folder_url(f)) for f in children),
        breadcrumbs=above,
        description=(front.description if front else None)
        or (document.excerpt_text if document else ""),
        template=asked_template(document) if document else None,
        headings=document.headings if document else (),
    )


def _title(introduction: Published | None, otherwise: str) -> str:
    """What the introduction is titled; a file's name is no title (`README`), a folder's is."""
    if introduction:
        title = introduction.card.title
        stem = PurePosixPath(introduction.document.path).name.partition(".")[0].lower()
        if title.lower() != stem or stem not in ("readme", "index", "_index"):
            return title
    return otherwise


def _order(
    folder: str, introduction: Published | None, titles: dict[str, str]
) -> tuple[bool, int, str]:
    weight = introduction.card.weight if introduction else None
    return weight is None, weight or 0, titles[folder]


def _upward(folder: str, root: str) -> Iterable[str]:
    while folder != root:
        yield folder
        folder = folder.rpartition("/")[0]
    yield root
