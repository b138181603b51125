"""The text of a line of Scrapbox -> what stands in it, and remarks on what has no meaning there."""

from __future__ import annotations

import re
from collections import Counter

from msgspec import Struct

from notesite.imports.scrapbox.brackets import FORMULA, Brackets
from notesite.imports.scrapbox.nodes import (
    Code,
    Decoration,
    Formula,
    Node,
    Tag,
    Web,
    Words,
)
from notesite.imports.scrapbox.targets import target

DEEPEST = 10  # decorations in decorations; Scrapbox itself knows one level

_OPENS = re.compile(r"[\[`]|(?<!\S)#|https?://")
_DECORATION = re.compile(r"""\[([!"#%&'()*+,\-./{|}<>_~]+) (?=\s*\S)""")
_TAG = re.compile(r"#([^\s#\[\]`][^\s\[\]`]*)")
_CLOSERS = {")": "(", "）": "（", "」": "「", "』": "『", "】": "【", "》": "《", "〉": "〈"}
_PICTURE = re.compile(r"\.icon(\*\d+)?\s*$|^https?://\S+$")
_ICON = re.compile(r"\.icon(\*\d+)?\s*\]\]?$")
_STYLED = frozenset("*/-_")


class Remark(Struct, frozen=True):
    """What cannot be said in Markdown, or is not closed: `at` is its offset in the text."""

    at: int
    message: str


class Inline(Struct, frozen=True):
    nodes: tuple[Node, ...]
    remarks: tuple[Remark, ...] = ()


def parse(line: str) -> Inline:
    """The nodes of a line without its indentation."""
    reader = _Reader(line)
    return Inline(reader.nodes(0, len(line), 0), tuple(reader.remarks))


class _Reader:
    def __init__(self, line: str) -> None:
        self.line = line
        self.brackets = Brackets(line)
        self.remarks: list[Remark] = []

    def nodes(self, start: int, stop: int, depth: int) -> tuple[Node, ...]:
        """What stands between two offsets. The first construct that begins wins."""
        found: list[Node] = []
        done = position = start
        while opening := _OPENS.search(self.line, position, stop):
            at = opening.start()
            nodes, end = self._at(at, stop, depth)
            if not end:
                position = opening.end()
                continue
            pictures = start < at == done and self._is_icon(at) and self._is_icon(end)
            between = " " if pictures else self.line[done:at]  # two names are none
            _add(found, Words(between), *nodes)
            done = position = end
        _add(found, Words(self.line[done:stop]))
        return tuple(found)

    def _at(self, at: int, stop: int, depth: int) -> tuple[tuple[Node, ...], int]:
        """The nodes that begin at an offset and the offset behind them; 0 if none begin there."""
        sign = self.line[at]
        if sign == "[":
            return self._bracket(at, stop, depth)
        if sign == "`":
            end = self.brackets.codes.get(at, 0)
            content = self.line[at + 1 : end]
            return (Code(content),) if content else (Words("``"),), end + 1 if end else 0
        if sign == "#":
            tag = _TAG.match(self.line, at, stop)
            return ((Tag(tag[1]),), tag.end()) if tag else ((), 0)
        url = _address(self.line, at, stop)
        return (Web(url),), 0 if url in ("http://", "https://") else at + len(url)

    def _bracket(self, at: int, stop: int, depth: int) -> tuple[tuple[Node, ...], int]:
        if end := self.brackets.formulas.get(at, 0):
            tex = self.line[at + len(FORMULA) : end].strip()
            if not tex:
                self._remark(at, "this formula is empty, and left out")
            return (Formula(tex),) if tex else (), end + 1
        end = self.brackets.ends.get(at, 0)
        decoration = _DECORATION.match(self.line, at, end or stop)
        if not end or end >= stop:
            self._unclosed(at, decoration is not None)
            return (), 0
        if decoration and depth < DEEPEST:
            return (self._decorated(decoration, end, depth),), end + 1
        if self.brackets.ends.get(at + 1) == end - 1 and depth < DEEPEST:
            return self._strong(at + 1, end - 1, depth), end + 1
        if at not in self.brackets.plain:
            return (), 0
        inside = self.line[at + 1 : end]
        return target(inside) if inside.strip() else (Words(inside),), end + 1

    def _decorated(self, decoration: re.Match[str], end: int, depth: int) -> Decoration:
        signs = decoration[1]
        if not _STYLED.intersection(signs):
            message = f"the decoration `[{signs} ]` has no equal in Markdown: its text is kept"
            self._remark(decoration.start(), message)
        return Decoration(signs, self.nodes(decoration.end(), end, depth + 1))

    def _strong(self, at: int, end: int, depth: int) -> tuple[Node, ...]:
        """`[[bold]]`, between its inner brackets; an image or an icon is only shown larger."""
        inside = self.line[at + 1 : end]
        if at in self.brackets.plain and _PICTURE.search(inside):
            return target(inside)
        return (Decoration("*", self.nodes(at + 1, end, depth + 1)),)

    def _is_icon(self, end: int) -> bool:
        """Whether an icon ends at this offset."""
        return bool(_ICON.search(self.line[max(end - 12, 0) : end]))

    def _unclosed(self, at: int, decorated: bool) -> None:
        if self.line.startswith(FORMULA, at):
            self._remark(at, "this formula is not closed, and stays text")
        elif decorated:
            self._remark(at, "this decoration is not closed, and stays text")

    def _remark(self, at: int, message: str) -> None:
        self.remarks.append(Remark(at, message))


def _add(found: list[Node], *nodes: Node) -> None:
    """Words beside words become one, so that each sign is seen between its neighbours."""
    for node in nodes:
        if isinstance(node, Words):
            if not node.text:
                continue
            if found and isinstance(last := found[-1], Words):
                found[-1] = Words(last.text + node.text)
                continue
        found.append(node)


def _address(line: str, start: int, stop: int) -> str:
    """The address that begins at `start`. A sentence in Japanese goes on behind it without a space,
    and closes the bracket that it opened before it."""
    opened: Counter[str] = Counter()
    end = start
    while end < stop and not (line[end].isspace() or line[end] in "[]`。、，．"):
        char = line[end]
        if char in _CLOSERS:
            if not opened[_CLOSERS[char]]:
                break
            opened[_CLOSERS[char]] -= 1
        else:
            opened[char] += 1
        end += 1
    return line[start:end]
