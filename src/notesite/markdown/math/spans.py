r"""A paragraph's text in, its formulas out: which `$`, `\(` and `\[` begin math, and where it ends.

Each paragraph is read once, from left to right; the rules then only look up what was found, so that
10,000 dollar signs cost no more than 10,000 steps.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from typing import NamedTuple

TEX_SIGN = re.compile(r"[\\^_={}|]")
_CJK = (  # compiled by the first text that asks: so large a class takes milliseconds
    "[\u1100-\u11ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\U00020000-\U0003ffff]"
)
_SIGN_IN_CELL = re.compile(r"[\\^_={}]")  # a | in a table row is rather the border of a cell
_NUMBERS = re.compile(r"[0-9.]+(?:,\s*[+-]?[0-9.]+)+")  # `$1, 0.5, -2$`: no prices stand so
_BRACKET_SIGN = re.compile(r"[\\^_={]")
_TOKEN = re.compile(r"\\(?:text[a-z]*|mbox|hbox)\s*\{|\\[^A-Za-z]|`+|\$+")
_IN_TEXT = re.compile(rf"{_TOKEN.pattern}|[{{}}]")
_CLOSERS = {"(": ")", "[": "]"}


class Span(NamedTuple):
    """Offsets of the TeX (`start`, `stop`) and of what follows the formula (`end`); its sign."""

    start: int
    stop: int
    end: int
    markup: str


def has_cjk(text: str) -> bool:
    """Whether something of it is Chinese, Japanese or Korean."""
    return not text.isascii() and re.search(_CJK, text) is not None


def is_math(content: str, *, cell: bool = False) -> bool:
    """Whether what stands between two dollar signs is meant as math, not as prose or prices."""
    inner = content.strip()
    if not (inner.strip("| ") if cell else inner):
        return False
    if (_SIGN_IN_CELL if cell else TEX_SIGN).search(content):
        return True
    if has_cjk(inner):
        return False
    if len(inner) == 1:
        return True
    if inner != content:
        return False
    if inner[0] in "0123456789" and re.search(r"\s", inner):
        return _NUMBERS.fullmatch(inner) is not None
    return True


def is_bracketed_math(content: str) -> bool:
    r"""Whether `\(…\)` or `\[…\]` is math, not brackets of prose that Markdown made escape."""
    inner = content.strip()
    letter = len(inner) == 1 and inner.isalpha() and not has_cjk(inner)
    return letter or _BRACKET_SIGN.search(inner) is not None


class Spans:
    """The signs of one paragraph. `cell` means a row of a table, in which `|` proves nothing."""

    def __init__(self, text: str, *, double_backslash: bool = False, cell: bool = False) -> None:
        self.text = text
        self.cell = cell
        self.dollars: list[tuple[int, int]] = []  # offset, length of the run
        self.brackets: list[tuple[int, str, int]] = []  # offset, sign, length
        self.in_code: list[int] = []  # offsets of dollar signs in code spans
        self.halves: set[int] = set()  # second signs of $$ whose first one closed a formula
        self._read(double_backslash)
        self.dollar_at = {offset: index for index, (offset, _) in enumerate(self.dollars)}
        self.bracket_at = {offset: index for index, (offset, _, _) in enumerate(self.brackets)}

    def at(self, offset: int) -> Span | None:
        """The formula that begins at `offset`, if one does."""
        if self.text[offset] == "\\":
            return self._bracketed(offset)
        if offset in self.halves:
            return self._single(offset, self.dollar_at[offset - 1])
        found = self.dollar_at.get(offset)
        if found is None or (offset and _is_letter(self.text[offset - 1])):
            return None
        length = self.dollars[found][1]
        if length > 2:
            return None
        return self._single(offset, found) if length == 1 else self._double(offset, found)

    def unclosed(self, offset: int) -> bool:
        """Whether a `$$` at `offset` opens what looks like TeX and has no second `$$`."""
        index = self.dollar_at.get(offset)
        if index is None or self.dollars[index][1] != 2 or index + 1 < len(self.dollars):
            return False
        if any(length == 2 for _, length in self.dollars[:index]):
            return False  # perhaps the second one of a pair that was no formula
        line = self.text[offset : (self.text.find("\n", offset) + 1 or len(self.text) + 1) - 1]
        return re.search(r"[\\^_]", line) is not None

    def _single(self, offset: int, index: int) -> Span | None:
        """`$…$`: the next sign closes it, unless an ASCII letter or digit follows that one."""
        if index + 1 >= len(self.dollars):
            return None
        stop, length = self.dollars[index + 1]
        content = self.text[offset + 1 : stop]
        after = self.text[stop + 1 : stop + 2]
        if (after.isascii() and after.isalnum()) or length > 2 or self._holds_code(offset, stop):
            return None
        if length == 2 and (content != content.strip() or not content):
            return None
        if content[:1] == "`" and re.fullmatch(r"`[^`]+`", content):  # GitHub's way to write it
            return Span(offset + 2, stop - 1, stop + 1, "$")
        if not is_math(content, cell=self.cell):
            return None
        if length == 2:
            self.halves.add(stop + 1)
        return Span(offset + 1, stop, stop + 1, "$")

    def _double(self, offset: int, index: int) -> Span | None:
        """`$$…$$` inside a paragraph."""
        if index + 1 >= len(self.dollars):
            return None
        stop, length = self.dollars[index + 1]
        content = self.text[offset + 2 : stop]
        if length != 2 or self._holds_code(offset, stop) or not is_math(content, cell=self.cell):
            return None
        return Span(offset + 2, stop, stop + 2, "$$")

    def _holds_code(self, start: int, stop: int) -> bool:
        if not self.in_code:
            return False
        index = bisect_left(self.in_code, start)
        return index < len(self.in_code) and self.in_code[index] < stop

    def _bracketed(self, offset: int) -> Span | None:
        index = self.bracket_at.get(offset)
        if index is None or index + 1 >= len(self.brackets):
            return None
        _, sign, length = self.brackets[index]
        stop, closer, closing_length = self.brackets[index + 1]
        if closer != _CLOSERS.get(sign) or length != closing_length:
            return None
        if not is_bracketed_math(self.text[offset + length : stop]):
            return None
        return Span(offset + length, stop, stop + length, "\\" + sign)

    def _read(self, double_backslash: bool) -> None:
        runs = _backtick_runs(self.text)
        depth = 0  # of braces, from the \text{ on that is not closed yet
        masked: list[tuple[int, int]] = []  # dollar signs in a \text{…} that is still open
        position = 0
        while match := (_IN_TEXT if depth else _TOKEN).search(self.text, position):
            token, start, position = match[0], match.start(), match.end()
            if token[0] == "$":
                (masked if depth else self.dollars).append((start, len(token)))
            elif token[0] == "`":
                position = self._skip_code(runs, start, position)
            elif token == "}" and depth:
                depth -= 1
                if not depth:
                    masked.clear()
            elif (token == "{" and depth) or (token[-1] == "{" and len(token) > 2):
                depth += 1
            elif token[0] == "\\":
                self._bracket(token, start, position, double_backslash)
        self.dollars += masked  # that \text{ was never closed: an error for KaTeX to name

    def _skip_code(self, runs: dict[int, list[int]], start: int, end: int) -> int:
        """Past the code span that begins with these backticks, if one does."""
        closers = runs[end - start]
        index = bisect_left(closers, end)
        if index == len(closers):
            return end
        stop = closers[index]
        dollar = self.text.find("$", end, stop)
        while dollar >= 0:
            self.in_code.append(dollar)
            dollar = self.text.find("$", dollar + 1, stop)
        return stop + end - start

    def _bracket(self, token: str, start: int, end: int, double_backslash: bool) -> None:
        if token[1] in "()[]":
            self.brackets.append((start, token[1], 2))
        elif double_backslash and token == "\\\\" and self.text[end : end + 1] in tuple("()[]"):
            self.brackets.append((start, self.text[end], 3))


def _backtick_runs(text: str) -> dict[int, list[int]]:
    runs: dict[int, list[int]] = defaultdict(list)
    if "`" in text:
        for match in re.finditer("`+", text):
            runs[len(match[0])].append(match.start())
    return runs


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()
