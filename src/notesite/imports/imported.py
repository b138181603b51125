"""What an importer has made, before it is written."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from notesite.problems import Problem


class Imported(Struct, frozen=True):
    """A note, or a file to copy. `path` is below the notes folder; `source` names what it was made
    of, the same at each import."""

    path: str
    content: bytes | Path
    source: str


class Made(Struct, frozen=True):
    """All that an import makes, and what it could not translate."""

    files: tuple[Imported, ...]
    problems: tuple[Problem, ...]
