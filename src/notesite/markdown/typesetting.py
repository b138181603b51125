"""Documents with formulas as holes -> the same with what KaTeX made of them in their holes.

The formulas of many notes are set in few large calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Protocol

from msgspec.structs import replace

from notesite.markdown import stretches
from notesite.markdown.math import tex
from notesite.model import Document, Formula, Hole, Html, Problem, Text, Typeset
from notesite.problems import Location

_Key = tuple[str, bool, str]
Formulas = dict[_Key, Formula]  # each once


class Engine(Protocol):
    """What sets formulas: KaTeX, or whatever stands in front of it."""

    def typeset(self, formulas: Sequence[Formula]) -> list[Typeset]: ...


def _key(formula: Formula) -> _Key:
    return formula.tex, formula.display, formula.preamble


def formulas(document: Document) -> Formulas:
    """All that wait in a note for KaTeX."""
    parts: list[Html | Text] = [
        document.body, document.title, document.title_html, document.excerpt, document.excerpt_text,
        *(heading.text for heading in document.headings),
        *(sentence for _, sentence in document.sentences),
        *chain.from_iterable((s.heading, s.text) for s in document.stretches),
    ]  # fmt: skip
    pieces = chain.from_iterable(part.pieces for part in parts)
    return {_key(piece): piece for piece in pieces if isinstance(piece, Formula)}


def typeset(
    documents: Sequence[Document], waiting: Sequence[Formulas], engine: Engine
) -> list[Document]:
    """The documents with every formula set, and with what KaTeX complained of as problems.

    `waiting` are the formulas of each. One that stands in several places is set once.
    """
    wanted: Formulas = dict(chain.from_iterable(found.items() for found in waiting))
    results = engine.typeset(list(wanted.values())) if wanted else []
    made = dict(zip(wanted, results, strict=True))
    return [
        _filled(each, made) if formulas else each
        for each, formulas in zip(documents, waiting, strict=True)
    ]


def _filled(document: Document, made: dict[_Key, Typeset]) -> Document:
    return replace(
        document,
        body=_html(document.body, made),
        title=_text(document.title, made),
        title_html=_html(document.title_html, made),
        excerpt=_html(document.excerpt, made),
        excerpt_text=_text(document.excerpt_text, made),
        headings=tuple(replace(h, text=_text(h.text, made)) for h in document.headings),
        sentences=tuple((to, _html(sentence, made)) for to, sentence in document.sentences),
        stretches=stretches.typeset(document.stretches, lambda formula: made[_key(formula)].text),
        problems=(*document.problems, *_complaints(document, made)),
    )


def _html(html: Html, made: dict[_Key, Typeset]) -> Html:
    """The formulas filled in, neighbouring strings joined, other holes left."""
    pieces: list[str | Hole] = []
    strings: list[str] = []  # the last piece: joined once, for a long note has thousands
    for piece in html.pieces:
        if isinstance(piece, str):
            strings.append(piece)
        elif isinstance(piece, Formula):
            strings.append(made[_key(piece)].html)
        else:
            if strings:
                pieces.append("".join(strings))
                strings = []
            pieces.append(piece)
    if strings:
        pieces.append("".join(strings))
    return Html(tuple(pieces))


def _text(text: Text, made: dict[_Key, Typeset]) -> Text:
    return stretches.filled(text, lambda formula: made[_key(formula)].text)


def _complaints(document: Document, made: dict[_Key, Typeset]) -> Iterable[Problem]:
    """What KaTeX said of the formulas, at their places in the note.

    An excerpt's are copies of the body's, unless the author wrote it as `summary`.
    """
    summary = document.front_matter.summary is not None
    pieces = (*document.title_html.pieces, *document.body.pieces)
    for piece in (*pieces, *(document.excerpt.pieces if summary else ())):
        if isinstance(piece, Formula):
            for level, offset, message in made[_key(piece)].complaints:
                line, column = tex.place(piece, offset)
                yield Problem(level, message, Location(document.shown, line, column))
