"""What importers wrote to the notes, and what they read for it: `.imported.json`, to be committed.

By it an import knows its own files, and which of them the author has edited since.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from notesite.names import unsafe_name
from notesite.problems import Location, Problem
from notesite.publish.content import digest as digest_of

NAME = ".imported.json"


class Entry(Struct, frozen=True):
    """A file that was written: the digest of its bytes, and the source that it was made of."""

    digest: str
    source: str


class Ledger(Struct, frozen=True):
    """Entries by path below the notes folder."""

    files: dict[str, Entry] = {}
    version: int = 1

    def paths(self, kind: str) -> dict[str, str]:
        """Source (without its kind) -> path, of one kind of source: `scrapbox`."""
        prefix = f"{kind}:"
        return {
            entry.source.removeprefix(prefix): path
            for path, entry in self.files.items()
            if entry.source.startswith(prefix)
        }


def load(folder: Path, shown: str) -> Ledger | Problem:
    """The ledger of this notes folder, empty if there is none; a Problem if it cannot be used."""
    try:
        content = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return Ledger()
    try:
        ledger = msgspec.json.decode(content, type=Ledger)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _damaged(shown, str(error))
    if ledger.version != 1:
        return _damaged(shown, f"its version is {ledger.version}")
    if unsafe := [path for path in ledger.files if unsafe_name(path)]:
        return _damaged(shown, f"{unsafe[0]!r} is no path of a note")
    return ledger


def encode(ledger: Ledger) -> bytes:
    """The same bytes for the same entries, a few lines for each: it is merged by git."""
    content = msgspec.json.encode(ledger, order="deterministic")
    return msgspec.json.format(content, indent=1) + b"\n"


def digest(content: bytes | Path) -> str:
    return digest_of(content)[0]


def _damaged(shown: str, why: str) -> Problem:
    return Problem(
        "error",
        f"the list of what was imported is damaged: {why}",
        Location(f"{shown}/{NAME}"),
        "take it from git again; without it all imported notes count as edited",
    )
