r"""The formulas of a note in order, in: each as a `Formula` for KaTeX, out.

Here equations get their numbers, labels their anchors, `\ref` and `\eqref` their links (in formulas
and in prose), and formulas the macros that were defined before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from notesite.markdown.gathered import Gathered
from notesite.markdown.math.commands import INTERESTING, LONGEST, Edit, Name, Row, Scan, scan
from notesite.model import Formula

Starts = tuple[tuple[int, int], ...]
_PLAIN = re.compile(r"[^\\^_{}$%&~#]*")
_MOST_MACROS = 10_000  # characters of definitions a note


@dataclass(slots=True)
class Target:
    """A label: its anchor, what a reference shows (TeX of text mode), the line it stands in."""

    id: str
    text: str
    line: int


@dataclass(slots=True)
class Placed:
    """A token of a formula, or of a reference in prose (`reference`), and where its lines begin."""

    token: Token
    starts: Starts
    reference: Name | None = None


_Waiting = tuple[Placed, Scan, str, tuple[str, ...]]  # for labels that stand further down


class Numbering:
    """The numbers, labels and macros of one note."""

    def __init__(self, note: Gathered, mode: str, macros: Iterable[tuple[str, str]]) -> None:
        self.note = note
        self.mode = mode
        self.count = 0
        self.targets: dict[str, Target] = {}
        self.ids: set[str] = set()
        self.definitions = [_definition(name, body) for name, body in macros]
        self.preamble = "\n".join(self.definitions)

    def apply(self, placed: Sequence[Placed]) -> None:
        """Give each token its `meta["formula"]`; a reference in prose gets `id` and content."""
        waiting: list[_Waiting] = []
        for item in placed:
            if item.reference is None:
                self._formula(item, waiting)
        for item, found, preamble, ids in waiting:
            for reference in found.references:
                reference.edit.text = self._link(reference, item)
            self._finish(item, found.edits, preamble, ids)
        for item in placed:
            if item.reference is not None:
                self._prose(item, item.reference)

    def _formula(self, item: Placed, waiting: list[_Waiting]) -> None:
        token = item.token
        display = token.type != "math_inline"
        plain = len(token.content) > LONGEST or not INTERESTING.search(token.content)
        if plain and not (self.mode == "all" and display):
            token.meta["formula"] = Formula(token.content, display, self.preamble, item.starts)
            return
        found = scan(token.content, display)
        ids: list[str] = []
        if found.only_definitions:
            token.meta["definitions"] = True
        else:
            for row in found.rows:
                ids += self._number(row, found, item)
        waiting.append((item, found, self.preamble, tuple(ids)))
        if found.definitions:
            self._inherit(found.definitions, item)

    def _inherit(self, definitions: list[str], item: Placed) -> None:
        preamble = "\n".join([*self.definitions, *definitions])
        if len(preamble) > _MOST_MACROS:
            message = f"the macros of this note are longer than {_MOST_MACROS} characters"
            self.note.problem(
                "warning", message, *item.starts[0], "this and later ones are left out"
            )
            return
        self.definitions += definitions
        self.preamble = preamble

    def _number(self, row: Row, found: Scan, item: Placed) -> list[str]:
        """Number the row if it is to have a number. The anchors of its labels."""
        display = item.token.type != "math_inline"
        wanted = bool(row.labels) or (self.mode == "all" and row.automatic)
        text = row.tag
        if text is None and wanted and display and self.mode != "none":
            self.count += 1
            text = str(self.count)
            if row.labels:
                row.labels[0].edit.text = f"\\tag{{{text}}}"
            else:
                found.edits.append(Edit(row.stop, 0, f"\\tag{{{text}}}"))
        if row.labels and not display:
            self._complain(item, row.labels[0], "only a display formula can have a label")
        return [anchor for label in row.labels if (anchor := self._label(label, text, item))]

    def _label(self, label: Name, text: str | None, item: Placed) -> str:
        if known := self.targets.get(label.name):
            message = f"the label “{label.name}” stands in line {known.line} already"
            self._complain(item, label, message)
            return ""
        anchor = "eq-" + (re.sub(r"[^\w.:-]+", "-", label.name.removeprefix("eq:")) or "-")
        base, count = anchor, 1
        while anchor in self.ids:
            count += 1
            anchor = f"{base}-{count}"
        self.ids.add(anchor)
        line = _place(item.starts, item.token.content, label.edit.offset)[0]
        shown = text if text is not None else label.name.replace("_", "\\_")
        self.targets[label.name] = Target(anchor, shown, line)
        return anchor

    def _link(self, reference: Name, item: Placed) -> str:
        target = self.targets.get(reference.name)
        if target is None:
            self._complain(item, reference, f"no equation has the label “{reference.name}”")
            return "\\text{??}"
        return f"\\href{{#{target.id}}}{{\\text{{{_shown(target, reference)}}}}}"

    def _prose(self, item: Placed, reference: Name) -> None:
        target = self.targets.get(reference.name)
        if target is None:
            self._complain(item, reference, f"no equation has the label “{reference.name}”")
            return
        text = _shown(target, reference)
        item.token.meta["id"] = target.id
        if _PLAIN.fullmatch(text):
            item.token.content = text
        else:
            tex = f"\\text{{{text}}}"
            item.token.meta["formula"] = Formula(tex, False, self.preamble, item.starts)

    def _complain(self, item: Placed, name: Name, message: str) -> None:
        place = _place(item.starts, item.token.content, name.edit.offset)
        self.note.problem("warning", message, *place)

    def _finish(self, item: Placed, edits: list[Edit], preamble: str, ids: tuple[str, ...]) -> None:
        tex, done = item.token.content, 0
        parts: list[str] = []
        moved: list[tuple[int, int, int]] = []
        length = 0
        for edit in sorted(edits, key=lambda edit: edit.offset):
            parts += [tex[done : edit.offset], edit.text]
            length += edit.offset - done
            moved.append((length, len(edit.text), edit.length))
            length += len(edit.text)
            done = edit.offset + edit.length
        parts.append(tex[done:])
        display = item.token.type != "math_inline" and "definitions" not in item.token.meta
        item.token.meta["formula"] = Formula(
            "".join(parts), display, preamble, item.starts, tuple(moved), ids
        )


def place(formula: Formula, offset: int) -> tuple[int, int]:
    """Line and column in the note of an offset in `formula.tex`; -1 is its beginning."""
    offset = max(offset, 0)
    begin = formula.tex.rfind("\n", 0, offset) + 1
    shift = 0
    for position, now, written in formula.edits:
        if begin <= position < offset:
            if position + now > offset:
                offset = position  # inside of what was rewritten
            else:
                shift += written - now
    line, column = _start(formula.starts, formula.tex.count("\n", 0, begin))
    return line, max(column, 1) + offset - begin + shift


def _place(starts: Starts, written: str, offset: int) -> tuple[int, int]:
    line, column = _start(starts, written.count("\n", 0, offset))
    return line, column + offset - (written.rfind("\n", 0, offset) + 1)


def _start(starts: Starts, index: int) -> tuple[int, int]:
    return starts[min(index, len(starts) - 1)]


def _shown(target: Target, reference: Name) -> str:
    return f"({target.text})" if reference.command == "eqref" else target.text


def _definition(name: str, body: str) -> str:
    r"""A macro of the front matter as `\def`."""
    count = max((int(digit) for digit in re.findall(r"(?<!#)#([1-9])", body)), default=0)
    parameters = "".join(f"#{number}" for number in range(1, count + 1))
    return f"\\def\\{name.removeprefix(chr(92))}{parameters}{{{' '.join(body.split())}}}"
