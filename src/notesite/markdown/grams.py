r"""Text -> grams: what a note is found by, and what a query asks for.

A word is one gram. Where words are not spaced (Han, kana, Hangul, Thai …) each two neighbouring
characters are one, so that any part of a text is found; in formulas and code each two neighbouring
signs (`p (`, `\mathbb e`), and each command. static/search.js says the same in JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from operator import add
from unicodedata import normalize

ANCHOR, SEPARATOR, TERMINATOR = "\ufff9", "\ufffa", "\ufffb"
LONGEST = 40  # characters of a word by which it is known

_UNSPACED = (
    "々〆〇ー\u0e01-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3041-\u3096\u309d\u309e\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
)
_RUN = re.compile(f"([{_UNSPACED}]+)")
_HAN = re.compile("[々〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_WORD = re.compile(r"[^\W_]+")
_ACCENT = re.compile("[\u0300-\u036f]")
_FORMULA = re.compile(
    f"{ANCHOR}([^{SEPARATOR}{TERMINATOR}]*){SEPARATOR}?([^{TERMINATOR}]*){TERMINATOR}"
)
_SAME: dict[int, str] = {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}  # kana
_SAME |= {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}  # full-width
_SAME |= {ord("\u3000"): " ", ord("ß"): "ss", ord("ς"): "σ", ord("−"): "-"}
_OTHER = re.compile(f"[{re.escape(''.join(map(chr, _SAME)))}]+")  # translate() asks each
# What Unicode's normal forms would change otherwise than _SAME does. Most Japanese has none of it
_ODD = re.compile("[^\0-\x7f\u2013-\u2016\u2018-\u201f\u3000-\u3029ぁ-ゖァ-ヶ・ー一-\u9fff！-～]")

_BARS = re.compile(r"(?:\\?[|‖∥∣])+")
_SIGN = re.compile(r"\\[a-z]+|[^\W_]+|\\[,;:! ]|[^\w\s\\{}$&~\x00-\x1f\x7f-\x9f\ufeff]|_")
_MEANT = {f"\\{name}": "|" for name in ("mid", "vert", "lvert", "rvert", "parallel")}
_MEANT |= {f"\\{name}": "" for name in ("left", "right", "quad", "qquad", *",;:! ")}


def fold(text: str) -> str:
    """The same for texts that differ only by case, width, kana or accents."""
    if text.isascii():
        return text.lower()
    if not _ODD.search(text):
        return _OTHER.sub(_same, text.lower())
    plain = _ACCENT.sub("", normalize("NFKD", text).lower())
    return normalize("NFC", _OTHER.sub(_same, plain))


def _same(run: re.Match[str]) -> str:
    return run[0].translate(_SAME)


def words(text: str) -> list[str]:
    """The grams of folded text: words, and two characters each where words are not spaced (of a
    character alone, itself)."""
    if text.isascii():
        return [word[:LONGEST] for word in _WORD.findall(text)]
    found: list[str] = []
    pieces = _RUN.split(text)
    for spaced, run in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        if len(spaced) > 1:
            found += [word[:LONGEST] for word in _WORD.findall(spaced)]
        elif spaced.isalnum():
            found.append(spaced)
        if len(run) > 1:
            found += map(add, run, run[1:])
        elif run:
            found.append(run)
    return found


@lru_cache(maxsize=1000)  # the same tags and headings in note after note
def title_words(text: str) -> tuple[str, ...]:
    """The grams of a title, a heading or a tag: each Han character stands for itself, too."""
    folded = fold(text)
    return *words(folded), *_HAN.findall(folded)


def signs(text: str) -> list[str]:
    """The signs of a folded formula or of code: names, numbers, commands, brackets … All bars are
    one; what only moves or sizes others is none, nor is text that is not spaced."""
    if not text.isascii():
        text = _BARS.sub("|", _RUN.sub(" ", text))
    elif "|" in text:
        text = _BARS.sub("|", text)
    found = _SIGN.findall(text)
    if _MEANT.keys().isdisjoint(found):
        return found
    return [meant for sign in found if (meant := _MEANT.get(sign, sign))]


def pairs(found: list[str]) -> Iterator[str]:
    """The grams of signs: two neighbours each."""
    return map(" ".join, pairwise(found))


@lru_cache(maxsize=1000)
def annotated(shown: str, tex: str) -> str:
    """A formula in a text: as a reader reads it, and its TeX where that says more."""
    same = _read(shown)[1] == _read(tex)[1]
    return f"{ANCHOR}{shown}{'' if same else SEPARATOR + tex}{TERMINATOR}"


def prose(text: str) -> tuple[str, list[tuple[str, str]]]:
    """A text without its formulas, and these: (as read, TeX)."""
    if ANCHOR not in text:
        return text, []
    parts = _FORMULA.split(text)
    return " ".join(parts[::3]), list(zip(parts[1::3], parts[2::3], strict=True))


@lru_cache(maxsize=1000)
def formula(shown: str, tex: str) -> tuple[str, ...]:
    """The grams of a formula: by its TeX and by what is read; its names are words, too."""
    folded, found = _read(shown)
    grams = [*_names(folded), *_of_signs(found)]
    if tex:
        grams += _of_signs(_read(tex)[1])
    return tuple(dict.fromkeys(grams))


def _of_signs(found: list[str]) -> list[str]:
    return [*pairs(found), *(sign for sign in found if sign[0] == "\\")]


def code(text: str) -> Iterator[str]:
    """The grams of code, which do not reach over the end of a line; its words are prose."""
    for line in fold(text).splitlines():
        yield from pairs(signs(line))


@lru_cache(maxsize=1000)
def _read(text: str) -> tuple[str, list[str]]:
    """What stands in a formula: folded, and its signs."""
    folded = fold(text)
    return folded, signs(folded)


def _names(text: str) -> Iterable[str]:
    """Words of more than one letter, and Greek letters: `log`, `σ`; an `x` says nothing."""
    return (word for word in words(text) if len(word) > 1 or not word.isascii())
