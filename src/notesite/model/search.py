"""The values of search: notes that it finds, and the recipes of the parts of its index."""

from __future__ import annotations

from msgspec import Struct


class Searched(Struct, frozen=True, array_like=True):
    """A note that search finds. `digest` is of its text and of what they can be found by,
    which are kept elsewhere."""

    url: str
    title: str
    lang: str
    digest: bytes


class Contexts(Struct, frozen=True, tag=True):
    """The part of an index that shows these notes: titles and texts."""

    notes: tuple[Searched, ...]


class Shard(Struct, frozen=True, tag=True):
    """The part `number` of `count` of an index that finds notes by what they hold. `groups` are
    all its notes, as they are numbered, and `digest` is of them."""

    number: int
    count: int
    groups: tuple[tuple[Searched, ...], ...]
    digest: bytes
