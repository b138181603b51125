r"""Lines in, `math_block` tokens out: blocks of `$$` and `\[`, bare `\begin{align}` and its like.

A block is closed at the end of a line. A `$$` block may hold empty lines, as in Obsidian, but no
heading, no code fence and no paragraph of prose: one forgotten `$$` must not swallow the note.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any, NamedTuple

from markdown_it.rules_block import StateBlock

from notesite.markdown.gathered import gathered
from notesite.markdown.math.spans import TEX_SIGN, has_cjk, is_bracketed_math, is_math

_ENVIRONMENT = re.compile(
    r"\\begin\{((?:equation|align|alignat|flalign|gather|multline|eqnarray|aligned|alignedat|gathered"
    r"|split|cases|rcases|dcases|array|CD|[pbBvV]?(?:small)?matrix)\*?)\}"
)
_PAIR = re.compile(r"\\.|\$\$")
_FOREIGN = re.compile(r"(#{1,6}(\s|$)|```|~~~)")  # lines that no formula holds
_WORDS = re.compile(r"[A-Za-z]{2,}\s+[A-Za-z]+\s+[A-Za-z]+")
_PLACES = "tex lines"  # in markdown-it's env


class _Sign(NamedTuple):
    opener: str  # as it stands in the note
    closer: str
    kept: bool  # whether both belong to the TeX
    gaps: bool  # whether empty lines may stand inside


class Lines:
    """What is known of the lines of a note, found out when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.starts = [0] + [match.end() for match in re.finditer("\n", text)]
        self.reported: set[int] = set()
        self.failed: dict[tuple[str, int], tuple[int, int]] = {}  # closer, indent -> lines from, to
        self._inside = self._parity(text)

    def inside(self, line: int) -> bool:
        """Whether the paragraph up to this line has opened a `$$` that it has not closed."""
        return self._inside[line]

    @staticmethod
    def _parity(text: str) -> list[bool]:
        inside, odd = [], False
        for line in text.split("\n"):
            inside.append(odd)
            if odd and not line.strip(" \t>"):
                odd = False
            elif "$$" in line:
                odd ^= sum(match[0] == "$$" for match in _PAIR.finditer(line)) % 2 == 1
        return inside


def lines_of(env: MutableMapping[str, Any], text: str) -> Lines:
    """The `Lines` of the text that is being parsed; kept in `env` until the parse is over."""
    known: dict[str, Lines] = env.setdefault(_PLACES, {})
    if text not in known:
        known[text] = Lines(text)
    return known[text]


def forget(env: MutableMapping[str, Any]) -> None:
    """Empty `env` of what only served this parse."""
    env.pop(_PLACES, None)


def math_block(
    state: StateBlock, start: int, end: int, silent: bool, *, double_backslash: bool
) -> bool:
    """The rule for markdown-it."""
    begin = state.bMarks[start] + state.tShift[start]
    if state.src[begin : begin + 1] not in ("$", "\\") or state.is_code_block(start):
        return False
    sign = _sign(state.src, begin, state.eMarks[start], double_backslash)
    if sign is None:
        return False
    lines = lines_of(state.env, state.src)
    if sign.opener == "$$" and lines.inside(start):
        return False
    pieces = _pieces(state, lines, start, end, sign)
    if pieces is None:
        return False
    if not silent:
        _push(state, lines, start, sign, pieces)
    return True


def _sign(text: str, begin: int, stop: int, double_backslash: bool) -> _Sign | None:
    if text.startswith("$$", begin):
        return None if text.startswith("$$$", begin) else _Sign("$$", "$$", False, True)
    if text.startswith("\\[", begin):
        return _Sign("\\[", "\\]", False, False)
    if double_backslash and text.startswith("\\\\[", begin):
        return _Sign("\\\\[", "\\\\]", False, False)
    if match := _ENVIRONMENT.match(text, begin, stop):
        return _Sign(match[0], f"\\end{{{match[1]}}}", True, False)
    return None


_Piece = tuple[int, int]  # offsets of the TeX in one line of the source


