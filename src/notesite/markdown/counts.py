"""Tokens of a note -> its counts.

Letters are counted by script, not by page: Han and kana by character, Korean and all else by word.
TeX, code (also inline) and raw tags are no letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from unicodedata import category

from markdown_it.token import Token

from notesite.markdown import raw_html
from notesite.model import Counts

KANA = "ぁ-ゖゝ-ゟァ-ヺー-ヿㇰ-ㇿｦ-ﾟ\U0001b000-\U0001b16f"
HAN = "々〇〻㐀-䶿一-鿿\uf900-\ufad9\u2e80-\u2fd5\U00020000-\U000323af"
CJK = re.compile(f"[{HAN}{KANA}]+")
HAS_KANA = re.compile(f"[{KANA}]")
KOREAN = re.compile(r"[\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb]+")
# UAX 29: letters and digits, also around an apostrophe, stop or colon within; a comma only within
# a number.
WORD = re.compile(r"[^\W_]\w*(?:(?:['’.:·]|(?<=\d)[,;](?=\d))\w+)*")
# Where the combining marks of the scripts with words are; others (kana's, variants) stand beside
# no letter.
HAS_MARKS = re.compile("[\u0300-\u036f\u0483-\u1dff\ua66f-\uabff\U00010a00-\U0001efff]")


def count(tokens: Sequence[Token], lang: str | None) -> Counts:
    """What there is to read in a note. Han is Japanese where the text has kana or `lang` is
    Japanese."""
    text = "".join(_text(tokens))
    others = CJK.split(text)
    characters = len(text) - sum(map(len, others))
    japanese = HAS_KANA.search(text) is not None or (lang or "").lower().split("-")[0] == "ja"
    korean = 0
    rest = " ".join(others)
    if KOREAN.search(rest):
        korean = len(KOREAN.findall(rest))
        rest = KOREAN.sub(" ", rest)
    numbers = {"code_lines": 0, "display_formulas": 0, "inline_formulas": 0, "images": 0}
    for name, number in _seen(tokens):
        numbers[name] += number
    return Counts(
        ja=characters if japanese else 0,
        zh=0 if japanese else characters,
        ko=korean,
        words=len(WORD.findall(_unmarked(rest))),
        **numbers,
    )


def _text(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _inline(token.children or ())
            yield "\n"
        elif token.type == "html_block":
            yield raw_html.prose(token.content) + "\n"


def _inline(children: Sequence[Token]) -> Iterator[str]:
    script = ""
    for token in children:
        kind = token.type
        if kind == "text" or kind in ("text_special", "ruby"):
            if not script:
                yield token.content
        elif kind == "html_inline":
            script = raw_html.hides(token.content, script)
            if raw_html.BREAK.match(token.content):
                yield " "
        elif token.nesting == 0 and not script:
            yield " "  # a formula, code, an image, the end of a line: no word goes on across it


def _seen(tokens: Sequence[Token]) -> Iterator[tuple[str, int]]:
    """All that is not letters."""
    for token in tokens:
        kind = token.type
        if kind == "inline":
            yield from _seen(token.children or ())
        elif kind == "text" or token.nesting:
            continue
        elif kind in ("fence", "code_block"):
            yield "code_lines", sum(1 for line in token.content.split("\n") if line.strip())
        elif "formula" in token.meta:
            yield "display_formulas" if token.meta["formula"].display else "inline_formulas", 1
        elif kind in ("html_block", "html_inline"):
            yield "images", raw_html.images(token.content)
        elif kind == "image":
            yield "images", 1


def _unmarked(text: str) -> str:
    """Without combining marks, which are part of a word but not of `\\w`."""
    if not HAS_MARKS.search(text):
        return text
    return "".join(char for char in text if char.isascii() or category(char)[0] != "M")
