"""An output that shows notes <-> a row of the memo: notes on it are named by their own outputs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from typing import Any

from msgspec import Raw, Struct, msgpack

from notesite.model import (
    Archive,
    Backlink,
    Feed,
    Hop,
    Link,
    Output,
    Page,
    Pagination,
    Section,
    Site,
    SiteMap,
    Taxonomy,
    Template,
    Term,
    Version,
)
from notesite.outputs.frame import ABSENT, path_of

RawFrame = dict[str, Raw]  # what all pages of a language are given, by name

# The names that pages and feeds are given, with the types of their values: those that notes stand
# under, the others, and those of what all pages are given.
_SHOWING = {
    "page": Page, "pages": tuple[str, ...], "listing": tuple[str, ...],  # by their own outputs
    "previous": Link | None, "next": Link | None, "related": tuple[Link, ...],
    "links": tuple[Link, ...], "backlinks": tuple[Backlink, ...], "twohop": tuple[Hop, ...],
    "archive": tuple[Archive, ...], "map": SiteMap,
}  # fmt: skip
_NAMES = {
    **_SHOWING,
    "title": str, "url": str, "description": str, "image": str, "breadcrumbs": tuple[Link, ...],
    "math": bool, "code": bool, "lang": str, "versions": tuple[Version, ...], "noindex": bool,
    "pagination": Pagination | None, "section": Section, "sections": tuple[Link, ...],
    "taxonomy": Taxonomy, "term": Term, "places": tuple[tuple[str, date | None], ...],
    "feed": str, "target": str, "home": str, "updated": str, "full_text": bool,
    "site": Site, "menu": tuple[Link, ...], "graph": bool, "map_url": str,
    "taxonomies": tuple[Taxonomy, ...], "assets": dict[str, str], "feeds": tuple[Feed, ...],
    "search": str, "t": dict[str, object],
}  # fmt: skip


_decoders = {name: msgpack.Decoder(kind) for name, kind in _NAMES.items()}


class Row(Struct, frozen=True, array_like=True):
    """`frame` names what the output is given besides its own context."""

    path: str
    template: str
    origin: str
    generated: bool
    frame: str
    context: dict[str, Raw]

    @property
    def names(self) -> dict[str, Any]:
        """The context; each of `pages` and `listing` is the path of its own output."""
        return {name: _decoders[name].decode(value) for name, value in self.context.items()}


_rows = msgpack.Decoder(Row)


def is_known(recipe: Template) -> bool:
    """Whether all that it is given is known here."""
    return recipe.context.keys() <= _NAMES.keys()


def shows_notes(recipe: Template) -> bool:
    """Whether its output is to have a row."""
    return is_known(recipe) and not _SHOWING.keys().isdisjoint(recipe.context)


def row_of(output: Output, recipe: Template) -> bytes:
    """The row of an output that `shows_notes`."""
    context = dict(recipe.context)
    if isinstance(pages := context.get("pages"), tuple):
        context["pages"] = [path_of(page.card.url) for page in pages]
    if isinstance(cards := context.get("listing"), tuple):
        context["listing"] = [path_of(card.url) for card in cards]
    frame = frame_name(recipe.shared)
    row = output.path, recipe.name, output.origin, output.generated, frame, context
    return msgpack.encode(row)


def read_row(row: bytes) -> Row:
    """What `row_of` gave."""
    return _rows.decode(row)


def row_key(path: str, key: str) -> bytes:
    """Under which the row is kept: of the output at `path`, written under its `key`."""
    return blake2b(f"{path}\0{key}".encode(), digest_size=16).digest()


def frame_name(shared: Mapping[str, object]) -> str:
    """What tells this frame from the others of the site."""
    site = shared["site"]
    return f"{site.home} {shared['lang']}" if isinstance(site, Site) else ""


def raw_frame(shared: Mapping[str, object]) -> RawFrame:
    """What of a frame is not the same in all."""
    own = {n: v for n, v in shared.items() if n not in ABSENT or v is not ABSENT[n]}
    return {name: Raw(msgpack.encode(value)) for name, value in own.items()}


def read_frame(raw: RawFrame) -> dict[str, object]:
    """The frame that `raw_frame` was given."""
    return {**ABSENT, **{name: _decoders[name].decode(value) for name, value in raw.items()}}
