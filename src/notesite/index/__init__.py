"""Documents and assets -> Library: URLs, sections, taxonomies, neighbours; link holes are filled.

A set of functions, each with its own inputs; this module calls them in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache

from msgspec.structs import replace

from notesite.config import Config
from notesite.index import files, neighbours, taxonomies
from notesite.index.cards import Published, asked_template, make_card
from notesite.index.filling import fill, leads
from notesite.index.links import Targets, anchors_of
from notesite.index.names import Names
from notesite.index.order import listing_key
from notesite.index.redirects import redirects
from notesite.index.reserved import Reserved
from notesite.index.sections import breadcrumbs, make_sections, off_home
from notesite.index.standing import Standing, clash_key, folder_url, stand
from notesite.index.urls import Address, assign, dead_menu, site_paths
from notesite.index.web import weave
from notesite.index.wikilinks import unwritten
from notesite.model import (
    Asset,
    Card,
    Entry,
    Library,
    Link,
    Location,
    Page,
    Problem,
    Series,
    Source,
    Taxonomy,
)

ReadingTime = Callable[[Entry], int]  # seconds


def index(
    documents: Sequence[Entry],
    assets: Iterable[Source],
    static: Iterable[str],
    config: Config,
    today: date,
    reading_time: ReadingTime,
    drafts: bool = False,
    future: bool = False,
) -> Library:
    """The library of what is to be published on `today` (a day in the site's time zone).

    `static` are the paths of static files, which links may lead to. Notes with an error are left
    out.
    """
    shown, held_back, counts = _visible(documents, today, drafts, future)
    standing = stand(shown)
    found = _taxonomies(standing, config)
    reserved = Reserved(standing, found)
    addresses, problems = assign(standing, reserved.by, config)
    problems += reserved.problems
    if len(addresses) < len(shown):
        shown = [document for document in shown if document.path in addresses]
        found = _taxonomies([note for note in standing if note.document.path in addresses], config)
    old = redirects(shown, addresses, reserved.for_redirects(), problems)
    everyone = standing if len(shown) == len(documents) else stand(documents)
    held = files.withheld(everyone, addresses, drafts)
    pages = site_paths(addresses, found) | dict(old).keys()
    published = tuple(files.place(assets, shown, addresses, held, static, pages, problems))
    urls = pages | {"/" + path for path in static}
    problems += dead_menu(config.menu, urls)
    targets = _targets(shown, addresses, published, urls, held_back, config)
    known = {taxonomy.name: taxonomies.Known(taxonomy) for taxonomy in found}
    notes = [
        _published(
            document, addresses[document.path], known, targets, config, reading_time, problems
        )
        for document in shown
    ]
    notes.sort(key=lambda note: listing_key(note.card))  # once, for all listings
    library = _library(notes, found, published, old, counts, problems, config)
    return replace(library, **weave(notes, targets.words)._asdict())


def _visible(
    documents: Iterable[Entry], today: date, drafts: bool, future: bool
) -> tuple[list[Entry], frozenset[str], tuple[int, int]]:
    """(documents to publish, paths held back, (how many drafts, how many of the future))."""
    shown: list[Entry] = []
    held: list[str] = []
    number = {"draft": 0, "future": 0}
    for document in documents:
        front = document.front_matter
        day = front.publish_date or front.date
        if document.problems and any(p.level == "error" for p in document.problems):
            continue
        if (front.draft or "/_drafts/" in f"/{document.path}") and not drafts:
            number["draft"] += 1
            held.append(document.path)
        elif day and day.date() > today and not future:
            number["future"] += 1
            held.append(document.path)
        else:
            shown.append(document)
    return shown, frozenset(held), (number["draft"], number["future"])


def _taxonomies(standing: Iterable[Standing], config: Config) -> tuple[Taxonomy, ...]:
    """Of the notes that stand in listings; an introduction's own terms lead nowhere."""
    notes = (note.document for note in standing if note.kind == "note")
    return taxonomies.collect(notes, config.taxonomies, config.menu)


def _targets(
    shown: Sequence[Entry],
    addresses: Mapping[str, Address],
    assets: Iterable[Asset],
    urls: set[str],
    held_back: frozenset[str],
    config: Config,
) -> Targets:
    notes = {path: address.url for path, address in addresses.items()}
    by_path = {asset.source.path: "/" + asset.path for asset in assets}
    targets = Targets(
        notes, held_back, by_path, frozenset(urls | set(by_path.values())), config.base_path,
        anchors_of(shown), Names(shown, by_path, held_back),
    )  # fmt: skip
    return (
        replace(targets, words=unwritten(shown, targets))
        if config.links.unwritten_pages
        else targets
    )


def _published(
    document: Entry,
    address: Address,
    known: Mapping[str, taxonomies.Known],
    targets: Targets,
    config: Config,
    reading_time: ReadingTime,
    problems: list[Problem],
) -> Published:
    card = make_card(document, address, known, targets, config, reading_time(document))
    if document.front_matter.image and not card.image:
        places = {key: (line, column) for key, line, column in document.front_matter.places}
        where = Location(document.shown, *places["image"])
        message = f"the image `{document.front_matter.image}` does not exist"
        problems.append(Problem("warning", message, where, "put it beside the note, or in static/"))
    html = fill(document.body, document.path, targets, problems)
    series = taxonomies.links(document.front_matter, known.get("series"))
    return Published(document, address, card, html, series, leads(document, targets))


def _library(
    notes: list[Published],
    found: tuple[Taxonomy, ...],
    assets: tuple[Asset, ...],
    old: tuple[tuple[str, str], ...],
    held_back: tuple[int, int],
    problems: list[Problem],
    config: Config,
) -> Library:
    count = len(notes)
    introductions = {clash_key(n.card.url): n.html for n in notes}
    found = tuple(taxonomies.introduced(taxonomy, introductions) for taxonomy in found)
    special = {clash_key(url) for t in found for url in (t.url, *(term.url for term in t.terms))}
    notes = [n for n in notes if clash_key(n.card.url) not in special]
    sections, section_cards = make_sections(notes, config)
    titles = {section.url: section.title for section in sections}
    crumbs = cache(lambda folder: breadcrumbs(folder, titles))
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
        redirects=old,
        assets=assets,
        notes=count,
        held_back=held_back,
        problems=tuple(problems),
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
