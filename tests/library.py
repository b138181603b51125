"""Notes in memory -> a Library, for tests of what comes after the loader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import blake2b

from notesite.config import Config
from notesite.index import index
from notesite.markdown.bodies import Pieces, part
from notesite.markdown.note import Options, parse
from notesite.markdown.printing import printed
from notesite.model import Entry, Library, Source, Stored

HTML: dict[tuple[bytes, str], Pieces] = {}  # of all notes of a test run, as the memo keeps it


def html(stored: Stored) -> str:
    """The HTML that stands for this in a library."""
    return printed(stored, lambda part: HTML[part.digest, part.part])


def source(path: str, text: str) -> Source:
    content = text.encode()
    digest = blake2b(content, digest_size=16).digest()
    return Source(path, f"notes/{path}", digest, content, "")


def asset(path: str) -> Source:
    return Source(path, f"notes/{path}", b"", None, "")


def entries(notes: Mapping[str, str], config: Config | None = None) -> list[Entry]:
    """The notes (path -> text) as index gets them."""
    found = []
    for path, text in notes.items():
        document = parse(source(path, text), Options.of(config or Config()))
        entry, body, short = part(document, f"{path}\0{text}".encode())
        HTML[entry.body.digest, "body"] = body
        HTML.update(((digest, "excerpt"), pieces) for digest, pieces in short.items())
        found.append(entry)
    return found


def library(
    notes: Mapping[str, str],
    config: Config | None = None,
    *,
    assets: tuple[str, ...] = (),
    static: tuple[str, ...] = (),
    today: date = date(2026, 1, 1),
    drafts: bool = False,
    future: bool = False,
) -> Library:
    """The library of these notes (path -> text; none may hold a formula)."""
    config = config or Config(title="Site")
    files = [asset(path) for path in assets]
    return index(
        entries(notes, config), files, static, config, today, lambda entry: 60, drafts, future
    )


def note(title: str = "", body: str = "Text.", **keys: object) -> str:
    """The text of a note with this front matter."""
    lines = [f"title: {title}"] if title else []
    lines += [f"{key}: {value}" for key, value in keys.items()]
    return "---\n" + "\n".join(lines) + f"\n---\n\n{body}\n"
