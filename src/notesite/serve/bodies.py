"""Stored -> the HTML of a note, for the thread that renders: from memory, the memo's file, or anew.

Everything here belongs to that thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import msgpack

from notesite.finding import Finding
from notesite.loading import Pieces
from notesite.model import Stored
from notesite.serve.memory import Memory

_pieces = msgpack.Decoder(Pieces)


class Bodies:
    """`again` makes what both have lost."""

    def __init__(self, memory: Memory, again: Callable[[str, bytes], bytes]) -> None:
        self._memory = memory
        self._again = again
        self._reader: Memory | None = None
        self._finding: Finding | None = None
        self._excerpt = lru_cache(4000)(self._found)  # each stands in several listings

    def html(self, stored: Stored) -> Pieces:
        return self._excerpt(stored) if stored.part == "excerpt" else self._found(stored)

    @property
    def finding(self) -> Finding:
        """What makes the parts of the search index."""
        if self._finding is None:
            assert self._memory.file is not None
            self._finding = Finding(self.rows, Memory(self._memory.file, self._memory.program))
        return self._finding

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def rows(self, table: str, digests: Sequence[bytes]) -> list[bytes]:
        """What is kept of notes by these digests."""
        return [self._row(table, digest) for digest in digests]

    def _found(self, stored: Stored) -> Pieces:
        return _pieces.decode(self._row(stored.part, stored.digest))

    def _row(self, table: str, digest: bytes) -> bytes:
        found = self._memory.recent(table, digest) or self._saved(table, digest)
        return found or self._again(table, digest)

    def _saved(self, table: str, digest: bytes) -> bytes | None:
        """Twice: the file may have been made anew since it was opened."""
        for _ in range(2):
            if self._reader is None and self._memory.file is not None:
                self._reader = Memory(self._memory.file, self._memory.program)
            if self._reader is not None:
                if row := self._reader.get(table, [digest]).get(digest):
                    return row
                self.close()
        return None
