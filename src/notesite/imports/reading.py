"""A folder of another generator -> the files in it, by their path; links are not followed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

from notesite.imports.sites import Page
from notesite.names import unsafe_name
from notesite.problems import Location, Problem
from notesite.walk import MAX_NOTE, NOTE_SUFFIXES

_UNDERSCORED = ("_posts", "_drafts", "_index.md", "_index.markdown")
_NEVER = ("node_modules", "vendor", "Gemfile", "Gemfile.lock")
_FORMATS = (".org", ".adoc", ".asciidoc", ".rst", ".pdc", ".pandoc")


def files(folder: Path, shown: str, problems: list[Problem]) -> dict[str, Page]:
    """All files but hidden ones: pages with their bytes, others to be copied. What cannot be a file
    of the site is left out, with a problem."""
    return dict(_files(folder, "", shown, problems))


def _files(
    folder: Path, prefix: str, shown: str, problems: list[Problem]
) -> Iterator[tuple[str, Page]]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith(".") or entry.name in _NEVER:
            continue
        path = prefix + normalize("NFC", entry.name)
        if reason := _refused(entry, path):
            message = f"this is left out: {reason}"
            problems.append(Problem("warning", message, Location(f"{shown}/{path}")))
        elif entry.is_dir():
            yield from _files(Path(entry.path), f"{path}/", shown, problems)
        else:
            file = Path(entry.path)
            is_page = path.lower().endswith(NOTE_SUFFIXES)
            yield path, Page(file.read_bytes() if is_page else file, f"{shown}/{path}")


def _refused(entry: os.DirEntry[str], path: str) -> str:
    if reason := unsafe_name(path):
        return reason
    if entry.is_symlink():
        return "it is a link, and links are not followed"
    if entry.name.startswith("_") and entry.name not in _UNDERSCORED:
        return "a name that begins with `_` is never published"
    if entry.is_dir():
        return ""
    if not entry.is_file():
        return "it is not a file"
    if path.lower().endswith(NOTE_SUFFIXES):
        too_big = entry.stat().st_size > MAX_NOTE
        return f"more than {MAX_NOTE // 2**20} MiB is too big for a note" if too_big else ""
    if path.lower().endswith(_FORMATS):
        return "it is not written in Markdown"
    with open(entry.path, "rb") as stream:
        starts = stream.read(4)
    has_front_matter = starts[:3] in (b"---", b"+++") and starts[3:] in (b"\n", b"\r")
    return "only its own generator can make a page of it" if has_front_matter else ""