def _pieces(
    state: StateBlock, lines: Lines, start: int, end: int, sign: _Sign
) -> list[_Piece] | None:
    """The TeX line by line, or None if this is no math block (a lone sign is reported)."""
    indent = min(state.blkIndent, state.sCount[start])
    since, until = lines.failed.get((sign.closer, indent), (0, 0))
    begin = state.bMarks[start] + state.tShift[start]
    if since < start < until:
        _report(state, lines, start, begin, sign)
        return None
    first = begin + (0 if sign.kept else len(sign.opener))
    pieces = [(first, state.eMarks[start])]
    line = start
    while True:
        left, right = pieces[-1]
        text = state.src[left:right]
        found = _find(text, sign.closer)
        if found >= 0:
            after = found + len(sign.closer)
            if text[after:].strip():
                lines.failed[sign.closer, indent] = (start, line)
                return None  # a formula inside a paragraph
            pieces[-1] = (left, left + (after if sign.kept else found))
            return pieces if _wanted(state.src, pieces, sign) else None
        line += 1
        if line >= end or _stops(state, line, indent, sign):
            lines.failed[sign.closer, indent] = (start, line)
            _report(state, lines, start, begin, sign)
            return None
        margin = min(state.tShift[line], state.tShift[start])
        pieces.append((min(state.bMarks[line] + margin, state.eMarks[line]), state.eMarks[line]))


def _find(text: str, closer: str) -> int:
    if closer not in text:
        return -1
    if closer in ("$$", "\\]"):
        return next((match.start() for match in _PAIR.finditer(text) if match[0] == closer), -1)
    return text.find(closer)


def _stops(state: StateBlock, line: int, indent: int, sign: _Sign) -> bool:
    """Whether a formula that is open cannot go on in this line."""
    if state.isEmpty(line):
        return not sign.gaps
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    if state.sCount[line] < indent or _FOREIGN.match(text):
        return True
    return state.isEmpty(line - 1) and _is_prose(text)


def _is_prose(text: str) -> bool:
    return not TEX_SIGN.search(text) and (has_cjk(text) or _WORDS.search(text) is not None)


def _wanted(text: str, pieces: list[_Piece], sign: _Sign) -> bool:
    """Whether what two signs enclose is a formula."""
    content = "\n".join(text[left:right] for left, right in pieces)
    if sign.opener.endswith("["):
        return is_bracketed_math(content)
    if sign.opener == "$$" and len(pieces) == 1:
        return is_math(content)
    return bool(content.strip()) and not _is_prose(text[pieces[0][0] : pieces[0][1]])


def _report(state: StateBlock, lines: Lines, start: int, begin: int, sign: _Sign) -> None:
    rest = state.src[begin + len(sign.opener) : state.eMarks[start]]
    if sign.opener.endswith("[") or start in lines.reported or "note" not in state.env:
        return
    if sign.opener == "$$" and rest.strip() and not re.search(r"[\\^_]", rest):
        return  # prose that begins with two dollar signs
    lines.reported.add(start)
    message = f"{sign.opener} is not closed"
    hint = f"the formula ends with {sign.closer} at the end of a line"
    column = begin - lines.starts[start] + 1
    gathered(state.env).problem("warning", message, start + 1, column, hint)


def _push(state: StateBlock, lines: Lines, start: int, sign: _Sign, pieces: list[_Piece]) -> None:
    state.line = start + len(pieces)
    texts = [state.src[left:right] for left, right in pieces]
    numbered = list(enumerate(pieces, start))
    while len(texts) > 1 and not texts[0].strip():
        texts, numbered = texts[1:], numbered[1:]
    while len(texts) > 1 and not texts[-1].strip():
        texts, numbered = texts[:-1], numbered[:-1]
    token = state.push("math_block", "math", 0)
    token.content = "\n".join(texts)
    token.markup = sign.opener
    token.map = [start, state.line]
    token.meta["starts"] = tuple(
        (line + 1, left - lines.starts[line] + 1) for line, (left, _) in numbered
    )
