"""The file of a memo -> a connection to its tables, which are made anew if it is of no use."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

SCHEMA = 5
_CACHE = 8_000  # KiB: more than is put between two commits, which SQLite else writes early
FAULTS = (sqlite3.Error, UnicodeDecodeError)  # as its message quotes what is damaged


def opened(
    file: Path, program: bytes, tables: Iterable[str], *, readonly: bool
) -> tuple[sqlite3.Connection | None, str]:
    """The file, made anew if it is damaged, foreign or of another program; and why it is not as it
    was, or cannot be used, in a sentence."""
    notice = ""
    if file.is_symlink():  # it would lead SQLite to a file that is not ours
        return None, f"the cache {file.name} is a link, and is not used"
    for attempt in range(2):
        base = None
        try:
            if not readonly:
                file.parent.mkdir(parents=True, exist_ok=True)
            base = connected(file, readonly=readonly)
            if _is_ours(base, program, tables, readonly):
                return base, notice
            base.close()
        except (*FAULTS, OSError) as error:
            notice = f"the cache {file.name} cannot be used: {error}"
            if base is not None:
                with contextlib.suppress(*FAULTS):
                    base.close()
        if readonly or attempt:
            return None, notice
        emptied(file)
    return None, notice


def connected(file: Path, *, readonly: bool) -> sqlite3.Connection:
    """The file as it is."""
    if readonly:
        uri = f"{file.absolute().as_uri()}?mode=ro"
        return sqlite3.connect(uri, uri=True, timeout=1, isolation_level=None)
    base = sqlite3.connect(file, timeout=1, isolation_level=None)
    base.execute("PRAGMA page_size = 16384")  # a note's HTML in one or two
    base.execute(f"PRAGMA cache_size = -{_CACHE}")  # in pages of that size
    base.execute("PRAGMA journal_mode = DELETE")
    base.execute("PRAGMA synchronous = OFF")  # lost at a power cut: rows have checksums
    return base


def emptied(file: Path) -> None:
    """Make nothing of a file that is of no use: SQLite begins anew with an empty one."""
    for name in (file.name, file.name + "-journal"):
        with contextlib.suppress(OSError):
            os.truncate(file.with_name(name), 0)


def _is_ours(
    base: sqlite3.Connection, program: bytes, tables: Iterable[str], readonly: bool
) -> bool:
    """Whether it has our tables and was written by this very program; an empty file gets them."""
    found = base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not found and not readonly:
        base.execute("BEGIN IMMEDIATE")
        for table in tables:
            base.execute(f"CREATE TABLE {table} (key BLOB PRIMARY KEY, value BLOB)")
        base.execute("CREATE TABLE idle (name TEXT, key BLOB, since INTEGER)")
        base.execute("CREATE TABLE meta (program BLOB, build INTEGER)")
        base.execute("INSERT INTO meta VALUES (?, 0)", (program,))
        base.execute(f"PRAGMA user_version = {SCHEMA}")
        base.execute("COMMIT")
    version = base.execute("PRAGMA user_version").fetchone()[0]
    return version == SCHEMA and base.execute("SELECT program FROM meta").fetchall() == [(program,)]
