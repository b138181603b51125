"""A title, a text and a font -> a share card: a PNG of the size that sites with previews ask for.

Only letters that stand alone are drawn. Scripts whose letters join or change places (Arabic, Hindi)
need a shaping engine that is not the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING
from unicodedata import bidirectional, category, normalize

from notesite.model import Drawn, Font

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

SIZE = 1200, 630
PAPER, INK, MUTED, ACCENT = "#fdfdfb", "#22252a", "#62676d", "#165e83"
_MARGIN, _BAR = 68, 14
_TITLE, _TEXT, _SITE = 62, 32, 28  # pixels of an em
_LEADING = 1.42
# What stays together on a line: a Latin word, or a letter with the punctuation behind it.
_WORD = re.compile(
    r"[!-\u2e7f]+ ?|.[、。，．・：；！？）」』】〉》ー…ぁぃぅぇぉっゃゅょァィゥェォッャュョ]*"
)


def read_letters(file: str) -> tuple[int, ...]:
    """The code points that a font has, sorted. ValueError if it is none; ImportError where the
    libraries are absent."""
    from fontTools.ttLib import TTFont, TTLibError
    from PIL import ImageFont

    try:
        ImageFont.truetype(file, _TEXT, layout_engine=ImageFont.Layout.BASIC)
        with TTFont(file, fontNumber=0, lazy=True) as font:
            return tuple(sorted(font.getBestCmap() or ()))
    except (OSError, TTLibError) as error:
        raise ValueError(str(error)) from None


def plain(text: str) -> str:
    """The text in one line, without what has no shape (joiners, variation selectors)."""
    line = " ".join(normalize("NFC", text).split())
    shapeless = ("Cc", "Cf")
    return "".join(c for c in line if category(c) not in shapeless and c not in "\ufe0e\ufe0f")


def undrawable(text: str, font: Font) -> str:
    """The first character of a plain text that cannot be drawn in this font, or ""."""
    for char in text:
        joins = category(char) in ("Mn", "Mc", "Me") or bidirectional(char) in ("R", "AL")
        if joins or (char != " " and ord(char) not in font.letters):
            return char
    return ""


def draw(card: Drawn) -> bytes:
    """The card as PNG."""
    from PIL import Image, ImageDraw

    width, height = SIZE
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, _BAR, height), fill=ACCENT)
    y, foot = float(_MARGIN), height - _MARGIN - _SITE
    for text, size, colour, most in ((card.title, _TITLE, INK, 3), (card.text, _TEXT, MUTED, 5)):
        font, step = _font(card.font, size), size * _LEADING
        room = int((foot - y - _SITE) / step)
        for line in _lines(text, font, width - 2 * _MARGIN, min(most, room)):
            pen.text((_MARGIN, y), line, fill=colour, font=font)
            y += step
        y += size * 0.3
    pen.text((_MARGIN, foot), card.site, fill=ACCENT, font=_font(card.font, _SITE))
    content = BytesIO()
    image.quantize(32, Image.Quantize.FASTOCTREE).save(content, "PNG")
    return content.getvalue()


def _lines(text: str, font: FreeTypeFont, width: float, most: int) -> Iterator[str]:
    """The text in at most so many lines; the last ends in an ellipsis if there is more."""
    words = _WORD.findall(text)
    for number in range(1, most + 1):
        line = ""
        while words and (not line or font.getlength((line + words[0]).rstrip()) <= width):
            line += words.pop(0)
        if words and number == most:
            while line and font.getlength(line.rstrip() + "...") > width:
                line = line[:-1]
            line = line.rstrip() + "..."
        if line:
            yield line.rstrip()


@lru_cache(maxsize=8)
def _font(font: Font, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(font.file, size, layout_engine=ImageFont.Layout.BASIC)
