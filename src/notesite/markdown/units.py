"""Text, code, formulas and ruby -> units, which are never cut, each in the elements around it.

A unit is a grapheme cluster, a space, a formula, a code span or a word with ruby. Most text makes
runs of such letters and spaces: only where an excerpt may be cut a run is `spelled`.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from markdown_it.token import Token
from msgspec import Struct

from notesite.markdown import graphemes
from notesite.markdown.math import tex
from notesite.model import Formula

KEPT = frozenset(
    ["strong", "em", "s", "mark", "sub", "sup", "del", "ins", "u", "kbd", "small", "b", "i"]
)
SPACES = " \t\n\r\f"
ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class Frame:
    """An open element: `open` and `close` are its tags (none without a name), `mark` stands for it
    in text.

    Frames are made ahead and written only around a unit, so that nothing empty is ever shown.
    """

    __slots__ = ("block", "close", "depth", "mark", "open", "parent", "used")

    def __init__(self, parent: Frame | None, name: str, start: str = "", mark: str = "") -> None:
        self.parent = parent
        self.open = start or (name and f"<{name}>")
        self.close = name and f"</{name}>"
        self.mark = mark
        self.depth: int = parent.depth + 1 if parent else 1
        self.block: Frame = parent.block if parent and name in KEPT else self
        self.used = False

    def use(self) -> Frame:
        """Note that something is in it, and so in all around it."""
        frame: Frame | None = self
        while frame and not frame.used:
            frame.used = True
            frame = frame.parent
        return self


class Unit(Struct, gc=False):
    """`kind` is text, run (of text and single spaces, with text at its ends), space, break, ruby,
    atom (code, formula), dropped or more; `width` is in half-width columns. A formula has no `html`
    and `text` yet: a hole is made where it is written."""

    kind: str
    frame: Frame
    html: str = ""
    text: str = ""
    width: int = 0
    formula: Formula | None = None


NOWHERE = Frame(None, "p")


def letters(text: str, frame: Frame) -> Iterator[Unit]:
    """Text; spaces at the ends of a run are units of their own."""
    for piece, simple in graphemes.pieces(text):
        if not simple:
            for cluster in graphemes.clusters(piece):
                if cluster in SPACES:
                    yield space(frame)
                else:
                    html, width = escape(cluster, quote=False), graphemes.columns(cluster)
                    yield Unit("text", frame, html, cluster, width)
            continue
        words = " ".join(piece.split())
        if piece[0] in SPACES:
            yield space(frame)
        if words:
            yield run(words, frame)
        if words and piece[-1] in SPACES:
            yield space(frame)


def run(text: str, frame: Frame) -> Unit:
    """Simple text in one unit."""
    return Unit("run", frame, escape(text, quote=False), text, graphemes.simple_width(text))


def space(frame: Frame) -> Unit:
    """One space, whatever stands for it."""
    return Unit("space", frame, " ", " ", 1)


def code_span(content: str, frame: Frame) -> Unit:
    """Code in a line."""
    html = f"<code>{escape(content, quote=False)}</code>"
    return Unit("atom", frame, html, content, max(graphemes.width(content), 1))


def formula(token: Token, frame: Frame) -> Unit:
    """A formula, displayed or not."""
    found: Formula = token.meta["formula"]
    return Unit("atom", frame, width=max(tex.width(found.tex), 1), formula=found)


def ruby(token: Token, frame: Frame) -> Unit:
    """A word with its reading."""
    base, reading = token.content, str(token.meta["reading"])
    rt = f"<rp>（</rp><rt>{escape(reading)}</rt><rp>）</rp>"
    html, text = f"<ruby>{escape(base)}{rt}</ruby>", f"{base}（{reading}）"
    return Unit("ruby", frame, html, text, graphemes.width(base))


def line_break(frame: Frame) -> Unit:
    """The end of a line that stays one."""
    return Unit("break", frame, "<br>", " ", 1)


def spelled(unit: Unit, start: int = 0, stop: int | None = None) -> list[Unit]:
    """The letters and spaces of a run, or of a part of it; any other unit alone."""
    if unit.kind != "run":
        return [unit]
    frame = unit.frame
    return [
        space(frame)
        if letter == " "
        else Unit("text", frame, ESCAPED.get(letter, letter), letter, graphemes.columns(letter))
        for letter in unit.text[start:stop]
    ]
