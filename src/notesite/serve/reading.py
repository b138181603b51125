"""Sources of notes -> Entries, all in memory: what has not changed is not read again.

A note that cannot be read stands as it last could, with what is wrong with it now. Everything but
`again` belongs to the thread that made it, for KaTeX does.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from notesite.config import Config
from notesite.extension import NOTHING
from notesite.loading import MANY, Notes, Progress, parser_apart, rows_of
from notesite.markdown.bodies import is_of
from notesite.markdown.options import Task
from notesite.memo import Memo
from notesite.model import Entry, Problem, Source
from notesite.problems import with_source_lines
from notesite.serve.memory import Memory

if TYPE_CHECKING:
    from notesite.loading import Apart


class Reading:
    """The notes of a site while it is served. `memory` is what is known of them."""

    def __init__(self, memory: Memory, jobs: int, progress: Progress) -> None:
        self.memory = memory
        self._jobs = jobs or os.cpu_count() or 1
        self._progress = progress
        self._task = Task.of(Config(), NOTHING)
        self._apart: Apart | None = None  # what parses: it may be ended by a note, this may not
        self._read: dict[str, tuple[Source, Entry]] = {}  # by path, as the notes are now
        self._good: dict[str, Entry] = {}  # by path, as they last could be read
        self._problems: dict[str, tuple[Problem, ...]] = {}  # of those that have some

    def all(self, sources: Sequence[Source], task: Task) -> list[Entry]:
        """What index is given of these notes, in their order."""
        if self._apart is None or task != self._task:
            self._begin(task)
        missing = [source for source in sources if not self._is_known(source)]
        for source, entry in zip(missing, self._entries(missing), strict=True):
            self._take(source, entry)
        paths = {source.path for source in sources}
        for path in self._read.keys() - paths:
            del self._read[path]
            self._good.pop(path, None)
            self._problems.pop(path, None)
        return [self._shown(source.path) for source in sources]

    def one(self, source: Source) -> Entry:
        """The same of a single note that has changed."""
        [entry] = self._entries([source])
        self._take(source, entry)
        return self._shown(source.path)

    @property
    def problems(self) -> Iterable[Problem]:
        """What is wrong with the notes as they are now, with the lines that this is about."""
        return chain.from_iterable(self._problems.values())

    def again(self, table: str, digest: bytes) -> bytes:
        """What is kept of a note by this digest, made anew by any thread: a memo has lost it."""
        for source, entry in list(self._read.values()):
            if is_of(digest, entry):
                notes = Notes([source], self._task, Memo(None, b""), 1, lambda *told: None)
                return notes.rows(table, [digest])[0]
        raise OSError(errno.EAGAIN, "a note was edited while its page was made; load it again")

    def warm(self) -> None:
        """Have a process that is ready for the first edit: with a parser and V8."""
        if self._apart:
            note = Source("x.md", "x.md", b"", b"$x$", "")
            self._parsed([note], Memo(None, b""))

    def save(self) -> None:
        """Have what is new in the file, for the next build or server."""
        if not self.memory.has_news:
            return
        entries = (entry for _, entry in self._read.values())
        self.memory.save(rows_of(chain(entries, self._good.values())))

    def close(self) -> None:
        if self._apart:
            self._apart.close()

    def _begin(self, task: Task) -> None:
        self.close()
        self._apart = parser_apart(task, self.memory)
        self._task = task
        self._read.clear()

    def _is_known(self, source: Source) -> bool:
        known = self._read.get(source.path)
        return known is not None and _identity(known[0]) == _identity(source)

    def _entries(self, sources: Sequence[Source]) -> list[Entry]:
        if len(sources) <= MANY:
            return self._parsed(sources, self.memory)
        self.save()
        memo = Memo(self.memory.file, self.memory.program)
        memo.known = ()
        try:
            return self._parsed(sources, memo)
        finally:
            memo.close()
            self.memory.adopt(memo)

    def _parsed(self, sources: Sequence[Source], memo: Memo) -> list[Entry]:
        return Notes(sources, self._task, memo, self._jobs, self._progress, self._apart).entries

    def _take(self, source: Source, entry: Entry) -> None:
        self._read[source.path] = replace(source, content=None), entry
        self._problems.pop(source.path, None)
        if entry.problems:
            text = Path(source.file).read_bytes().decode("utf-8-sig", "replace")
            self._problems[source.path] = with_source_lines(entry.problems, lambda path: text)
        if not any(problem.level == "error" for problem in entry.problems):
            self._good[source.path] = entry

    def _shown(self, path: str) -> Entry:
        return self._good.get(path) or self._read[path][1]


def _identity(source: Source) -> object:
    return source.digest, source.shown, source.updated
