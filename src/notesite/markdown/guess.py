"""The text of a note -> the language that it seems to be written in, by its script.

For notes that nobody has said it of: a wrong `lang` gives Japanese text Chinese letter forms, and a
screen reader the wrong voice.
"""

from __future__ import annotations

import re

from notesite.markdown.counts import CJK, HAS_KANA, KOREAN, WORD

_CODE = re.compile(r"^ *(```|~~~).*?(?:^ *\1|\Z)|`[^`\n]*`", re.M | re.S)
FOREIGN = 4  # words of other scripts that weigh as much as one character of these


def guess(text: str) -> str:
    """`ja` where kana are, `zh` where Han are without them, `ko` where Hangul is, each unless words
    of other scripts (names, terms, TeX) outweigh it by far; else `en`; "" where nothing is to
    read."""
    prose = _CODE.sub(" ", text)
    others = CJK.split(prose)
    characters = len(prose) - sum(map(len, others))
    rest = " ".join(others)
    syllables = sum(map(len, KOREAN.findall(rest)))
    words = len(WORD.findall(KOREAN.sub(" ", rest)))
    if not (characters or syllables or words):
        return ""
    if FOREIGN * max(characters, syllables) < words:
        return "en"
    if syllables > characters:
        return "ko"
    return "ja" if HAS_KANA.search(prose) else "zh"
