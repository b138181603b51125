"""Japanese, Chinese, Korean in Markdown: emphasis beside full-width signs, soft line breaks.

Emphasis: the rules of markdown-cjk-friendly (https://github.com/tats-u/markdown-cjk-friendly),
which amend CommonMark 6.2 and leave text without CJK characters as it was. Soft breaks: Japanese
and Chinese are written without spaces, so a line end between two such characters is no space;
Korean has spaces.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache, partial
from unicodedata import category

from markdown_it import MarkdownIt
from markdown_it.common.utils import isWhiteSpace
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token

from notesite.markdown.inline import Inline

# Characters of East Asian Width W, F or H (UAX #11, Unicode 17) that are no emoji by default
# (UTS #51). A table and not unicodedata, which differs by Python: same note, same page.
_HANGUL = (
    "\u1100-\u11ff\u302e\u302f\u3131-\u318e\u3200-\u321e\u3260-\u327e\ua960-\ua97c\uac00-\ud7a3"
    "\ud7b0-\ud7fb\uffa0-\uffdc"
)
_JOINING = (  # of these, what is written without spaces
    "\u2329\u232a\u2e80-\u302d\u3030-\u303e\u3041-\u3130\u318f-\u31ff\u321f-\u325f\u327f-\ua4cf\uf900-\ufaff"
    "\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff9f\uffe0-\uffe6\U00016fe0-\U00018dff\U0001aff0-\U0001b2ff"
    "\U0001f200\U0001f202\U0001f210-\U0001f219\U0001f21b-\U0001f22e\U0001f230\U0001f231\U0001f237"
    "\U0001f23b\U0001f240-\U0001f248\U0001f260-\U0001f265\U00020000-\U0003fffd"
)
_OTHER = "\u20a9\u2630-\u2637\u268a-\u268f\uffe8-\uffee\U0001d300-\U0001d376"
CJK = f"{_HANGUL}{_JOINING}{_OTHER}"  # for a class of a regular expression

_SELECTORS = re.compile("[\ufe00-\ufe0e\U000e0100-\U000e01ef]\\Z")

WHITE, PUNCTUATION, IDEOGRAPH, SELECTOR = 1, 2, 4, 8


def _edges(signs: str) -> list[str]:
    """Where ranges of such a class begin and end, in order: what bisect puts at an odd place is in
    one. To compile the class takes longer than to ask this of all characters of a note."""
    ranges = [(first, last or first) for first, last in re.findall("(.)(?:-(.))?", signs)]
    return [edge for first, last in sorted(ranges) for edge in (first, chr(ord(last) + 1))]


_CJK_EDGES, _JOINING_EDGES = _edges(CJK), _edges(_JOINING)


def plugin(md: MarkdownIt, soft_breaks: str) -> None:
    """Install both; `soft_breaks` is "cjk" (SPEC 3), "keep" (a line end) or "break" (`<br>`)."""
    md.inline = Inline(md.inline, _State)
    if soft_breaks == "cjk":
        md.core.ruler.before("text_join", "cjk_soft_breaks", _join_lines)
    else:
        md.options["breaks"] = soft_breaks == "break"


# --- emphasis -------------------------------------------------------------------------------------


class _State(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """Whether the run of delimiters at `start` can open and close, and its length."""
        src, end = self.src, start + 1
        while end < self.posMax and src[end] == src[start]:
            end += 1
        before = _before(src, start)
        after = _kind(src[end]) if end < self.posMax else WHITE
        return _scanned(before, after, end - start, canSplitWord)


@lru_cache(maxsize=4096)
def _scanned(before: int, after: int, length: int, split_word: bool) -> Scanned:
    hard_before, hard_after = _is_hard(before), _is_hard(after)
    left = not after & WHITE and (
        not hard_after or hard_before or bool(before & (WHITE | IDEOGRAPH | SELECTOR))
    )
    right = not before & WHITE and (
        not hard_before or hard_after or bool(after & (WHITE | IDEOGRAPH))
    )
    return Scanned(
        left and (split_word or not right or bool(before & PUNCTUATION)),
        right and (split_word or not left or bool(after & PUNCTUATION)),
        length,
    )


def _is_hard(kind: int) -> bool:
    """Whether it is punctuation that is not CJK."""
    return kind & (PUNCTUATION | IDEOGRAPH) == PUNCTUATION


def _before(src: str, start: int) -> int:
    """The kind of what stands before a run: a character, or one with its variation selector."""
    if start == 0:
        return WHITE
    last = src[start - 1]
    if "\ufe00" <= last <= "\ufe0e" and start > 1:
        if last == "\ufe01" and src[start - 2] in "‘’“”":  # the full-width form of a quotation mark
            return PUNCTUATION | IDEOGRAPH
        return _kind(src[start - 2])
    return _kind(last)


@lru_cache(maxsize=4096)
def _kind(char: str) -> int:
    kind = WHITE if isWhiteSpace(ord(char)) else 0
    if category(char)[0] in "PS":
        kind |= PUNCTUATION
    if bisect_right(_CJK_EDGES, char) % 2:
        kind |= IDEOGRAPH
    if "\U000e0100" <= char <= "\U000e01ef":
        kind |= SELECTOR
    return kind


# --- soft breaks ----------------------------------------------------------------------------------


def _join_lines(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children and "\n" in token.content:
            token.children = _joined(token.children)


def _joined(children: list[Token]) -> list[Token]:
    kept: list[Token] = []
    for index, token in enumerate(children):
        if token.type == "softbreak" and _vanishes(children, index):
            continue
        if token.children:  # the description of an image
            token.children = _joined(token.children)
        kept.append(token)
    return kept


def _vanishes(children: list[Token], index: int) -> bool:
    """Whether wide text stands on both sides, be it in emphasis or in a link, but not in code."""
    beside = partial(_text_beside, children, index)
    return _is_wide(_SELECTORS.sub("", beside(-1))[-1:]) and _is_wide(beside(1)[:1])


@lru_cache(maxsize=4096)
def _is_wide(char: str) -> bool:
    return bisect_right(_JOINING_EDGES, char) % 2 == 1


def _text_beside(children: list[Token], index: int, step: int) -> str:
    index += step
    while 0 <= index < len(children):
        token = children[index]
        if token.type in ("text", "text_special"):
            if token.content:  # spent delimiters leave empty texts behind
                return token.content[-2:] if step < 0 else token.content
        elif token.type == "ruby":
            return token.content
        elif token.nesting == 0:
            return ""
        index += step
    return ""
