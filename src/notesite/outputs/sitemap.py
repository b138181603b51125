"""All other outputs -> sitemap.xml and robots.txt, which tell search engines what is here.

Nothing without a base_url: both are made of whole URLs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from notesite.model import Output, Template
from notesite.outputs.frame import Frame

LIMIT = 50_000  # URLs of one file (https://www.sitemaps.org/protocol.html)
Place = tuple[str, date | None]  # site path, day of the last change


def maps(frame: Frame, outputs: Iterable[Output]) -> Iterator[Output]:
    """The map of the pages among these outputs, in their order; of too many for one file it is an
    index of maps."""
    if not frame.config.base_url:
        return
    places = tuple(_places(outputs))
    name = "sitemap.xml"
    if len(places) > LIMIT:
        name = "sitemap_index.xml"
        parts = [places[start : start + LIMIT] for start in range(0, len(places), LIMIT)]
        paths = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
        for path, part in zip(paths, parts, strict=True):
            yield _file(frame, path, "sitemap.xml", part)
        changes = (max(filter(None, days), default=None) for days in map(_days, parts))
        places = tuple(zip(("/" + path for path in paths), changes, strict=True))
    yield _file(frame, "sitemap.xml", name, places)
    yield _file(frame, "robots.txt", "robots.txt", ())


def _places(outputs: Iterable[Output]) -> Iterator[Place]:
    """The pages that are to be found: without those that say `noindex`, and without the further
    pages of listings, to which the first one leads."""
    for output in outputs:
        if isinstance(output.recipe, Template) and output.path.endswith(".html"):
            names: Mapping[str, Any] = output.recipe.context
            pager = names.get("pagination")
            if not names.get("noindex") and (pager is None or pager.number == 1):
                yield names["url"], _changed(names)


def _changed(names: Mapping[str, Any]) -> date | None:
    """When the note was changed, or the newest that a listing shows, where that is known."""
    page = names.get("page")
    cards = (page.card,) if page else names.get("listing", ())
    return max(filter(None, (card.updated or card.date for card in cards)), default=None)


def _days(places: Iterable[Place]) -> Iterator[date | None]:
    return (changed for _, changed in places)


def _file(frame: Frame, path: str, template: str, places: tuple[Place, ...]) -> Output:
    context: dict[str, object] = {"url": "/" + path, "places": places}
    recipe = Template(template, context, frame.shared(frame.config.language))
    return Output(path, recipe, f"the file {path}", generated=True)
