"""Stored -> the HTML of a note, for the thread that renders: from memory, the memo's file, or anew.

Everything here belongs to that thread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from msgspec import msgpack

from notesite.loading import Pieces
from notesite.model import Stored
from notesite.serve.memory import Memory

_pieces = msgpack.Decoder(Pieces)


class Bodies:
    """`again` makes what both have lost."""

    def __init__(self, memory: Memory, again: Callable[[Stored], Pieces]) -> None:
        self._memory = memory
        self._again = again
        self._reader: Memory | None = None
        self._excerpt = lru_cache(4000)(self._found)  # each stands in several listings

    def html(self, stored: Stored) -> Pieces:
        return self._excerpt(stored) if stored.part == "excerpt" else self._found(stored)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _found(self, stored: Stored) -> Pieces:
        row = self._memory.recent(stored.part, stored.digest) or self._saved(stored)
        return _pieces.decode(row) if row else self._again(stored)

    def _saved(self, stored: Stored) -> bytes | None:
        """Twice: the file may have been made anew since it was opened."""
        for _ in range(2):
            if self._reader is None and self._memory.file is not None:
                self._reader = Memory(self._memory.file, self._memory.program)
            if self._reader is not None:
                if row := self._reader.get(stored.part, [stored.digest]).get(stored.digest):
                    return row
                self.close()
        return None
