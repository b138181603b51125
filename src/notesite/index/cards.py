"""An Entry with its address -> its Card, and what its own page and section need besides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from msgspec import Struct

from notesite.index import taxonomies
from notesite.index.images import smaller
from notesite.index.links import Targets, href, resolve_image
from notesite.index.taxonomies import Known
from notesite.index.urls import Address
from notesite.model import (
    AskedTemplate,
    Card,
    Entry,
    Link,
    Location,
    Stored,
    has_math,
)


class Published(Struct, frozen=True):
    """A document that is published: with its address, card, body without holes, and the notes and
    words that it links to (see filling)."""

    document: Entry
    address: Address
    card: Card
    html: Stored
    series: tuple[Link, ...]
    leads: Mapping[str, tuple[str, Stored]]
    moments: tuple[str, str]  # when it was published and last changed


def make_card(
    document: Entry,
    address: Address,
    found: Mapping[str, Known],
    targets: Targets,
    author: str,
    lang: str,
    reading_time: int,
) -> Card:
    """What other pages see of the note. `found` are the taxonomies by name; `author` is the
    site's."""
    front = document.front_matter
    image = _image(front.image, document.path, targets)
    picture = targets.pictures.get(href(image, targets.base_path))
    return Card(
        title=document.title,
        title_html=document.title_html,
        url=address.url,
        date=front.date.date() if front.date else None,
        updated=_updated(document),
        excerpt=document.excerpt,
        excerpt_text=document.excerpt_text,
        reading_time=reading_time,
        tags=taxonomies.links(front, found.get("tags")),
        categories=taxonomies.links(front, found.get("categories")),
        lang=lang,
        pinned=front.pinned,
        weight=front.weight,
        author=front.author if front.author and front.author != author else "",
        image=image,
        math=document.excerpt.math or has_math(document.title_html),
        image_size=(picture.width, picture.height) if picture else None,
        thumbnail=next(iter(smaller(picture).values()), image),
    )


def moments(document: Entry, card: Card, zone: tzinfo) -> tuple[str, str]:
    """When the note was published and when it was last changed, in RFC 3339; "" where nothing says
    so. A day that git knows means its midnight."""
    date, updated = document.front_matter.date, document.front_matter.updated
    published = _moment(date) if date else ""
    if not card.updated:
        return published, published
    updated = updated or datetime.combine(card.updated, time(), zone)
    return published, _moment(max(updated, date) if date else updated)


def asked_template(document: Entry) -> AskedTemplate | None:
    """`template:` of the front matter, with its place."""
    front = document.front_matter
    if not front.template:
        return None
    places = {key: (line, column) for key, line, column in front.places}
    return AskedTemplate(front.template, Location(document.shown, *places["template"]))


def _moment(moment: datetime) -> str:
    text = moment.isoformat(timespec="seconds")
    if len(text) == len("2025-05-18T09:00:00+09:00"):
        return text
    # before clocks had zones, local time is off by seconds too, which RFC 3339 cannot say
    minutes = (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
    return _moment(moment.replace(tzinfo=timezone(timedelta(minutes=minutes))))


def _updated(document: Entry) -> date | None:
    front = document.front_matter
    updated = front.updated.date() if front.updated else document.updated
    if updated and front.date and updated < front.date.date():
        return None  # committed before the date that the note gives itself
    return updated


def _image(image: str | None, path: str, targets: Targets) -> str:
    if not image:
        return ""
    if image.startswith(("http://", "https://")):
        return image
    return resolve_image(image, path, targets)
