"""What stands in a line of Scrapbox, as values."""

from __future__ import annotations

from msgspec import Struct


class Words(Struct, frozen=True):
    text: str


class Code(Struct, frozen=True):
    text: str


class Formula(Struct, frozen=True):
    """Its TeX, without white space at the ends; never empty."""

    tex: str


class Decoration(Struct, frozen=True):
    """`[*/ inner]`; `[[inner]]` is one with the sign `*`."""

    signs: str
    inner: tuple[Node, ...]


class Page(Struct, frozen=True):
    """A link to a page of the same project; `label` where it shows something else."""

    title: str
    label: str = ""


class Tag(Struct, frozen=True):
    """`#name`."""

    name: str


class Web(Struct, frozen=True):
    """A link to an address; without a label it shows the address."""

    url: str
    label: str = ""


class Image(Struct, frozen=True):
    """An image, and the address that it leads to."""

    url: str
    link: str = ""


Node = Words | Code | Formula | Decoration | Page | Tag | Web | Image
