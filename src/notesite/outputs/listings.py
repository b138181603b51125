"""Library -> the pages that list notes: home, sections, terms, taxonomies, the archive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from notesite.index.order import months
from notesite.model import Card, Link, Output, Pagination, Section, Stored, Taxonomy, has_math
from notesite.outputs.feeds import own_feed
from notesite.outputs.frame import Around, Frame

WINDOW = 1  # page numbers on either side of the current one


class Listed(Struct, frozen=True):
    """What all pages of one listing have in common."""

    url: str
    template: str
    title: str
    origin: str
    introduction: Stored
    around: Around = Around()


def listings(frame: Frame) -> Iterable[Output]:
    """All listing pages."""
    cards_of = dict(frame.library.section_cards)
    for section in frame.library.sections:
        yield from _section(frame, section, cards_of[section.url])
    for taxonomy in frame.library.taxonomies:
        yield from _taxonomy(frame, taxonomy)
    cards = frame.library.listing
    titles_have_math = any(card.math and has_math(card.title_html) for card in cards)
    names = {"archive": months(cards), "breadcrumbs": (frame.home(),), "math": titles_have_math}
    yield frame.page(
        f"{frame.library.home}archive/", "archive.html", frame.word("archive"), "the archive", names
    )


def pagination(url: str, number: int, count: int) -> Pagination | None:
    """The pager of page `number` of `count` (from 1) of the listing at `url`; None for a single
    page.

    First, last, the current page and its neighbours, an ellipsis for each gap; near an end the run
    is longer, so that every pager of one listing has the same count of slots (SPEC 6).
    """
    if count < 2:
        return None
    inner = 2 * WINDOW + 3  # numbers of a run that stands at an end
    shown: list[int | None]
    if count <= inner + 2:
        shown = list(range(1, count + 1))
    elif number <= inner - WINDOW:
        shown = [*range(1, inner + 1), None, count]
    elif number > count - inner + WINDOW:
        shown = [1, None, *range(count - inner + 1, count + 1)]
    else:
        shown = [1, None, *range(number - WINDOW, number + WINDOW + 1), None, count]
    return Pagination(
        number=number,
        count=count,
        slots=tuple((n, page_url(url, n)) if n else None for n in shown),
        previous=page_url(url, number - 1) if number > 1 else "",
        next=page_url(url, number + 1) if number < count else "",
    )


def page_url(url: str, number: int) -> str:
    """The site path of page `number` of a listing; page 1 has the listing's own."""
    return url if number == 1 else f"{url}page/{number}/"


def _paged(
    frame: Frame,
    listed: Listed,
    cards: Sequence[Card],
    names: Mapping[str, object],
) -> Iterable[Output]:
    """The pages of one listing; the first one shows the introduction too, and
    what is linked with it."""
    size = frame.config.listing.per_page
    count = max(1, -(-len(cards) // size))
    for number in range(1, count + 1):
        shown = tuple(cards[(number - 1) * size : number * size])
        introduction, around = listed.introduction, listed.around
        if number > 1:
            introduction, around = Stored(), Around()
        own = {
            **around._asdict(),
            "listing": shown,
            "pagination": pagination(listed.url, number, count),
            "math": _math(shown) or introduction.math or around.math,
            "code": introduction.code,
        }
        url = page_url(listed.url, number)
        yield frame.page(url, listed.template, listed.title, listed.origin, {**names, **own})


def _section(frame: Frame, section: Section, cards: Sequence[Card]) -> Iterable[Output]:
    home = section.url == frame.library.home
    title = frame.config.title if home else section.title
    template = frame.template(section.template, "home.html" if home else "section.html")
    around = Around() if home else frame.around(section.url)  # all is linked with the home page
    origin = f"the section {section.url}"
    listed = Listed(section.url, template, title, origin, section.html, around)
    names = {
        "section": section,
        "sections": section.sections,
        "breadcrumbs": (frame.home(), *section.breadcrumbs[1:]) if section.breadcrumbs else (),
        "description": (home and frame.config.description) or section.description,
        "feed": "" if home else own_feed(frame.config, section.url, cards),
    }
    return _paged(frame, listed, frame.library.listing if home else cards, names)


def _taxonomy(frame: Frame, taxonomy: Taxonomy) -> Iterable[Output]:
    title = frame.word(taxonomy.name)
    names: dict[str, object] = {"taxonomy": taxonomy, "breadcrumbs": (frame.home(),)}
    own = {**names, "math": taxonomy.html.math, "code": taxonomy.html.code}
    yield frame.page(taxonomy.url, "taxonomy.html", title, f"the taxonomy {taxonomy.name}", own)
    cards = {slug: group for name, slug, group in frame.library.terms if name == taxonomy.name}
    names["breadcrumbs"] = (frame.home(), Link(title, taxonomy.url))
    for term in taxonomy.terms:
        origin, around = f"the term {term.name}", frame.around(term.url)
        listed = Listed(term.url, "term.html", term.name, origin, term.html, around)
        own = {"term": term, "feed": own_feed(frame.config, term.url, cards[term.slug])}
        yield from _paged(frame, listed, cards[term.slug], {**names, **own})


def _math(cards: Iterable[Card]) -> bool:
    return any(card.math for card in cards)
