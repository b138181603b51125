"""Text -> grapheme clusters (what a reader takes for one character) and their width in half-width
columns.

The rules are those of Unicode's UAX 29, read from `unicodedata` instead of the break tables:
marks, variation selectors, emoji with modifiers and zero-width joiners, flags, keycaps, kana with
a separate (semi-)voiced mark, conjoining Hangul, consonant clusters of the Indic scripts. Not
covered: the few prepended signs (U+0600 ...).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import category, east_asian_width

LONGEST = 64  # code points of a cluster; a longer run of marks is no writing
JOINER = "\u200d"
# Beside the marks: joiners, half-width voiced marks, the vowel am of Thai and Lao.
EXTEND = "\u200c\u200d\uff9e\uff9f\u0e33\u0eb3"
VIRAMAS = "\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d"
# A run of what can join what stands before it, or be joined. The class is written once: to compile
# one of so many characters takes milliseconds.
OTHERS = re.compile(r"([^ -~\n、-】ぁ-ゖァ-ヺー-ヿ一-鿿！-～]+)")


def clusters(text: str) -> Iterator[str]:
    """The clusters of `text` in order; together they are `text`."""
    for piece, simple in pieces(text):
        yield from piece if simple else _clusters(piece)


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """`text` in pieces that no cluster crosses; of a simple one each character is a cluster."""
    parts = [*OTHERS.split(text), ""]
    for simple, others in zip(parts[::2], parts[1::2], strict=True):
        first = len(simple) - 1 if others else len(simple)  # the last one may be joined
        if first > 0:
            yield simple[:first], True
        if others:
            yield simple[-1:] + others, False


def width(text: str) -> int:
    """The width of all clusters of `text`."""
    return sum(
        simple_width(piece) if simple else sum(map(columns, _clusters(piece)))
        for piece, simple in pieces(text)
    )


def simple_width(piece: str) -> int:
    """The width of a simple piece: what is not ASCII in it is wide, and three bytes of UTF-8."""
    return (len(piece) + len(piece.encode())) // 2 - piece.count("\n")


@lru_cache(maxsize=4096)
def columns(cluster: str) -> int:
    """Its width: 2 for wide characters, flags and emoji, 1 for others, 0 for what cannot be
    seen."""
    if cluster.isascii():
        return 1 if cluster.isprintable() else 0
    if len(cluster) == 1 and not OTHERS.match(cluster):
        return 2
    if "\ufe0f" in cluster or (len(cluster) > 1 and _is_flag(cluster[0])):
        return 2
    return max(_width(char) for char in cluster)


def _clusters(text: str) -> Iterator[str]:
    start, length = 0, len(text)
    while start < length:
        end = start + 1
        while end < length and end - start < LONGEST and _joined(text, start, end):
            end += 1
        yield text[start:end]
        start = end


def is_hangul(char: str) -> bool:
    """A Hangul syllable or jamo."""
    return bool(HANGUL.match(char))


HANGUL = re.compile(r"[\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb]")


def _width(char: str) -> int:
    if east_asian_width(char) in "WF":
        return 2
    return 0 if category(char) in ("Mn", "Me", "Cf", "Cc", "Zl", "Zp") else 1


def _joined(text: str, start: int, position: int) -> bool:
    """Whether the character at `position` belongs to the cluster that began at `start`."""
    char = text[position]
    if not OTHERS.match(char):
        return False
    if _is_control(text[start]):
        return False
    if _extends(char):
        return True
    before = text[position - 1]
    if _is_flag(char):
        return _is_flag(before) and position - start == 1
    if before == JOINER and _is_pictograph(char):
        return _is_pictograph(text[start])
    if HANGUL.match(char):
        return _one_syllable(before, char)
    return _is_conjunct(text, start, position)


def _is_control(char: str) -> bool:
    return not _extends(char) and category(char) in ("Cc", "Cf", "Zl", "Zp")


def _extends(char: str) -> bool:
    return (
        category(char)[0] == "M"
        or char in EXTEND
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _is_flag(char: str) -> bool:
    """A regional indicator; two of them are a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_pictograph(char: str) -> bool:
    return char in "©®‼⁉™〰〽㊗㊙" or "\u2190" <= char <= "\u2bff" or char >= "\U0001f000"


AFTER = {"L": "LVSR", "V": "VT", "S": "VT", "T": "T", "R": "T", "": ""}


def _one_syllable(before: str, char: str) -> bool:
    """UAX 29, GB6 to GB8: leading consonants, vowels, trailing consonants, in this order."""
    kind, following = _jamo(before), _jamo(char)
    return following != "" and following in AFTER[kind]


def _jamo(char: str) -> str:
    """L, V or T for a jamo; for a syllable S if it ends in a vowel, else R."""
    if "\u1100" <= char <= "\u115f" or "\ua960" <= char <= "\ua97c":
        return "L"
    if "\u1160" <= char <= "\u11a7" or "\ud7b0" <= char <= "\ud7c6":
        return "V"
    if "\u11a8" <= char <= "\u11ff" or "\ud7cb" <= char <= "\ud7fb":
        return "T"
    if "\uac00" <= char <= "\ud7a3":
        return "S" if (ord(char) - 0xAC00) % 28 == 0 else "R"
    return ""


def _is_conjunct(text: str, start: int, position: int) -> bool:
    """UAX 29, GB9c: a consonant, a virama among its marks, a consonant."""
    if not _is_indic(text[position]):
        return False
    linked = False
    for mark in reversed(text[start:position]):
        if not _extends(mark):
            return linked and _is_indic(mark)
        linked = linked or mark in VIRAMAS
    return False


def _is_indic(char: str) -> bool:
    return "\u0904" <= char <= "\u0d7f" and category(char) == "Lo"
