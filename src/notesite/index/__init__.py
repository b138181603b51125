"""Documents and assets -> Library: URLs, sections, taxonomies, neighbours; link holes are filled.

A set of functions, each with its own inputs; this module calls them in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain

from msgspec.structs import replace

from notesite.config import Config
from notesite.index import files, images, taxonomies
from notesite.index.cards import Published, make_card, moments
from notesite.index.filling import fill, leads
from notesite.index.graph import MAP, connect
from notesite.index.languages import Languages
from notesite.index.library import library
from notesite.index.links import Targets
from notesite.index.menus import dead, menu
from notesite.index.names import Names
from notesite.index.order import days, listing_key
from notesite.index.redirects import redirects
from notesite.index.reserved import Reserved
from notesite.index.searched import searched
from notesite.index.standing import Standing, clash_key, stand
from notesite.index.translations import contradictions, translated
from notesite.index.urls import Address, assign, site_paths
from notesite.index.web import weave
from notesite.index.wikilinks import called, unwritten
from notesite.languages import split
from notesite.model import (
    Asset,
    Entry,
    Library,
    Location,
    Problem,
    Resources,
    Source,
    Taxonomy,
)

ReadingTime = Callable[[Entry], int]  # seconds
NONE = Resources()


def index(
    documents: Sequence[Entry],
    assets: Iterable[Source],
    static: Iterable[str],
    config: Config,
    today: date,
    reading_time: ReadingTime,
    drafts: bool = False,
    future: bool = False,
    resources: Resources = NONE,
) -> Library:
    """The library of what is to be published on `today` (a day in the site's time zone).

    Links may lead to the static files, whose paths are `static`. Notes with an error are left out.
    """
    shown, away, counts = _visible(documents, today, drafts, future)
    languages = Languages.of(config, shown)
    standing = stand(shown, languages)
    found = _taxonomies(standing, languages, config)
    reserved = Reserved(standing, chain(*found.values()), languages, config.search)
    addresses, problems = assign(standing, reserved.by, config, languages)
    problems += reserved.problems
    if len(addresses) < len(shown):
        shown = [document for document in shown if document.path in addresses]
        standing = tuple(note for note in standing if note.document.path in addresses)
        found = _taxonomies(standing, languages, config)
    old = redirects(shown, addresses, reserved.for_redirects(), problems)
    everyone = standing if len(shown) == len(documents) else stand(documents, languages)
    held = files.withheld(everyone, addresses, drafts)
    pages = site_paths(addresses, found, languages, config.search) | dict(old).keys()
    placed = (*files.place(assets, standing, languages, addresses, held, static, pages, problems),)
    offered = {MAP} - pages if config.graph else set()
    urls = pages | offered | {"/" + path for path in static} | set(resources.urls)
    targets = _targets(shown, addresses, found, placed, urls, away, languages, config, resources)
    publish = _Publishing(languages, found, targets, config, reading_time, problems)
    notes = [publish.note(document, addresses[document.path]) for document in shown]
    notes.sort(key=lambda note: listing_key(note.card))  # once, for all listings
    return replace(
        _libraries(notes, found, languages, targets, offered, config, problems),
        redirects=old, assets=placed, notes=len(notes), held_back=counts,
        images=images.used(((n.document, n.card.image) for n in notes), targets, problems),
        called=called(targets), days=days(note.card for note in notes), problems=tuple(problems),
    )  # fmt: skip


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


def _taxonomies(
    standing: Iterable[Standing], languages: Languages, config: Config
) -> dict[str, tuple[Taxonomy, ...]]:
    """Of each language, of the notes that stand in its listings; an introduction's own terms lead
    nowhere."""
    notes: dict[str, list[Entry]] = {language: [] for language in languages.all}
    for note in standing:
        if note.kind == "note":
            notes[note.language].append(note.document)
    return {
        language: taxonomies.collect(
            notes[language],
            config.taxonomies,
            menu(config, language, languages.home(language)),
            languages.home(language),
        )
        for language in languages.all
    }


def _targets(
    shown: Sequence[Entry],
    addresses: Mapping[str, Address],
    found: Mapping[str, Iterable[Taxonomy]],
    assets: Iterable[Asset],
    urls: set[str],
    held_back: frozenset[str],
    languages: Languages,
    config: Config,
    resources: Resources,
) -> Targets:
    notes = {path: address.url for path, address in addresses.items()}
    places = {
        path: (address.language, split(path, languages.all)[1])
        for path, address in addresses.items()
        if languages.others
    }
    by_path = {asset.source.path: "/" + asset.path for asset in assets}
    targets = Targets(
        notes, held_back, by_path, frozenset(urls | set(by_path.values())), config.base_path,
        {document.path: document for document in shown}, Names(shown, by_path, held_back, places),
        languages={path: address.language for path, address in addresses.items()},
        terms={
            (language, clash_key(f"{taxonomy.name}/{term.name}")): term.url
            for language, each in found.items() for taxonomy in each for term in taxonomy.terms
        },
        aims={},
        anchors=set(),
        macros=resources.macros,
        pictures=images.by_url(assets, resources.pictures, config.base_path),
    )  # fmt: skip
    return (
        replace(targets, words=unwritten(shown, targets))
        if config.links.unwritten_pages
        else targets
    )


class _Publishing:
    """What all notes are published with."""

    def __init__(
        self, languages: Languages, found: Mapping[str, Iterable[Taxonomy]], targets: Targets,
        config: Config, reading_time: ReadingTime, problems: list[Problem],
    ) -> None:  # fmt: skip
        self._languages, self._targets = languages, targets
        self._reading_time, self._problems = reading_time, problems
        self._zone = config.zone
        self._known = {
            language: {taxonomy.name: taxonomies.Known(taxonomy) for taxonomy in each}
            for language, each in found.items()
        }
        self._authors = {tag: config.in_language(tag).author for tag in languages.all}

    def note(self, document: Entry, address: Address) -> Published:
        front, targets, problems = document.front_matter, self._targets, self._problems
        known = self._known[address.language]
        lang = self._languages.of_note(document, address.language)
        author = self._authors[address.language]
        card = make_card(
            document, address, known, targets, author, lang, self._reading_time(document)
        )
        if front.image and not card.image:
            places = {key: (line, column) for key, line, column in front.places}
            where = Location(document.shown, *places["image"])
            message = f"the image `{front.image}` does not exist"
            hint = "put it beside the note, or in static/"
            problems.append(Problem("warning", message, where, hint))
        html = fill(document.body, document.path, targets, problems)
        series = taxonomies.links(front, known.get("series"))
        when = moments(document, card, self._zone)
        return Published(document, address, card, html, series, leads(document, targets), when)


def _libraries(
    notes: Sequence[Published],
    found: Mapping[str, tuple[Taxonomy, ...]],
    languages: Languages,
    targets: Targets,
    offered: set[str],
    config: Config,
    problems: list[Problem],
) -> Library:
    """That of the default language, with the others. `offered` are the URLs that the map can
    have."""
    of: dict[str, list[Published]] = {language: [] for language in languages.all}
    for note in notes:
        of[note.address.language].append(note)
    web = weave(notes, targets.words)
    graph = connect(notes, targets.words, bool(offered))
    urls = targets.urls if graph.map else targets.urls - offered
    menus = {tag: menu(config, tag, languages.home(tag), urls) for tag in languages.all}
    problems += dead(chain(*menus.values()), urls)
    made = [
        replace(
            library(group, found[tag], languages.root(tag), config.in_language(tag).title, tag),
            menu=menus[tag],
            backlinks=web.backlinks,
            twohop=web.twohop,
            links=graph.links,
            map=graph.map,
            searched=searched(group) if config.search else (),
        )
        for tag, group in of.items()
    ]
    if languages.others:
        problems += contradictions(notes, languages)
        made = translated(made, notes, languages, problems)
    return replace(made[0], words=web.words, others=tuple(made[1:]))
