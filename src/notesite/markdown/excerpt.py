"""Tokens of a note -> its excerpt, as well-formed HTML and as plain text; its headings.

Formulas are hole markers in both. An excerpt shows what stands before `<!-- more -->`, else as
much as fits `width` half-width columns, and ends in "…" exactly when it leaves out something that
one reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from typing import Any
from unicodedata import category, east_asian_width

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

from notesite.markdown.gathered import gathered
from notesite.markdown.graphemes import is_hangul
from notesite.markdown.math.inline_formula import as_inline
from notesite.markdown.reading import Frame, Unit, read, read_inline
from notesite.model import Heading

Env = MutableMapping[str, Any]

TEXT_WIDTH = 320  # of the text of an excerpt that the author has chosen, in half-width columns
LAST_PART = 0.2  # of the width: where a sentence end is worth leaving the rest empty
LEAST_PART = 0.5  # of the width: rather cut a very long word than leave more than this empty
ENDS = "。．！？"
NARROW_ENDS = ".!?"  # only before a space: not in 3.14 or example.com
CLOSERS = "」』）】〉》〕］｝\"'”’)]}"
UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uff61-\uffdc]"
)  # Thai ...; half-width kana
SPACES = re.compile(" {2,}")
DISPLAY = '<span class="math-display">{}</span>'


class Excerpt(Struct, frozen=True):
    """Both strings hold formulas as markers of `gathered(env)`."""

    html: str = ""
    text: str = ""
    has_math: bool = False


def take(tokens: Sequence[Token], md: MarkdownIt, env: Env, *, width: int) -> Excerpt:
    """The excerpt of a note: paragraphs, lists and quotes. What the author chose by `<!-- more
    -->` is shown whole (where nothing stands before it, it chooses nothing); its `text` keeps to
    `width` too."""
    breaks = bool(md.options.get("breaks"))
    if _has_more(tokens):
        shown, left_out = _until_more(read(tokens, breaks=breaks))
        if shown:
            return _written(shown, env, left_out, width)
    shown, left_out = _until_full(read(tokens, breaks=breaks), width)
    return _written(shown, env, left_out)


def from_summary(summary: str, md: MarkdownIt, env: Env, *, width: int = TEXT_WIDTH) -> Excerpt:
    """The front matter's `summary`, inline Markdown, whole; its `text` keeps to `width`."""
    children = md.parseInline(summary, dict(env))[0].children or []
    units = read_inline(children, Frame(None, "p"), breaks=bool(md.options.get("breaks")))
    return _written([unit for unit in units if unit.kind != "more"], env, False, width)


def inline(children: Sequence[Token], md: MarkdownIt, env: Env) -> Excerpt:
    """All of an inline token, for titles: with its markup but no paragraph around it, links
    unwrapped."""
    units = read_inline(children, Frame(None, ""), breaks=False)
    return _written([unit for unit in units if unit.kind != "more"], env, False)


def headings(tokens: Sequence[Token], env: Env) -> tuple[Heading, ...]:
    """The headings that have an id, with readable text."""
    note = gathered(env)
    return tuple(
        Heading(
            int(token.tag[1:]), str(token.attrs["id"]), note.text(_text_of(tokens[index + 1], env))
        )
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.attrs.get("id")
    )


def _text_of(token: Token, env: Env) -> str:
    units = list(read_inline(token.children or [], Frame(None, "")))
    return _write(units, env, False)[1]


# --- what is shown --------------------------------------------------------------------------------


def _has_more(tokens: Sequence[Token]) -> bool:
    return any("<!--" in t.content for t in tokens if t.type in ("html_block", "inline"))


def _until_more(units: Iterator[Unit]) -> tuple[list[Unit], bool]:
    """Units before the first marker that has any before it, none without one; whether text is left
    out."""
    shown: list[Unit] = []
    left_out = False
    for unit in units:
        if unit.kind == "more":
            if shown:
                return shown, left_out or any(u.kind != "more" for u in units)
        elif unit.kind == "dropped":
            left_out = True
        else:
            shown.append(unit)
    return [], False


def _until_full(units: Iterable[Unit], limit: int) -> tuple[list[Unit], bool]:
    """Units that fit; whether text is left out. Reads on no further than to the first that does
    not fit."""
    shown: list[Unit] = []
    left_out = False
    total = 0
    for unit in units:
        if unit.kind == "dropped":
            left_out = True
        elif unit.kind != "more":
            shown.append(unit)
            total += unit.width
            if total > limit or len(shown) > 4 * limit:  # the latter: text without any width
                return _cut(shown, limit), True
    return shown, left_out


