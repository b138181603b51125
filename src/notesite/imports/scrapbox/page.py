"""The blocks of a page of Scrapbox -> the Markdown of a note, and remarks with their places.

Lines that are not indented stay lines: a backslash at the end of each keeps them apart. Code and
tables go into the item of a list that they stand below. Two lists with nothing but a gap between
them have other signs, or they would be one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from notesite.imports import quoting
from notesite.imports.scrapbox.inline import parse
from notesite.imports.scrapbox.lines import Block, CodeBlock, Gap, Line, Table
from notesite.imports.scrapbox.nodes import Decoration, Node, Tag
from notesite.imports.scrapbox.phrases import Link, markdown
from notesite.markdown.highlight import highlight

DEEPEST = 30  # lists in lists; deeper items join the deepest list

_FILE = re.compile(r"(?P<title>.*?)(?:\((?P<given>[^()]+)\)|\.(?P<suffix>[A-Za-z0-9_+#-]+))")


class Remark(Struct, frozen=True, order=True):
    """The first place in a page for which this is to be said; `line` and `column` count from 1."""

    line: int
    column: int
    message: str


class Body(Struct, frozen=True):
    """The Markdown of a page, its hashtags in order, and what to tell its author."""

    text: str
    tags: tuple[str, ...]
    remarks: tuple[Remark, ...]


class _Item(Struct, frozen=True):
    indent: int  # in Scrapbox
    column: int  # where its content begins in Markdown


def body(blocks: Sequence[Block], link: Link) -> Body:
    """The Markdown of these blocks, with a final line end unless it is empty."""
    writer = _Writer(link)
    for block in blocks:
        writer.add(block)
    text = "".join(line + "\n" for line in writer.lines)
    remarks = {remark.message: remark for remark in reversed(writer.remarks)}
    return Body(text, tuple(dict.fromkeys(writer.tags)), tuple(sorted(remarks.values())))


class _Writer:
    def __init__(self, link: Link) -> None:
        self.link = link
        self.lines: list[str] = []
        self.tags: list[str] = []
        self.remarks: list[Remark] = []
        self.items: list[_Item] = []  # those that are open, the outer ones first
        self.markers: list[str] = []  # of the last item of each open list
        self.gap = True
        self.joins = ""  # the kind of line that the next one of its kind joins

    def add(self, block: Block) -> None:
        if isinstance(block, Gap):
            self.gap, self.items, self.joins = True, [], ""
        elif isinstance(block, CodeBlock):
            self._below(block.indent, *_fence(block))
        elif isinstance(block, Table):
            self._table(block)
        elif text := self._phrase(block):
            if block.indent or block.kind == "numbered":
                self._item(block, text)
            else:
                self._line(block, text)

    def _phrase(self, line: Line) -> str:
        if line.kind == "command":
            return quoting.code(line.text)
        if line.kind == "question":
            return quoting.text(line.text, starts=True)
        text = self._inline(line.text, line.number, line.column, starts=True)
        return f"> {text}".rstrip() if line.kind == "quote" else text

    def _inline(self, text: str, number: int, column: int, starts: bool = False) -> str:
        found = parse(text)
        self.tags += _tags(found.nodes)
        self.remarks += [Remark(number, column + r.at, r.message) for r in found.remarks]
        return markdown(found.nodes, self.link, starts=starts)

    # --- lines and lists --------------------------------------------------------------------------

    def _line(self, line: Line, text: str) -> None:
        kind = "quote" if line.kind == "quote" else "text"
        if self.joins == kind:
            if text != ">" and self.lines[-1] != ">":
                self.lines[-1] += "\\"
        else:
            self._apart()
        self.items, self.markers, self.joins = [], [], kind
        self.lines.append(text)

    def _item(self, line: Line, text: str) -> None:
        while self.items and (self.items[-1].indent >= line.indent or len(self.items) >= DEEPEST):
            self.items.pop()
        depth = len(self.items)
        marker = self._marker(line, depth)
        new = len(self.markers) <= depth
        if (depth == 0 and (new or self.gap)) or (new and marker[:-1] not in ("", "1")):
            self._apart()
        self.markers[depth:] = [marker]
        column = self.items[-1].column if self.items else 0
        self.lines.append(f"{' ' * column}{marker} {text}")
        self.items.append(_Item(line.indent, column + len(marker) + 1))
        self.gap, self.joins = False, ""

    def _marker(self, line: Line, depth: int) -> str:
        """`-` or `1.`, unless that would go on with a list that it does not belong to."""
        last = self.markers[depth] if depth < len(self.markers) else ""
        severed = self.gap and depth == 0
        if line.kind != "numbered":
            goes_on = last == "*" if not severed else last == "-"
            return "*" if goes_on else "-"
        goes_on = last[:-1] == str(line.ordinal - 1) and not severed
        sign = last[-1:] if last[-1:] in (".", ")") else ""
        if sign and not goes_on:
            sign = ")" if sign == "." else "."
        return f"{line.ordinal}{sign or '.'}"

    # --- code and tables --------------------------------------------------------------------------

    def _table(self, table: Table) -> None:
        name = quoting.text(table.name)
        name = f"**{name}**" if name else ""
        rows = self._rows(table)
        if name and table.indent:
            self._item(Line(table.number, 1, table.indent, "text", ""), name)
        elif name:
            self._below(0, name)
        if rows:
            self._below(table.indent, *rows, apart=not (name and table.indent))

    def _rows(self, table: Table) -> list[str]:
        full = [max((i for i, cell in enumerate(row, 1) if cell), default=0) for row in table.rows]
        width = max(full, default=0)
        if not width:
            return []
        rows = []
        for number, row in enumerate(table.rows, table.number + 1):
            cells = row[:width]
            column = table.indent + 2
            written = []
            for cell in cells:
                written.append(self._inline(cell, number, column).replace("|", "\\|"))
                column += len(cell) + 1
            rows.append("| " + " | ".join([*written, *[""] * (width - len(cells))]) + " |")
        return [rows[0], "|" + " --- |" * width, *rows[1:]]

    def _below(self, indent: int, *lines: str, apart: bool = False) -> None:
        """Lines of a block of their own, in the last item that is indented no more than they."""
        nested = len(self.items)
        while self.items and (self.items[-1].indent > indent or not indent):
            self.items.pop()
        if not self.items:
            self.markers = []
            self._apart()
        elif apart and nested > len(self.items):  # a table would go on with the inner item
            self._apart()
        self.markers[len(self.items) :] = []
        column = self.items[-1].column if self.items else 0
        self.lines += [" " * column + line if line else "" for line in lines]
        self.gap, self.joins = False, ""

    def _apart(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")
        self.gap = False


def _fence(block: CodeBlock) -> list[str]:
    """`code:a.py`, `code:name(py)` and `code:py` name a language; another name is a title."""
    name = block.name
    title, language = name, ""
    if found := _FILE.fullmatch(name):
        language = found["given"] or found["suffix"]
        title = found["title"] if found["given"] else name
    elif _is_language(name):
        title, language = "", name
    last = max((number for number, line in enumerate(block.lines, 1) if line.strip()), default=0)
    return quoting.fence(
        block.lines[:last], language.lower() if _is_language(language) else "", title
    )


def _is_language(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_+#-]*", name)) and (
        highlight("", name).problem != "unknown"
    )


def _tags(nodes: Sequence[Node]) -> list[str]:
    found = []
    for node in nodes:
        if isinstance(node, Tag):
            found.append(node.name)
        elif isinstance(node, Decoration):
            found += _tags(node.inner)
    return found
