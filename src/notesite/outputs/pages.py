"""Library -> one page for each note."""

from __future__ import annotations

from collections.abc import Iterable

from notesite.model import Output
from notesite.outputs.frame import Frame


def pages(frame: Frame) -> Iterable[Output]:
    """The notes' own pages."""
    library = frame.library
    near = {url: (previous, following) for url, previous, following in library.chronology}
    related = dict(library.related)
    for page in library.pages:
        card = page.card
        previous, following = near.get(card.url, (None, None))
        template = frame.template(page.template, "page.html")
        names = {
            "page": page,
            "previous": previous,
            "next": following,
            "related": related.get(card.url, ()),
            "description": page.description,
            "breadcrumbs": (frame.home(card.lang), *page.breadcrumbs[1:]),
            "math": page.math,
            "lang": card.lang,
        }
        yield frame.page(card.url, template, card.title, page.path, names)