def _cut(units: list[Unit], limit: int) -> list[Unit]:
    """All but the last unit fit: after the last sentence of the last fifth, else after a word."""
    fitting = len(units) - 1
    widths = [0]
    for unit in units:
        widths.append(widths[-1] + unit.width)
    for end in range(fitting, 0, -1):
        if widths[end] < (1 - LAST_PART) * limit:
            break
        if _ends_sentence(units, end):
            return units[:end]
    for end in range(fitting, 0, -1):
        if widths[end] < LEAST_PART * limit:
            break
        if _may_break(units[end - 1], units[end]):
            return units[:end]
    while fitting and units[fitting].kind == "text" and not units[fitting].width:
        fitting -= 1  # a mark that stands outside of the emphasis that holds its letter
    return units[:fitting]


def _ends_sentence(units: list[Unit], end: int) -> bool:
    """Whether a sentence ends before `units[end]`: the mark, closing brackets, and what follows is
    neither; or the block ends."""
    last = end - 1
    after = units[end]
    if after.frame.block is not units[last].frame.block:
        return True  # the end of a paragraph or list item, whatever sign it ends with
    while last > 0 and units[last].kind == "text" and units[last].text in CLOSERS:
        last -= 1
    mark = units[last]
    if mark.kind != "text" or mark.frame.block is not after.frame.block:
        return False
    if after.kind in ("space", "break"):
        return mark.text in ENDS + NARROW_ENDS
    if after.kind == "text" and after.text in CLOSERS + ENDS + NARROW_ENDS:
        return False
    return mark.text in ENDS or (mark.text in NARROW_ENDS and not _is_spaced(after))


def _may_break(before: Unit, after: Unit) -> bool:
    """Whether a word ends between them. Scripts with spaces break only there, and beside Han and
    kana."""
    if before.frame.block is not after.frame.block or after.kind in ("space", "break"):
        return True
    if before.kind in ("space", "break"):
        return False  # the place before it is the better one
    if after.kind == "text" and not after.width:
        return False
    if before.kind == "text" and category(before.text[0]) in ("Ps", "Pi"):
        return False
    return not (_is_spaced(before) and _is_spaced(after))


def _is_spaced(unit: Unit) -> bool:
    if unit.kind == "atom":
        return True
    char = unit.text[0]
    return is_hangul(char) or not (east_asian_width(char) in "WF" or UNSPACED.match(char))


# --- how it is written ----------------------------------------------------------------------------


def _written(units: list[Unit], env: Env, left_out: bool, width: int | None = None) -> Excerpt:
    """`width`: that of the text, where it is not that of the HTML."""
    html, text = _write(units, env, left_out)
    if width is not None:
        fitting, cut = _until_full(units, width)
        if cut:
            text = _write(fitting, env, True)[1]
    return Excerpt(html, text, any(unit.formula for unit in units))


def _write(units: Sequence[Unit], env: Env, left_out: bool) -> tuple[str, str]:
    html: list[str] = []
    text: list[str] = []
    frame: Frame | None = None
    for unit in units:
        frame = _step(frame, unit.frame, html, text)
        if unit.formula:
            formula = as_inline(unit.formula)
            hole = gathered(env).hole(formula)
            html.append(DISPLAY.format(hole) if formula.display else hole)
            text.append(hole)
        else:
            html.append(unit.html)
            text.append(unit.text)
    if left_out:
        frame = _step(frame, frame.block if frame else Frame(None, "p"), html, text)
        space = " " if text and text[-1][-1:] in tuple(NARROW_ENDS) else ""
        html.append(f"{space}…")
        text.append(f"{space}…")
    _step(frame, None, html, text)
    return "".join(html), SPACES.sub(" ", "".join(text)).strip(" ")


def _step(old: Frame | None, new: Frame | None, html: list[str], text: list[str]) -> Frame | None:
    """Close what `new` is not in, open what it is in; in plain text a new block is a space and its
    mark."""
    opened: list[Frame] = []
    above = new
    while old is not above:
        if old and (above is None or old.depth >= above.depth):
            html.append(old.close)
            old = old.parent
        elif above:
            opened.append(above)
            above = above.parent
    for frame in reversed(opened):
        html.append(frame.open)
        if frame.block is frame:
            text.append(f" {frame.mark}" if text else frame.mark)
    return new
