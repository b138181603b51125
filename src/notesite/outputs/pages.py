"""Library -> one page for each note, and for each word that is wanted but not written."""

from __future__ import annotations

from collections.abc import Iterable

from notesite.model import Output
from notesite.outputs.cards import share_card
from notesite.outputs.frame import Around, Frame


def pages(frame: Frame) -> Iterable[Output]:
    """The notes' own pages."""
    library = frame.library
    near = {url: (previous, following) for url, previous, following in library.chronology}
    related = dict(library.related)
    for page in library.pages:
        card = page.card
        previous, following = near.get(card.url, (None, None))
        template = frame.template(page.template, "page.html")
        drawn = share_card(frame, page)
        around = frame.around(card.url)
        names = {
            "page": page,
            "previous": previous,
            "next": following,
            "related": related.get(card.url, ()),
            **around._asdict(),
            "description": page.description,
            "image": f"/{drawn.path}" if drawn else card.image,
            "breadcrumbs": (frame.home(card.lang), *page.breadcrumbs[1:]),
            "math": page.math or around.math,
            "code": page.html.code,
            "lang": card.lang,
        }
        yield frame.page(card.url, template, card.title, page.path, names)
        if drawn:
            yield drawn
    for word in library.words:
        names = {
            "backlinks": word.backlinks,
            "breadcrumbs": (frame.home(),),
            "math": Around(backlinks=word.backlinks).math,
            "noindex": True,
        }
        origin = f"the unwritten word {word.title}"
        yield frame.page(word.url, "word.html", word.title, origin, names)
