"""Sources of notes -> Entries, and a way to their HTML: parse, with a memory.

What was parsed before is not parsed again, a formula that was set before is not set again, and many
misses go to worker processes. The bytes that come out are the same, whatever is remembered.
"""

from __future__ import annotations

import errno
import gc
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from msgspec import json, msgpack
from msgspec.structs import replace

from notesite.extension import ExtensionFailed, fault
from notesite.limits import TimeLimit, time_limit
from notesite.markdown.bodies import is_of, shorts
from notesite.markdown.math.katex import Katex
from notesite.markdown.options import Task
from notesite.memo import Memo
from notesite.model import (
    Document,
    Entry,
    Formula,
    Location,
    Problem,
    Source,
    Stored,
    Typeset,
)
from notesite.processes import undisturbed

Progress = Callable[[str, int, int], None]  # stage, done, total
Pieces = tuple[str, ...]

NOTE_SECONDS = 10  # of processor time; a note that takes more is an error, the others are built
MANY = 100  # misses that are worth the start of worker processes
RECENT = 4000  # formulas that a process keeps beside the memo, which it cannot write to
CHUNK = 50  # notes that are parsed together, and whose formulas are one call into V8

_entries = json.Decoder(Entry)  # JSON keeps the zone of a date; MessagePack does not
_pieces = msgpack.Decoder(Pieces)
_typesets = msgpack.Decoder(Typeset)


# Rows for the memo, by its tables: of notes, of their HTML, of what finds them, of new formulas.
Parsed = dict[str, dict[bytes, bytes]]


class Notes:
    """The notes of a site: `entries` in the order of their sources, and what is kept of them."""

    def __init__(
        self, sources: Sequence[Source], task: Task, memo: Memo, jobs: int, progress: Progress,
        katex: Katex | None = None,
    ) -> None:  # fmt: skip
        """`katex`: an engine for the task, which is used and left open."""
        self._memo = memo
        self._excerpts: dict[bytes, Pieces] = {}
        self._task = task
        prefix = self._task.digest()
        keys = [_key(source, prefix) for source in sources]
        self._sources = dict(zip(keys, sources, strict=True))
        rows = memo.get("note", keys)
        missing = [(key, source) for key, source in self._sources.items() if key not in rows]
        done = 0
        for parsed in _parse_all(missing, self._task, memo, jobs, katex):
            rows |= parsed["note"]
            self._remember(parsed)
            done += len(parsed["note"])
            progress("reading notes", done, len(missing))
        self.entries = [_entries.decode(rows[key]) for key in keys]
        memo.keep("body", (entry.digest for entry in self.entries))
        memo.keep("excerpt", chain.from_iterable(map(shorts, self.entries)))
        for table in ("stretches", "grams"):
            memo.keep(table, (entry.search for entry in self.entries))

    def html(self, stored: Stored) -> Pieces:
        """The HTML that `stored` stands for; what the memo has lost is made again.

        Excerpts are kept in memory: each stands in several listings.
        """
        if stored.part == "excerpt":
            if stored.digest not in self._excerpts:
                self._excerpts[stored.digest] = self._found(stored)
            return self._excerpts[stored.digest]
        return self._found(stored)

    def rows(self, table: str, digests: Sequence[bytes]) -> list[bytes]:
        """What is kept of notes by these digests; what the memo has lost is made again."""
        found = self._memo.get(table, digests)
        return [found.get(digest) or self._again(table, digest) for digest in digests]

    def _found(self, stored: Stored) -> Pieces:
        [row] = self.rows(stored.part, [stored.digest])
        return _pieces.decode(row)

    def _again(self, table: str, digest: bytes) -> bytes:
        if self._memo.forked:  # V8 does not live through a fork
            raise LookupError("a note has lost what was made of it")
        lost = next(entry for entry in self.entries if is_of(digest, entry))
        again = [(lost.digest, self._sources[lost.digest])]
        [parsed] = _parse_all(again, self._task, self._memo, 1, None)
        self._remember(parsed)
        return parsed[table][digest]

    def _remember(self, parsed: Parsed) -> None:
        for table, rows in parsed.items():
            self._memo.put(table, rows)


def _key(note: Source, prefix: bytes) -> bytes:
    of = f"{note.path}\0{note.shown}\0{note.updated or ''}\0".encode()
    return blake2b(prefix + note.digest + of, digest_size=16).digest()


# --- misses ---------------------------------------------------------------------------------------

Miss = tuple[bytes, Source]


