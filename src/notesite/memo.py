"""Results of pure functions by content, kept between builds in one SQLite file.

A cache and nothing else: whatever is wrong with the file costs time, never truth. What cannot be
read is thrown away, what cannot be written is forgotten.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from zlib import crc32

from notesite.memofile import FAULTS, connected, emptied, opened

UNUSED = 10  # builds after which a row goes that none of them asked for
SWEEP = 5  # builds from one look for such rows to the next

# "uses": of each note, the keys of the formulas that it stands on
TABLES = (
    "note", "body", "excerpt", "uses", "formula", "blob", "stretches", "grams", "digests", "shards",
    "outputs",
)  # fmt: skip
_KEY = 16  # bytes
_FEW = 400  # keys that are asked for one by one; more are picked from the whole table, in one sweep


class Memo:
    """Tables of `key -> bytes`. With no file, or one that cannot be used, it lives in memory.

    A row carries a checksum, because nobody else notices a bit that flipped in a page of SQLite.
    """

    def __init__(self, file: Path | None, program: bytes, *, readonly: bool = False) -> None:
        self.readonly = readonly
        self.notice = ""  # why the file is not used, in a sentence
        self._rows: dict[str, dict[bytes, bytes]] = {table: {} for table in TABLES}  # if no file
        self._used: dict[str, set[bytes]] = {table: set() for table in TABLES}
        self.program = program
        self.file = file
        self._writing = False
        self._process = os.getpid()
        # the tables of which what was not asked for is not in use
        self.known: Collection[str] = TABLES
        self._made = file is None or os.path.lexists(file)  # else with the first row
        self._base = self._opened(file) if file and self._made else None

    def get(self, table: str, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The rows of these keys, as far as they are there."""
        wanted = set(keys)
        found = {key: self._rows[table][key] for key in wanted & self._rows[table].keys()}
        if self._base is not None:
            try:
                if self.forked and not self.readonly:
                    self._open_again()
                found |= self._read(self._base, table, wanted - found.keys())
            except FAULTS as error:
                self._give_up(error)
        self._used[table].update(found)  # `|=` with a view copies the whole set
        return found

    def put(self, table: str, rows: Mapping[bytes, bytes]) -> None:
        """Remember these rows; other processes see them when this one closes the file."""
        self._used[table].update(rows)
        if self.file and not self._made:
            self._made, self._base = True, self._opened(self.file)
        if self._base is None:
            self._rows[table].update(rows)
            return
        try:
            self._begin(self._base)
            self._base.executemany(
                f"INSERT OR REPLACE INTO {table} VALUES (?, ?)",
                ((key, _checksum(key, value) + value) for key, value in rows.items()),
            )
        except FAULTS as error:
            self._give_up(error)
            self._rows[table].update(rows)

    def keys(self, table: str) -> set[bytes]:
        """Of all rows that a table of the file has, sound or not."""
        try:
            return _keys(self._base, table) if self._base else set()
        except FAULTS as error:
            self._give_up(error)
            return set()

    def drop(self, table: str, keys: Iterable[bytes]) -> None:
        """Forget these rows, which others take the place of."""
        gone = [(key,) for key in keys]
        for (key,) in gone:
            self._rows[table].pop(key, None)
            self._used[table].discard(key)
        if self._base is None:
            return
        try:
            self._begin(self._base)
            self._base.executemany(f"DELETE FROM {table} WHERE key = ?", gone)
        except FAULTS as error:
            self._give_up(error)

    def keep(self, table: str, keys: Iterable[bytes]) -> None:
        """Count these rows as used, though nobody asked for them."""
        self._used[table].update(keys)

    @property
    def forked(self) -> bool:
        """Whether this process is a copy of the one that opened the file."""
        return os.getpid() != self._process

    def commit(self) -> None:
        """Have what is new in the file for other processes; while one reads, the next call has."""
        if self._base is not None and self._writing:
            try:
                self._base.execute("COMMIT")
                self._writing = False
            except FAULTS as error:
                if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_BUSY:
                    self._give_up(error)

    def close(self) -> None:
        """Have what is new in the file, drop what ten builds did not ask for, and close it."""
        if self._base is None:
            return
        try:
            if self._writing:
                if self.known:
                    self._drop_unused(self._base)
                self._base.execute("COMMIT")
            self._base.close()
            self._base = None
        except FAULTS as error:
            self._give_up(error)

    def _opened(self, file: Path) -> sqlite3.Connection | None:
        base, self.notice = opened(file, self.program, TABLES, readonly=self.readonly)
        return base

    def _open_again(self) -> None:
        """SQLite's handles do not live through a fork. The parent's is kept: closing it would end
        the parent's locks."""
        assert self.file is not None
        self.readonly, self._parents = True, self._base
        self._base = connected(self.file, readonly=True)

    def _read(self, base: sqlite3.Connection, table: str, wanted: set[bytes]) -> dict[bytes, bytes]:
        if len(wanted) <= _FEW or self.readonly:  # who only reads asks for part after part
            query = f"SELECT key, value FROM {table} WHERE key = ?"
            if self.readonly:  # one lock for all of them, of a file that another process writes
                base.execute("BEGIN")
            rows = [row for key in wanted for row in base.execute(query, (key,))]
            if self.readonly:
                base.execute("COMMIT")
        else:
            sweep = base.execute(f"SELECT key, value FROM {table}")
            rows = [row for row in sweep if row[0] in wanted]
        return {
            key: value[4:]
            for key, value in rows
            if isinstance(value, bytes) and _checksum(key, value[4:]) == value[:4]
        }

    def _begin(self, base: sqlite3.Connection) -> None:
        if not self._writing:
            base.execute("BEGIN IMMEDIATE")
            self._writing = True

    def _drop_unused(self, base: sqlite3.Connection) -> None:
        """What is idle is written down, with the build that found it so: it is little, and what is
        in use is nearly all."""
        base.execute("UPDATE meta SET build = build + 1")
        build = base.execute("SELECT build FROM meta").fetchone()[0]
        if build % SWEEP:
            return
        known = base.execute("SELECT name, key, since FROM idle").fetchall()
        since = {(name, key): number for name, key, number in known}
        self._use_formulas(base)
        for table in self.known:
            base.execute("DELETE FROM idle WHERE name = ?", (table,))
            unused = _keys(base, table) - self._used[table]
            idle = {key: since.get((table, key), build) for key in unused}
            old = [key for key, first in idle.items() if first <= build - UNUSED]
            base.executemany(f"DELETE FROM {table} WHERE key = ?", ((key,) for key in old))
            rest = ((table, key, idle[key]) for key in idle.keys() - set(old))
            base.executemany("INSERT INTO idle VALUES (?, ?, ?)", rest)

    def _use_formulas(self, base: sqlite3.Connection) -> None:
        """Those of notes in use are in use, though nobody asks for them while a note stays as it
        is: else a later edit of it would set all of them again."""
        for key, value in base.execute("SELECT key, value FROM uses"):
            if key in self._used["uses"]:
                keys = (value[at : at + _KEY] for at in range(4, len(value), _KEY))
                self._used["formula"].update(keys)

    def _give_up(self, error: Exception) -> None:
        """From here on without the file, which is emptied if it is damaged."""
        self.notice = f"the cache cannot be used: {error}"
        base, self._base = self._base, None
        if base is not None:
            with contextlib.suppress(*FAULTS):
                base.close()
        damaged = not isinstance(error, sqlite3.OperationalError)
        if damaged and self.file is not None and not self.readonly:
            emptied(self.file)


def _keys(base: sqlite3.Connection, table: str) -> set[bytes]:
    return {key for (key,) in base.execute(f"SELECT key FROM {table}")}


def _checksum(key: bytes, value: bytes) -> bytes:
    return crc32(value, crc32(key)).to_bytes(4, "big")  # a tenth of the time of a digest
