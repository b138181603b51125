"""A Document whose formulas are set -> what search is to know of it: its stretches, and the grams
that it is found by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import chain

from msgspec import Raw, Struct, msgpack

from notesite.markdown.grams import (
    ANCHOR,
    TERMINATOR,
    code,
    fold,
    formula,
    prose,
    title_words,
    words,
)
from notesite.model import Document

LONGEST = 20_000  # characters of a note that can be shown; it is found by all of them
OFTEN = 3  # times that a gram stands in a note that is about it
LEVELS = 5  # in the title, as a tag, in a heading, often, at all

Stretches = tuple[tuple[str, str, str], ...]  # id, heading, text with its formulas annotated
Grams = tuple[str, ...]  # of each level, separated by line ends; each at its highest alone


class Findable(Struct, frozen=True):
    """`Stretches` and `Grams` as they are kept; `digest` is of both."""

    stretches: bytes
    grams: bytes

    @property
    def digest(self) -> bytes:
        both = msgpack.encode((Raw(self.stretches), Raw(self.grams)))
        return blake2b(both, digest_size=16).digest()


def findable(document: Document) -> Findable:
    """What can be found of the note, and where."""
    stretches: Stretches = tuple(_shown(document))
    return Findable(msgpack.encode(stretches), msgpack.encode(_levels(document)))


def _shown(document: Document) -> Iterator[tuple[str, str, str]]:
    left = LONGEST
    for stretch in document.stretches:
        text = str(stretch.text)[:left]
        if text.count(ANCHOR) > text.count(TERMINATOR):  # no formula is cut in two
            text = text[: text.rindex(ANCHOR)]
        left -= len(text)
        yield stretch.id, str(stretch.heading), text


def _levels(document: Document) -> Grams:
    front = document.front_matter
    grams: list[str] = []
    for stretch in document.stretches:
        text, formulas = prose(str(stretch.text))
        grams += words(fold(text))
        for shown, tex in formulas:
            grams += formula(shown, tex)
    grams += dict.fromkeys(code(document.code))
    counts = Counter(grams)
    levels: list[dict[str, int]] = [
        _in_titles((str(document.title), *front.aliases)),
        _in_titles((*front.tags, *front.categories, *front.series)),
        _in_titles(str(stretch.heading) for stretch in document.stretches),
        dict.fromkeys([gram for gram, times in counts.items() if times >= OFTEN], OFTEN),
        dict(counts),  # in a twentieth of the time of fromkeys()
    ]
    found: list[str] = []
    known: list[str] = []
    for level in levels:
        for gram in known:
            level.pop(gram, None)
        known += level
        found.append("\n".join(level))
    return tuple(found)


def _in_titles(titles: Iterable[str]) -> dict[str, int]:
    return dict.fromkeys(chain.from_iterable(map(title_words, titles)), 1)
