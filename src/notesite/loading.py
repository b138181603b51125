"""Sources of notes -> Entries, and a way to their HTML: parse, with a memory.

What was parsed before is not parsed again, a formula that was set before is not set again, and many
misses go to worker processes. The bytes that come out are the same, whatever is remembered.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import json, msgpack
from msgspec.structs import replace

from notesite.markdown.bodies import shorts
from notesite.markdown.options import Task
from notesite.memo import Memo
from notesite.model import Entry, Source, Stored
from notesite.parsing import Chunk, Parsed, Parser, deadly

if TYPE_CHECKING:
    from notesite.workers import Worker

    Apart = Worker[Chunk, Parsed]

Progress = Callable[[str, int, int], None]  # stage, done, total
Pieces = tuple[str, ...]

MANY = 100  # misses that are worth the start of worker processes
EXCERPTS = 200  # kept in memory, by each process that renders: 8 kB each, with formulas
CHUNK = 25  # notes that are parsed together, and whose formulas are one call into V8
COMMIT = 4  # chunks that are put into the memo together: 4 MB, less than SQLite keeps

_entries = json.Decoder(Entry)  # JSON keeps the zone of a date; MessagePack does not
_pieces = msgpack.Decoder(Pieces)


class Notes:
    """The notes of a site: `entries` in the order of their sources, and what is kept of them."""

    def __init__(
        self, sources: Sequence[Source], task: Task, memo: Memo, jobs: int, progress: Progress,
        apart: Apart | None = None, meanwhile: Callable[[], object] = lambda: None,
    ) -> None:  # fmt: skip
        """`apart` parses what is new, and is left open. Without it a few notes are parsed here.
        Many are parsed by as many processes as there are `jobs`, and `meanwhile` is called."""
        self._memo = memo
        self._task = task
        self._order = sources
        self.is_final = True  # whether reading them again would give the same
        prefix = task.digest()
        keys = [_key(source, prefix) for source in sources]
        self._sources = dict(zip(keys, sources, strict=True))
        rows = memo.get("note", keys)
        missing = [(key, source) for key, source in self._sources.items() if key not in rows]
        done = 0
        made = _parse_all(missing, task, memo, jobs, apart, meanwhile)
        for number, (chunk, parsed) in enumerate(made, 1):
            if parsed is not None:
                rows |= parsed["note"]
                self._remember(parsed)
                if number % COMMIT == 0:  # its lock would stop the processes that parse
                    memo.commit()
            else:  # another time, it may be read
                self.is_final = False
                rows |= Parser(task, memo).parse(chunk, deadly)["note"]
            done += len(chunk)
            progress("reading notes", done, len(missing))
        self.entries = [_entries.decode(rows[key]) for key in keys]
        self._keep(self.entries)

    def before(self, digests: Sequence[bytes]) -> list[Entry]:
        """The notes as they were when their contents had these digests. Raises LookupError."""
        pairs = zip(self._order, digests, strict=True)
        keys = [_key(replace(source, digest=was), self._task.digest()) for source, was in pairs]
        rows = self._memo.get("note", keys)
        found = [_entries.decode(rows[key]) for key in keys]
        self._keep(found)
        return found

    def planned(self) -> None:
        """No more is asked of `entries`, of which processes that render would have copies."""
        self._owners.keys()  # what is found by them from now on
        self.entries = []

    def html(self, stored: Stored) -> Pieces:
        """The HTML that `stored` stands for; what the memo has lost is made again."""
        row = self._kept if stored.part == "excerpt" else self._row
        return _pieces.decode(row(stored.part, stored.digest))

    def rows(self, table: str, digests: Sequence[bytes]) -> list[bytes]:
        """What is kept of notes by these digests; what the memo has lost is made again."""
        found = self._memo.get(table, digests)
        return [found.get(digest) or self._again(table, digest) for digest in digests]

    @cached_property  # not from the start: it is a cycle, and a server makes many of these
    def _kept(self) -> Callable[[str, bytes], bytes]:
        """`_row`, with a memory: an excerpt stands in several listings."""
        return lru_cache(EXCERPTS)(self._row)

    def _row(self, table: str, digest: bytes) -> bytes:
        return self.rows(table, [digest])[0]

    def _again(self, table: str, digest: bytes) -> bytes:
        if self._memo.forked:  # V8 does not live through a fork
            raise LookupError("a note has lost what was made of it")
        lost = self._owners.get(digest)
        if lost is None:
            raise LookupError("another note has lost what was made of it")
        again = [(lost, self._sources[lost])]
        [(_, parsed)] = _parse_all(again, self._task, self._memo, 1, None)
        assert parsed is not None  # it was made here
        self._remember(parsed)
        return parsed[table][digest]

    @cached_property
    def _owners(self) -> dict[bytes, bytes]:
        """Of what is kept by digests, the note that it was made of."""
        owners = {}
        for entry in self.entries:
            for kept in (entry.digest, entry.search, *shorts(entry)):
                owners[kept] = entry.digest
        return owners

    def _keep(self, entries: Iterable[Entry]) -> None:
        for table, kept in rows_of(entries).items():
            self._memo.keep(table, kept)

    def _remember(self, parsed: Parsed) -> None:
        for table, rows in parsed.items():
            self._memo.put(table, rows)


def rows_of(entries: Iterable[Entry]) -> dict[str, set[bytes]]:
    """What the memo keeps of these notes: keys, by its tables."""
    known = list(entries)
    notes, searched = {entry.digest for entry in known}, {entry.search for entry in known}
    return {
        "note": notes, "body": notes, "uses": notes, "stretches": searched, "grams": searched,
        "excerpt": set(chain.from_iterable(map(shorts, known))),
    }  # fmt: skip


def _key(note: Source, prefix: bytes) -> bytes:
    of = f"{note.path}\0{note.shown}\0{note.updated or ''}\0".encode()
    return blake2b(prefix + note.digest + of, digest_size=16).digest()


# --- misses ---------------------------------------------------------------------------------------


def parser_apart(task: Task, memo: Memo) -> Apart:
    """A process that parses, for `Notes`."""
    from notesite.workers import Worker

    return Worker(_start, task, memo.file, memo.program)


def _start(task: Task, file: Path | None, program: bytes) -> Callable[[Chunk], Parsed]:
    gc.set_threshold(100_000)  # notes are many values and few cycles
    return Parser(task, Memo(file, program, readonly=True)).parse


def _parse_all(
    missing: Chunk, task: Task, memo: Memo, jobs: int, apart: Apart | None,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[tuple[Chunk, Parsed | None]]:  # fmt: skip
    """What came of each chunk; None for a single note that ended the process that read it."""
    chunks = [missing[start : start + CHUNK] for start in range(0, len(missing), CHUNK)]
    jobs = jobs if len(missing) > MANY else 1
    if apart is None and jobs < 2:
        parser = Parser(task, memo)
        try:
            yield from ((chunk, parser.parse(chunk)) for chunk in chunks)
        finally:
            parser.close()
        return
    from notesite.workers import shared_out

    given = [] if apart is None else [apart]
    own = [parser_apart(task, memo) for _ in chunks[len(given) : jobs]]
    try:
        for chunk, parsed in shared_out(chunks, [*given, *own], meanwhile):
            if parsed is None and len(chunk) > 1:  # one of them did it
                own.append(parser_apart(task, memo))
                yield from shared_out([[miss] for miss in chunk], own[-1:])
            else:
                yield chunk, parsed
    finally:
        for worker in own:
            worker.close()
