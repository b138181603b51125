"""Tokens of a note -> its excerpt, as well-formed HTML and as plain text; its headings.

Formulas are hole markers in both. An excerpt shows what stands before `<!-- more -->`, else as
much as fits `width` half-width columns, and ends in "…" exactly when it leaves out something that
one reads.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

from notesite.markdown.cutting import NARROW_ENDS, until_full, until_more
from notesite.markdown.gathered import gathered
from notesite.markdown.math.inline_formula import as_inline
from notesite.markdown.reading import read, read_inline
from notesite.markdown.units import Frame, Unit
from notesite.model import Heading

Env = MutableMapping[str, Any]

TEXT_WIDTH = 320  # of the text of an excerpt that the author has chosen, in half-width columns
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
        shown, left_out = until_more(read(tokens, breaks=breaks))
        if shown:
            return _written(shown, env, left_out, width)
    shown, left_out = until_full(read(tokens, breaks=breaks), width)
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


def _has_more(tokens: Sequence[Token]) -> bool:
    return any("<!--" in t.content for t in tokens if t.type in ("html_block", "inline"))


def _text_of(token: Token, env: Env) -> str:
    units = list(read_inline(token.children or [], Frame(None, "")))
    return _write(units, env, False)[1]


# --- how it is written ----------------------------------------------------------------------------


def _written(units: list[Unit], env: Env, left_out: bool, width: int | None = None) -> Excerpt:
    """`width`: that of the text, where it is not that of the HTML."""
    html, text = _write(units, env, left_out)
    if width is not None:
        fitting, cut = until_full(units, width)
        if cut:
            text = _write(fitting, env, True)[1]
    return Excerpt(html, text, any(unit.formula for unit in units))


def _write(units: Sequence[Unit], env: Env, left_out: bool) -> tuple[str, str]:
    html: list[str] = []
    text: list[str] = []
    frame: Frame | None = None
    for unit in units:
        if unit.frame is not frame:
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
