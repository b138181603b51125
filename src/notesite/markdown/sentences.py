"""Tokens of a note -> the sentence around the first link to each target, for backlinks.

One of links alone says nothing, so the next is taken.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from notesite.markdown import excerpt
from notesite.markdown.gathered import MARKER, Gathered
from notesite.markdown.graphemes import clusters, columns
from notesite.model import Html, NoteLink, WikiLink

REACH = 120  # characters on either side of a link: a block without a full stop can be long
LONG_WORD = 40
CLUSTER = 16  # characters that are looked at on either side of a place
_END = re.compile(r"[。．！？]+[」』）]*|[.!?]+(?=\s|$)|\n")
_MASK = "\ufffc"  # stands for what is not text: no sentence ends in a formula or a title
_WORD = re.compile(rf"[\w{_MASK}]")
_LINK = "\ufffb"  # stands for a link


def sentences(
    tokens: Sequence[Token], md: MarkdownIt, env: dict[str, Any]
) -> tuple[tuple[str, Html], ...]:
    """(target as the link has it, the sentence with formulas as holes), in the order of the note.
    Links in it are unwrapped."""
    note: Gathered = env["note"]
    found: dict[str, Html] = {}
    for block in tokens:
        if block.type != "inline" or "[" not in block.content:
            continue
        links = [(i, hole) for i, hole in _links(block.children or (), note) if hole not in found]
        if links:
            text = _Text(block.children or ())
            for index, target in links:
                if target not in found and text.says(index):
                    around = excerpt.inline(text.around(index), md, env)
                    found[target] = note.html(around.html)
    return tuple(found.items())


def _links(children: Sequence[Token], note: Gathered) -> Iterator[tuple[int, str]]:
    """(index, target) of the links to other notes."""
    for index, token in enumerate(children):
        if token.tag == "a" and token.nesting == 1:
            marker = MARKER.match(str(token.meta.get("hole") or token.attrs.get("href", "")))
            hole = note.holes[int(marker[1])] if marker else None
            if isinstance(hole, NoteLink | WikiLink) and hole.target:
                yield index, hole.target


class _Text:
    """A block's tokens as one text, in which sentences are found once."""

    def __init__(self, children: Sequence[Token]) -> None:
        self._children = children
        texts = list(_masked(children))
        shown = (
            c.content if c.type == "text" else _MASK * max(len(c.content), 1) for c in children
        )
        self._letters = "".join(shown)
        self._offsets = list(accumulate(map(len, texts), initial=0))
        self._text = "".join(texts)
        ends = (found.end() for found in _END.finditer(self._text))
        self._ends = [0, *ends, len(self._text)]

    def says(self, index: int) -> bool:
        """Whether a word stands beside the links in the sentence that holds token `index`."""
        return bool(_WORD.search(self._text, *self._sentence(index)))

    def around(self, index: int) -> list[Token]:
        """The tokens of the sentence that holds token `index`; "…" where it is too long."""
        at = self._offsets[index]
        first, last = self._sentence(index)
        start = _whole(self._letters, at - REACH, 1) if at - first > REACH else first
        end = _whole(self._letters, at + REACH, -1) if last - at > REACH else last
        found = []
        for number in range(bisect_right(self._offsets, start) - 1, len(self._children)):
            offset = self._offsets[number]
            if offset >= end:
                break
            token = self._children[number]
            if token.type == "text":
                token = token.copy(content=token.content[max(start - offset, 0) : end - offset])
            found.append(token)
        before = [Token("text", "", 0, content="…")] if start > first else []
        after = [Token("text", "", 0, content="…")] if end < last else []
        return [*before, *found, *after]

    def _sentence(self, index: int) -> tuple[int, int]:
        place = bisect_right(self._ends, self._offsets[index], hi=len(self._ends) - 1)
        return self._ends[place - 1], self._ends[place]


def _masked(children: Sequence[Token]) -> Iterator[str]:
    """The text of each token, as long as its content; of a link and a formula only the length."""
    within = 0
    for token in children:
        if token.tag == "a":
            within += token.nesting
        if within or token.tag == "a":
            yield _LINK * max(len(token.content), 1)
        elif token.type == "text":
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " " if token.type == "softbreak" else "\n"
        else:
            yield _MASK * max(len(token.content), 1)


def _whole(text: str, at: int, step: int) -> int:
    """The nearest place in this direction that is in no word and no grapheme; one in a word without
    end is cut."""
    for place in range(at, at + step * LONG_WORD, step):
        before, after = text[place - 1], text[place]
        word = before.isalnum() and after.isalnum() and columns(before) == columns(after) == 1
        space = (after if step > 0 else before).isspace()
        start = max(place - CLUSTER, 0)
        ends = accumulate(map(len, clusters(text[start : place + CLUSTER])), initial=start)
        if not word and not space and place in ends:
            return place
    return at
