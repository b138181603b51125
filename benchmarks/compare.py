"""A built site and the notes it was made of -> whether it holds what all the others hold."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.program import IN_TEX, OUTPUT, Program

PER_PAGE = 10

_TAGS = re.compile(r"^tags: \[(.*)\]$", re.MULTILINE)


class Made(NamedTuple):
    """Pages of notes, formulas on them, pages of the listings of all notes and of each tag."""

    notes: int
    formulas: int
    listings: int


def expected(notes: Mapping[str, str]) -> Made:
    """What the notes ask for."""
    found = [_TAGS.search(text) for text in notes.values()]
    tags = Counter(tag for tags in found if tags for tag in tags[1].split(", "))
    listings = sum(-(-count // PER_PAGE) for count in [len(notes), *tags.values()])
    formulas = sum(len(IN_TEX.findall(text)) for text in notes.values())
    return Made(len(notes), formulas, listings)


def made(program: Program, site: Path, notes: Mapping[str, str]) -> Made:
    """What is in the output."""
    public = site / OUTPUT
    pages = [public / program.page.format(name.removesuffix(".md")) for name in notes]
    texts = [page.read_text("utf-8") for page in pages if page.is_file()]
    formulas = sum(len(program.formula.findall(text)) for text in texts)
    listings = sum(1 for pattern in program.listings for _ in public.glob(pattern))
    return Made(len(texts), formulas, listings)


def faults(program: Program, site: Path, notes: Mapping[str, str]) -> Iterator[str]:
    """Where the output is not comparable, a sentence each."""
    wanted, found = expected(notes), made(program, site, notes)
    for what, one, other in zip(Made._fields, wanted, found, strict=True):
        if one != other:
            yield f"it made {other} {what}, not {one}"
