"""What was written, what is about to be: values of the dot folder, stored atomically."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from notesite.problems import Location, Problem
from notesite.publish.content import flush, flush_folder, named, store
from notesite.publish.paths import INTENT, MANIFEST

Stored = TypeVar("Stored", bound=Struct)

NEXT = "manifest.next"  # the manifest of a commit: written before, so that it costs no disk after


class Stop(Exception):
    """Publishing ends here, with these problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*(problem.message for problem in problems))
        self.problems = problems


class Entry(Struct, frozen=True, array_like=True):
    """A file that we wrote: bytes, their digest (blake2b, 16 bytes, in hex), mtime in ns, inode;
    and the key it was made under, by which it is known to be up to date."""

    size: int
    digest: str
    mtime: int
    inode: int
    key: str = ""


class Manifest(Struct, frozen=True):
    """All that notesite wrote to an output folder: what it may delete. `folders` are those it
    made."""

    files: dict[str, Entry] = {}
    folders: tuple[str, ...] = ()
    version: int = 1


class Intent(Struct, frozen=True):
    """A commit: what is done after it, in this order, however often it is interrupted.

    `makes_way` and `folders_in_the_way` are removals that a new file needs (a folder takes the
    place of a file, or the other way round); `renames` are (name in the stage, output path);
    `empty` are folders of ours that are no longer needed.
    """

    makes_way: tuple[str, ...]
    folders_in_the_way: tuple[str, ...]
    renames: tuple[tuple[str, str], ...]
    removals: tuple[str, ...]
    empty: tuple[str, ...]
    version: int = 1


def load_manifest(dot: Path) -> Manifest | None:
    """The manifest of this dot folder, None if there is none."""
    return _load(dot / MANIFEST, Manifest)


def load_intent(dot: Path) -> Intent | None:
    """The commit that is not completed yet, None if there is none."""
    return _load(dot / INTENT, Intent)


def save(path: Path, value: Struct) -> None:
    """Write the value so that the file is absent, old or new, and on the disk when this returns."""
    new = path.with_name(path.name + ".new")
    with named(str(path), new):
        store(msgspec.json.encode(value, order="deterministic"), new)
        flush({str(path): new})
        os.replace(new, path)
        flush_folder(path.parent)


def _load(path: Path, kind: type[Stored]) -> Stored | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:  # atomic writes make this the work of someone else
        raise Stop(
            Problem(
                "error",
                f"the list of what notesite wrote is damaged: {error}",
                Location(str(path)),
                "remove the output folder yourself, then build again",
                frame=True,
            )
        ) from None
