"""The memo of the last build, held by a server: what is new stays in memory until it is saved.

A row is in the file or in memory at every moment, so a reader finds it; a kill loses time, nothing
else. The file is open to read alone, so that a build can write to it meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from notesite.memo import Memo


class Memory(Memo):
    """A memo that never writes by itself. It belongs to the thread that made it; `recent` does
    not."""

    def __init__(self, file: Path, program: bytes) -> None:
        super().__init__(file, program, readonly=True)

    @property
    def has_news(self) -> bool:
        return any(self._rows.values())

    def recent(self, table: str, key: bytes) -> bytes | None:
        """A row that is not saved yet; asked by any thread."""
        return self._rows[table].get(key)

    def get(self, table: str, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        found = super().get(table, keys)
        self._used[table].clear()  # `save` is told what is in use
        return found

    def put(self, table: str, rows: Mapping[bytes, bytes]) -> None:
        self._rows[table].update(rows)

    def keep(self, table: str, keys: Iterable[bytes]) -> None:
        pass

    def save(self, used: Mapping[str, set[bytes]]) -> None:
        """Write what is new to the file, but for notes that have been edited again since: `used`
        are the keys of each table that are in use. What cannot be written stays in memory."""
        rows = {table: _those(found, used.get(table)) for table, found in self._rows.items()}
        memo = Memo(self.file, self.program)
        memo.known = [*used, "formula"]
        for table, found in rows.items():
            if found:
                memo.put(table, found)
        for table, keys in used.items():
            memo.keep(table, keys)
        memo.close()
        self._open()
        self._rows = rows if memo.notice else {table: {} for table in rows}

    def adopt(self, memo: Memo) -> None:
        """Know what another memo, closed by now, has written; or has in memory, if it could not."""
        self._open()
        for table, found in memo._rows.items():
            self._rows[table].update(found)

    def _open(self) -> None:
        """The file, which may be there by now."""
        if self._base is None and self.file is not None:
            self._base = self._opened(self.file)


def _those(rows: Mapping[bytes, bytes], used: set[bytes] | None) -> dict[bytes, bytes]:
    return {key: row for key, row in rows.items() if used is None or key in used}
