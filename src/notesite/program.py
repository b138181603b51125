"""The installed program -> a digest of all its code and of the libraries that decide its bytes."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

PACKAGE = Path(__file__).parent  # importlib.resources takes 6 ms to import, of 120 for a build


@cache
def program_digest() -> bytes:
    """Changes with every change of this program, of KaTeX's files, of Python, and of any library
    that is installed. What was remembered under another digest is not used."""
    hashed = blake2b(digest_size=16)
    for name, content in sorted(_files(PACKAGE, "")):
        hashed.update(f"{name}\0{len(content)}\0".encode() + content)
    hashed.update("\0".join(_installed()).encode())
    return hashed.digest()


def _files(folder: Path | os.DirEntry[str], prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _files(entry, f"{prefix}{entry.name}/")
        elif not entry.name.endswith((".pyc", ".woff2")):
            with open(entry, "rb") as opened:
                yield prefix + entry.name, opened.read()


def _installed() -> list[str]:
    """Names and versions of all libraries, as pip names their folders: much quicker than to ask
    each."""
    names = set()
    for folder in sys.path:
        with contextlib.suppress(OSError):
            names |= {name for name in os.listdir(folder) if name.endswith(".dist-info")}
    return [sys.version, *sorted(names)]
