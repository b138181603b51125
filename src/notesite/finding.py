"""A part of the search index -> its bytes and its key, with a memory: an edit of one note makes the
postings of its group anew, and no others are read but for the shards that it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from struct import pack, unpack

from msgspec import json, msgpack

from notesite.index.links import href
from notesite.markdown.findable import Grams, Stretches
from notesite.memo import Memo
from notesite.model import Contexts, Shard
from notesite.postings import merged, of_group

SIZE = 8  # bytes of the digest of what a shard holds of a group, as struct's Q

_stretches = msgpack.Decoder(Stretches)
_grams = msgpack.Decoder(Grams)
_parts = msgpack.Decoder(list[bytes])
Rows = Callable[[str, Sequence[bytes]], list[bytes]]  # table, digests -> what is kept of notes


class Finding:
    """`rows` gives what is kept of notes; `memo` keeps what is made of groups of them."""

    def __init__(self, rows: Rows, memo: Memo) -> None:
        self._rows = rows
        self._memo = memo
        self._groups: dict[tuple[int, int], tuple[bytes, list[bytes]]] = {}  # with its key
        self._keys: tuple[object, list[bytes]] = ((), [])  # of groups, those asked for last
        # of each shard, what it holds of the groups; of the last index asked for
        self._digests: tuple[object, list[bytes]] = ((), [])

    def key(self, shard: Shard) -> str:
        """Another one means other bytes, and the same one the same: a digest over those of what
        the shard holds of each group."""
        if self._digests[0] is not shard.groups:
            of_groups = [unpack(f"{shard.count}Q", held) for held in self._digests_of(shard)]
            form = f"{len(of_groups)}Q"
            of_shards = [pack(form, *held) for held in zip(*of_groups, strict=True)]
            self._digests = shard.groups, of_shards
        return blake2b(self._digests[1][shard.number], digest_size=SIZE).hexdigest()

    def made(self, part: Contexts | Shard) -> bytes:
        """The part, as JSON."""
        if isinstance(part, Contexts):
            rows = self._rows("stretches", [note.digest for note in part.notes])
            return json.encode([
                (href(note.url, ""), note.title, note.lang, _stretches.decode(row))
                for note, row in zip(part.notes, rows, strict=True)
            ])  # fmt: skip
        groups = (self._held(number, part) for number in range(len(part.groups)))
        return merged(held[part.number] for held in groups)

    def _digests_of(self, shard: Shard) -> list[bytes]:
        """For each group, the digests of what all shards hold of it, one after the other."""
        keys = self._keys_of(shard)
        self._memo.keep("shards", keys)
        found = self._memo.get("digests", keys)
        for number, key in enumerate(keys):
            if key not in found:
                held = self._held(number, shard)
                found[key] = b"".join(blake2b(part, digest_size=SIZE).digest() for part in held)
                self._memo.put("digests", {key: found[key]})
        return [found[key] for key in keys]

    def _keys_of(self, shard: Shard) -> list[bytes]:
        """The keys of the groups. All shards of an index have the same ones, and there are a
        thousand."""
        if self._keys[0] is not shard.groups:
            made = [_key(number, shard) for number in range(len(shard.groups))]
            self._keys = shard.groups, made
        return self._keys[1]

    def _held(self, number: int, shard: Shard) -> list[bytes]:
        """What each shard holds of a group."""
        key, place = self._keys_of(shard)[number], (number, shard.count)
        if self._groups.get(place, (b"",))[0] != key:
            row = self._memo.get("shards", [key]).get(key)
            held = _parts.decode(row) if row else self._made_of(number, shard, key)
            self._groups[place] = key, held
        return self._groups[place][1]

    def _made_of(self, number: int, shard: Shard, key: bytes) -> list[bytes]:
        rows = self._rows("grams", [note.digest for note in shard.groups[number]])
        held = of_group(number, [_grams.decode(row) for row in rows], shard.count)
        if not self._memo.readonly:
            self._memo.put("shards", {key: msgpack.encode(held)})
        return held


def _key(number: int, shard: Shard) -> bytes:
    of = f"{number} {shard.count} ".encode() + b"".join(
        note.digest for note in shard.groups[number]
    )
    return blake2b(of, digest_size=16).digest()
