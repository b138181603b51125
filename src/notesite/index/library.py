"""The published notes of one language -> its Library, without what belongs to the whole site."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from notesite.index import neighbours, taxonomies
from notesite.index.cards import Published, asked_template
from notesite.index.sections import breadcrumbs, make_sections, off_home
from notesite.index.standing import clash_key, folder_url
from notesite.model import Card, Library, Link, Page, Series, Taxonomy


def library(
    notes: list[Published], found: tuple[Taxonomy, ...], root: str, title: str, language: str
) -> Library:
    """`notes` in listing order; `root` is the folder that they all stand below, `title` the
    site's."""
    introductions = {clash_key(n.card.url): n.html for n in notes}
    found = tuple(taxonomies.introduced(taxonomy, introductions) for taxonomy in found)
    special = {clash_key(url) for t in found for url in (t.url, *(term.url for term in t.terms))}
    notes = [n for n in notes if clash_key(n.card.url) not in special]
    sections, section_cards = make_sections(notes, root, title)
    titles = {section.url: section.title for section in sections}
    crumbs = cache(lambda folder: breadcrumbs(folder, root, titles))
    away = off_home(notes)
    single = [n for n in notes if n.address.kind == "note"]
    shown = [n for n in single if n.document.front_matter.listed]
    listed = [n.card for n in shown if not _below(n, away)]
    series = neighbours.series([n.card for n in shown], {n.card.url: n.series for n in shown})
    related = neighbours.related(n.card for n in shown)
    near = neighbours.chronology(listed)
    return Library(
        pages=tuple(_page(note, crumbs, series.get(note.card.url, ())) for note in single),
        sections=tuple(section for section in sections if clash_key(section.url) not in special),
        section_cards=section_cards,
        taxonomies=found,
        terms=tuple(_terms(found, shown)),
        listing=tuple(listed),
        chronology=tuple((url, *pair) for url, pair in sorted(near.items())),
        related=tuple(sorted(related.items())),
        language=language,
        home=folder_url(root),
    )


def _below(note: Published, folders: set[str]) -> bool:
    folder = note.address.folder
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return folder in folders


def _page(
    note: Published, crumbs: Callable[[str], tuple[Link, ...]], series: tuple[Series, ...]
) -> Page:
    document, front = note.document, note.document.front_matter
    published, updated = note.moments
    return Page(
        card=note.card,
        html=note.html,
        headings=document.headings,
        description=front.description or note.card.excerpt_text,
        breadcrumbs=crumbs(note.address.folder),
        section=folder_url(note.address.folder),
        series=series,
        template=asked_template(document),
        toc=front.toc is not False and sum(2 <= h.level <= 3 for h in document.headings) > 1,
        math=note.html.math or note.card.math,
        path=document.shown,
        extra=dict(front.extra),
        published=published,
        updated=updated,
    )


def _terms(
    found: Iterable[Taxonomy], notes: list[Published]
) -> Iterable[tuple[str, str, tuple[Card, ...]]]:
    """(taxonomy, slug, cards in listing order) of each term."""
    for taxonomy in found:
        having: dict[str, list[Card]] = {term.url: [] for term in taxonomy.terms}
        known = taxonomies.Known(taxonomy)
        for note in notes:
            for link in known.links(note.document.front_matter):
                having[link.url].append(note.card)
        for term in taxonomy.terms:
            yield taxonomy.name, term.slug, tuple(having[term.url])
