"""The lines of a page of Scrapbox -> its blocks: lines with their indentation, code, tables.

A level of indentation is one white space of any kind. A block of code or a table goes on as long as
its lines are indented more than its head.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

# what JavaScript's `\\s` holds, and with it Scrapbox
SPACES = "\t\v\f \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_INDENT = re.compile(f"[{SPACES}]*")
_HEAD = re.compile(r"(code|table):(.*)", re.DOTALL)
_NUMBERED = re.compile(r"([0-9]{1,9})\. (.*)", re.DOTALL)

Kind = Literal["text", "quote", "command", "question", "numbered"]


class Line(Struct, frozen=True):
    """A line that is not blank. `number` counts the lines of the page from 1, its title included;
    `column` is where `text` begins in it, from 1."""

    number: int
    column: int
    indent: int
    kind: Kind
    text: str
    ordinal: int = 0  # of a numbered one


class CodeBlock(Struct, frozen=True):
    number: int
    indent: int
    name: str
    lines: tuple[str, ...]


class Table(Struct, frozen=True):
    number: int
    indent: int
    name: str
    rows: tuple[tuple[str, ...], ...]


class Gap(Struct, frozen=True):
    """An empty line."""


Block = Line | CodeBlock | Table | Gap


def blocks(lines: Sequence[str], first: int = 2) -> list[Block]:
    """The blocks of these lines, of which the first is line `first` of its page."""
    found: list[Block] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        number = first + index
        index += 1
        indent = _indent(line)
        text = line[indent:].rstrip()
        if head := _HEAD.match(text):
            start = index
            while index < len(lines) and _indent(lines[index]) > indent:
                index += 1
            body = tuple(line[indent + 1 :] for line in lines[start:index])
            found.append(_block(head, number, indent, body))
        elif text:
            found.append(_line(text, number, indent))
        elif not indent:
            found.append(Gap())
    return found


def _indent(line: str) -> int:
    found = _INDENT.match(line)
    return found.end() if found else 0


def _block(head: re.Match[str], number: int, indent: int, body: tuple[str, ...]) -> Block:
    name = head[2].strip()
    if head[1] == "code":
        return CodeBlock(number, indent, name, body)
    return Table(number, indent, name, tuple(tuple(line.split("\t")) for line in body))


def _line(text: str, number: int, indent: int) -> Line:
    kind: Kind = "text"
    start, ordinal = 0, 0
    if text[0] == ">":
        kind, start = "quote", 1
    elif re.match(r"[$%] .", text):
        kind = "command"
    elif re.match(r"\? .", text):
        kind = "question"
    elif found := _NUMBERED.match(text):
        kind, start, ordinal = "numbered", found.start(2), int(found[1])
    start += _indent(text[start:])
    return Line(number, indent + start + 1, indent, kind, text[start:], ordinal)
