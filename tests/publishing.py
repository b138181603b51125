"""What the tests of publishing share: two small sites, and ways to look at an output folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from notesite.publish import Published, publish

Files = dict[str, bytes]

OLD: Files = {"index.html": b"old home", "posts/a/index.html": b"a", "site.css": b"old css"}
NEW: Files = {"index.html": b"new home", "posts/b/index.html": b"b", "site.css": b"new css"}


def put(output: Path, files: Files, **more: Any) -> Published:
    """Publish these files, waiting for nobody; the counts and problems."""
    return counts(publish(files.items(), output, sources=[], wait=0.0, **more))


def counts(published: Published) -> Published:
    return replace(published, made={}, stamp=None)


def tree(output: Path) -> Files:
    """What a visitor gets: all files but those of the dot folder."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file() and ".notesite" not in path.relative_to(output).parts
    }


def messages(published: Published) -> str:
    return "\n".join(f"{p.location}: {p.message}; {p.hint}" for p in published.problems)
