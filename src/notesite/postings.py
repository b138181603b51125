"""Grams of notes -> postings, gram by gram; and those of all groups -> a shard, as JSON.

`3A!BC12A` says: in group 3 notes 0, 1 and 2, in whose title it is for note 1; in group 12 note 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zlib import crc32

from msgspec import json, msgpack

from notesite.markdown.findable import Grams

MARKS = ("!", "@", "#", "+", "")  # of the levels of grams, from the title down
STEM = 3  # letters by which a word has its shard: those that begin alike are found together

_part = msgpack.Decoder(dict[str, str])
_encoder = msgpack.Encoder(order="deterministic")


def of_group(number: int, notes: Sequence[Grams], count: int) -> list[bytes]:
    """What each of `count` shards holds of a group's notes, which are numbered as they come."""
    start = str(number)
    postings: dict[str, str] = {}
    known = postings.get
    for place, levels in enumerate(notes):
        letter = _letter(place)
        for mark, grams in zip(MARKS, levels, strict=True):
            sign = mark + letter
            for gram in grams.split("\n"):
                postings[gram] = known(gram, start) + sign
    postings.pop("", None)  # of a level without grams
    parts: list[dict[str, str]] = [{} for _ in range(count)]
    for gram, found in postings.items():
        parts[shard_of(gram, count)][gram] = found
    return [_encoder.encode(part) for part in parts]


def shard_of(gram: str, count: int) -> int:
    """The number of the shard that holds a gram: by its checksum, of a word by that of its
    stem."""
    return crc32((gram if " " in gram else gram[:STEM]).encode()) % count


def merged(parts: Iterable[bytes]) -> bytes:
    """A shard, from what it holds of each group."""
    postings: dict[str, str] = {}
    for part in parts:
        for gram, found in _part.decode(part).items():
            postings[gram] = postings.get(gram, "") + found
    return json.encode(dict(sorted(postings.items())))


def _letter(place: int) -> str:
    """One character for each note of a group, none of them a digit or a mark: A to ~, then ¡ …"""
    return chr(place + (0x41 if place < 62 else 0x63))
