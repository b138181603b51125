"""Tokens of a note -> what a reader can look up: stretches of text under headings, and its code.

Formulas are hole markers in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from markdown_it.token import Token

from notesite.markdown import raw_html
from notesite.markdown.gathered import Gathered
from notesite.markdown.grams import ANCHOR, SEPARATOR, TERMINATOR, annotated
from notesite.model import Formula, Stretch, Text

_CODE = ("fence", "code_block")


def stretches(tokens: Sequence[Token], env: dict[str, Any]) -> tuple[Stretch, ...]:
    """What stands below each heading that has an id; the first, without one, before them."""
    note: Gathered = env["note"]
    found: list[tuple[str, str, list[str]]] = [("", "", [])]
    skipped = -1  # a heading's own text is none of its text
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.attrs.get("id"):
            skipped = index + 1
            heading = "".join(_inline(tokens[skipped].children or (), note))
            found.append((str(token.attrs["id"]), heading, []))
        elif index != skipped:
            found[-1][2].extend(_block(token, note))
    return tuple(
        Stretch(id, note.text(_plain(heading)), note.text(_plain(" ".join(text))))
        for id, heading, text in found
        if text or id
    )


def code(tokens: Sequence[Token]) -> str:
    """All code of the note, in blocks and in lines."""
    parts = [token.content for token in tokens if token.type in _CODE]
    for token in tokens:
        if token.type == "inline" and "`" in token.content:
            parts += (t.content for t in token.children or () if t.type == "code_inline")
    return "\n".join(parts)


def typeset(found: Sequence[Stretch], shown: Callable[[Formula], str]) -> tuple[Stretch, ...]:
    """With formulas as they are read and as they are written: they can be found by both."""

    def both(formula: Formula) -> str:
        return annotated(shown(formula), formula.tex)

    return tuple(Stretch(p.id, filled(p.heading, shown), filled(p.text, both)) for p in found)


def filled(text: Text, fill: Callable[[Formula], str]) -> Text:
    """With what `fill` makes of its formulas."""
    return Text(("".join([fill(p) if isinstance(p, Formula) else p for p in text.pieces]),))


def _block(token: Token, note: Gathered) -> Iterator[str]:
    if token.type == "inline":
        yield "".join(_inline(token.children or (), note))
    elif token.type in _CODE:
        yield token.content
    elif "formula" in token.meta:
        yield note.hole(token.meta["formula"])
    elif token.type == "html_block":
        yield raw_html.prose(token.content)


def _inline(children: Sequence[Token], note: Gathered) -> Iterator[str]:
    script = ""  # an open raw element whose content is no text
    for token in children:
        if token.type == "html_inline":
            script = raw_html.hides(token.content, script)
            if raw_html.BREAK.match(token.content):
                yield " "
        elif script:
            continue
        elif "formula" in token.meta:
            yield note.hole(token.meta["formula"])
        elif token.type == "ruby":
            yield f"{token.content}（{token.meta['reading']}）"
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type in ("text", "text_special", "code_inline", "image"):
            yield token.content


def _plain(text: str) -> str:
    """With single spaces, and without what is put around formulas later."""
    for sign in (ANCHOR, SEPARATOR, TERMINATOR):
        text = text.replace(sign, " ")
    return " ".join(text.split())