def _parse_all(
    missing: list[Miss], task: Task, memo: Memo, jobs: int, katex: Katex | None
) -> Iterator[Parsed]:
    chunks = [missing[start : start + CHUNK] for start in range(0, len(missing), CHUNK)]
    if len(missing) <= MANY or jobs < 2:
        parser = _Parser(task, memo, katex)
        try:
            yield from map(parser.parse, chunks)
        finally:
            if katex is None:
                parser.close()
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(
        min(jobs, len(chunks)), get_context("spawn"), _start, (task, memo.file, memo.program)
    ) as pool:
        with undisturbed():
            results = pool.map(_parse_chunk, chunks)
        try:
            yield from results
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Parser:
    """Parses chunks of notes. KaTeX starts with the first formula that is not remembered."""

    def __init__(self, task: Task, memo: Memo, katex: Katex | None = None) -> None:
        self.task, self.memo = task, memo
        self.katex = katex or Katex(task.macros, task.output)
        self.prefix = task.digest()
        self.recent: dict[bytes, Typeset] = {}  # the last formulas that KaTeX has set

    def parse(self, chunk: list[Miss]) -> Parsed:
        from notesite.markdown import note as markdown
        from notesite.markdown.bodies import part
        from notesite.markdown.findable import findable

        rows: Parsed = defaultdict(dict)
        self.formulas = rows["formula"]
        parsed = [self._parsed(note) for _, note in chunk]
        for (key, _), document in zip(chunk, markdown.typeset(parsed, self), strict=True):
            found = findable(document)
            entry, body, short = part(document, key, found.digest)
            rows["note"][key] = json.encode(entry)
            rows["body"][key] = msgpack.encode(body)
            rows["excerpt"].update((d, msgpack.encode(pieces)) for d, pieces in short.items())
            rows["stretches"][entry.search] = msgpack.encode(found.stretches)
            rows["grams"][entry.search] = msgpack.encode(found.grams)
        return rows

    def typeset(self, formulas: Sequence[Formula]) -> list[Typeset]:
        """What is remembered, and KaTeX for the rest."""
        keys = [self._formula_key(formula) for formula in formulas]
        rows = self.memo.get("formula", [key for key in keys if key not in self.recent])
        known = self.recent | {key: _typesets.decode(row) for key, row in rows.items()}
        missing = {k: f for k, f in zip(keys, formulas, strict=True) if k not in known}
        made = self.katex.typeset(list(missing.values())) if missing else []
        new = dict(zip(missing, made, strict=True))
        self.formulas |= {key: msgpack.encode(typeset) for key, typeset in new.items()}
        known |= new
        self.recent = dict([*self.recent.items(), *new.items()][-RECENT:])
        return [known[key] for key in keys]

    def close(self) -> None:
        self.katex.close()

    def _formula_key(self, formula: Formula) -> bytes:
        of = json.encode((self.task.macros, self.task.output, formula.tex, formula.display))
        return blake2b(of + formula.preamble.encode(), digest_size=16).digest()

    def _parsed(self, note: Source) -> Document:
        from notesite.markdown import note as markdown

        if note.content is None:  # it was not read, because it seemed unchanged
            note = _read(note)
        try:
            with time_limit(NOTE_SECONDS):
                return markdown.parse(note, self.task.options)
        except (Exception, SystemExit) as error:
            extension = self.task.options.extension
            if extension and not isinstance(error, ExtensionFailed):
                problem = fault(error, extension, f"while reading {note.shown}")
                return markdown.unreadable(note, replace(problem, frame=False))
            error.add_note(f"while reading {note.shown}")  # a fault of ours, in whatever process
            raise
        except TimeLimit:
            message = f"this note took longer than {NOTE_SECONDS} s to read"
            hint = "split it, or look for a pattern that repeats thousands of times"
            return markdown.unreadable(note, Problem("error", message, Location(note.shown), hint))


def _read(note: Source) -> Source:
    """The note with its bytes. OSError if they are no longer those that its digest is of: what is
    made of them must not be remembered as made of the others."""
    content = Path(note.file).read_bytes()
    if blake2b(content, digest_size=16).digest() != note.digest:
        raise OSError(errno.EAGAIN, "it changed while it was read; build again", note.shown)
    return replace(note, content=content)


# --- in a worker process --------------------------------------------------------------------------

_parser: _Parser


def _start(task: Task, file: Path | None, program: bytes) -> None:
    global _parser
    gc.set_threshold(100_000)  # notes are many values and few cycles
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
    if hasattr(signal, "pthread_sigmask"):  # blocked while it was started
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    _parser = _Parser(task, Memo(file, program, readonly=True))


def _parse_chunk(chunk: list[Miss]) -> Parsed:
    return _parser.parse(chunk)
