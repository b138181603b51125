"""Library -> the search page, and the index that it looks into, in small parts.

The notes stand in groups by their addresses, so that a new one changes the numbers in its own group
alone. A query reads the shards of its grams and the contexts of the few notes that it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from zlib import crc32

from msgspec import json

from notesite.model import Contexts, Output, Searched, Shard, Written
from notesite.outputs.frame import Frame

SHOWN = 4  # notes whose contexts are one file
_GROUP, _SHARD = 128, 8  # notes a group has, and a shard stands for, at least; at most twice that


def search(frame: Frame) -> Iterable[Output]:
    """The page and the index, unless the site wants none."""
    if frame.config.search:
        names = {"breadcrumbs": (frame.home(),), "description": frame.word("search_label")}
        folder = folder_of(frame.library.home)
        yield frame.page(
            f"/{folder}/", "search.html", frame.word("search"), "the search page", names
        )
        yield from index(folder, frame.library.searched)


def folder_of(home: str) -> str:
    """The output folder of the search page and the index of the language whose home is at this
    site path."""
    return f"{home}search".lstrip("/")


def index(folder: str, notes: Sequence[Searched]) -> Iterable[Output]:
    """The index of these notes (the oldest first) below an output folder. Numbers of parts are
    powers of two: they rarely change."""
    count = _power(len(notes) // _SHARD)
    groups: list[list[Searched]] = [[] for _ in range(_power(len(notes) // _GROUP))]
    for note in notes:
        groups[group_of(note.url, len(groups))].append(note)
    head = json.encode({"notes": len(notes), "shards": count, "shown": SHOWN})
    yield _part(f"{folder}/index.json", Written(head))
    whole = tuple(map(tuple, groups))
    digest = digest_of(whole)
    for number in range(count):
        yield _part(f"{folder}/words/{number}.json", Shard(number, count, whole, digest))
    for number, group in enumerate(groups):
        for start in range(0, len(group), SHOWN):
            contexts = Contexts(tuple(group[start : start + SHOWN]))
            yield _part(f"{folder}/notes/{number}-{start // SHOWN}.json", contexts)


def group_of(url: str, count: int) -> int:
    """The number of the group, of `count`, that has the note at this address."""
    return crc32(url.encode()) % count


def digest_of(groups: Iterable[Iterable[Searched]]) -> bytes:
    """A digest of what the notes of all groups can be found by."""
    digests = (b"".join(note.digest for note in group) for group in groups)
    return blake2b(b"\0".join(digests), digest_size=16).digest()


def _power(number: int) -> int:
    """The greatest power of two that is not above, at least 1."""
    return 1 << max(number.bit_length() - 1, 0)


def _part(path: str, recipe: Contexts | Shard | Written) -> Output:
    return Output(path, recipe, "the search index", generated=True)
