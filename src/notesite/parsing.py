"""Chunks of notes -> rows for the memo: of the notes, of their HTML, of what finds them, of the
formulas that they use, of new formulas.

The memo is only read here, for this may be another process: who asked for the rows puts them in.
"""

from __future__ import annotations

import errno
from collections import defaultdict
from collections.abc import Callable, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from msgspec import json, msgpack
from msgspec.structs import replace

from notesite.extension import ExtensionFailed, fault
from notesite.limits import TimeLimit, time_limit
from notesite.markdown.math.katex import Katex
from notesite.markdown.options import Task
from notesite.memo import Memo
from notesite.model import Document, Formula, Location, Problem, Source, Typeset

NOTE_SECONDS = 10  # of processor time; a note that takes more is an error, the others are built
RECENT = 300  # formulas that a process keeps beside the memo, which it cannot write to: 9 kB each

_typesets = msgpack.Decoder(Typeset)

Chunk = list[tuple[bytes, Source]]  # notes with their keys
Parsed = dict[str, dict[bytes, bytes]]  # rows, by the memo's tables


class Parser:
    """Parses chunks of notes. KaTeX starts with the first formula that is not remembered."""

    def __init__(self, task: Task, memo: Memo) -> None:
        self.task, self.memo = task, memo
        self.katex = Katex(task.macros, task.output)
        self.prefix = task.digest()
        self.recent: dict[bytes, Typeset] = {}  # the last formulas that KaTeX has set

    def parse(self, chunk: Chunk, read: Callable[[Source], Document] | None = None) -> Parsed:
        """`read` is for notes that are not to be parsed as usual."""
        from notesite.markdown import typesetting
        from notesite.markdown.bodies import part
        from notesite.markdown.findable import findable

        rows: Parsed = defaultdict(dict)
        self.formulas = rows["formula"]
        parsed = [(read or self._read)(note) for _, note in chunk]
        waiting = [typesetting.formulas(document) for document in parsed]
        documents = typesetting.typeset(parsed, waiting, self)
        for (key, _), document in zip(chunk, documents, strict=True):
            found = findable(document)
            entry, body, short = part(document, key, found.digest)
            rows["note"][key] = json.encode(entry)
            rows["body"][key] = msgpack.encode(body)
            rows["excerpt"].update((d, msgpack.encode(pieces)) for d, pieces in short.items())
            rows["stretches"][entry.search] = found.stretches
            rows["grams"][entry.search] = found.grams
        for (key, _), formulas in zip(chunk, waiting, strict=True):
            if uses := b"".join(map(self._formula_key, formulas.values())):
                rows["uses"][key] = uses
        return rows

    def typeset(self, formulas: Sequence[Formula]) -> list[Typeset]:
        """What is remembered, and KaTeX for the rest."""
        keys = [self._formula_key(formula) for formula in formulas]
        pairs = zip(keys, formulas, strict=True)
        missing = {key: formula for key, formula in pairs if key not in self.recent}
        rows = self.memo.get("formula", missing)
        known = {key: _typesets.decode(row) for key, row in rows.items()}
        missing = {key: formula for key, formula in missing.items() if key not in known}
        made = self.katex.typeset(list(missing.values())) if missing else []
        new = dict(zip(missing, made, strict=True))
        self.formulas |= {key: msgpack.encode(typeset) for key, typeset in new.items()}
        known |= new
        found = [known.get(key) or self.recent[key] for key in keys]
        self.recent |= new
        for key in list(islice(self.recent, max(len(self.recent) - RECENT, 0))):
            del self.recent[key]
        return found

    def close(self) -> None:
        self.katex.close()

    def _formula_key(self, formula: Formula) -> bytes:
        of = json.encode((self.task.macros, self.task.output, formula.tex, formula.display))
        return blake2b(of + formula.preamble.encode(), digest_size=16).digest()

    def _read(self, note: Source) -> Document:
        from notesite.markdown import note as markdown

        if note.content is None:  # it was not read, because it seemed unchanged
            note = _from_file(note)
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


def _from_file(note: Source) -> Source:
    """The note with its bytes. OSError if they are no longer those that its digest is of: what is
    made of them must not be remembered as made of the others."""
    content = Path(note.file).read_bytes()
    if blake2b(content, digest_size=16).digest() != note.digest:
        raise OSError(errno.EAGAIN, "it changed while it was read; build again", note.shown)
    return replace(note, content=content)


def deadly(note: Source) -> Document:
    """What stands for a note that ended the process that read it."""
    from notesite.markdown import note as markdown

    message = "the process that read this note was ended"
    hint = "find the formula or the block that does it by taking parts away, and report it"
    return markdown.unreadable(note, Problem("error", message, Location(note.shown), hint))
