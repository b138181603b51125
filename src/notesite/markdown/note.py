"""Source -> Document: one note, parsed without looking at any other.

Two steps. `parse` leaves every formula as a hole; `typeset` sets the formulas of many notes in few
large calls and puts them in their holes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec.structs import replace

from notesite.decode import decode
from notesite.extension import extend
from notesite.languages import split
from notesite.markdown import excerpt as excerpts
from notesite.markdown import front_matter, images, links, shortcodes, stretches, titles, wikilinks
from notesite.markdown.bodies import ids
from notesite.markdown.counts import count
from notesite.markdown.gathered import Gathered
from notesite.markdown.guess import guess
from notesite.markdown.math import tex
from notesite.markdown.options import Options as Options
from notesite.markdown.parser import make_parser
from notesite.markdown.passages import passages
from notesite.markdown.sentences import sentences
from notesite.markdown.syntax import tags
from notesite.model import (
    Document,
    Formula,
    FrontMatter,
    Hole,
    Html,
    Problem,
    Source,
    Text,
    Typeset,
)
from notesite.nodes import FieldError
from notesite.problems import Location

LONG_NOTE = 2 * 2**20  # bytes; longer ones get a warning


class Engine(Protocol):
    """What sets formulas: KaTeX, or whatever stands in front of it."""

    def typeset(self, formulas: Sequence[Formula]) -> list[Typeset]: ...


def parse(source: Source, options: Options) -> Document:
    """The note with formulas as holes. One with a problem of level error is not fit to be
    published."""
    assert source.content is not None
    try:
        text = decode(source.content)
    except FieldError as error:
        where = Location(source.shown, error.line, error.column)
        return unreadable(source, Problem("error", error.message, where, error.hint))
    lines = text.split("\n")
    front, body, problems = front_matter.read(
        text, source.path, source.shown, ZoneInfo(options.timezone)
    )
    front, body = titles.of_first_line(front, body)
    note = Gathered(source.shown, lines)
    note.problems += problems
    if len(source.content) > LONG_NOTE:
        note.problem(
            "warning", f"a long note ({len(source.content) // 2**20} MiB) slows every build", 0, 0
        )
    if not text.strip():
        note.problem("warning", "this note is empty", 0, 0, "write something, or delete the file")
    md = parser(options)
    lang = front.lang or split(source.path, options.languages)[0]
    if not (lang or options.languages):
        lang = guess(f"{front.title or ''}\n{body}")
    shown_in = lang or next(iter(options.languages), "")
    env: dict[str, Any] = {"note": note, "macros": front.macros, "lang": shown_in}
    tokens = md.parse(body, env)
    if options.inline_tags:
        front = replace(front, tags=tags.with_parents((*front.tags, *env.get("tags", ()))))
    document = _document(source, front, tokens, env, options)
    return replace(document, lang=lang, problems=tuple(note.problems))


def typeset(documents: Sequence[Document], engine: Engine) -> list[Document]:
    """The documents with every formula set, and with what KaTeX complained of as problems.

    A formula that stands in several places is set once.
    """
    wanted = {key: formula for each in documents for key, formula in formulas(each).items()}
    results = engine.typeset(list(wanted.values())) if wanted else []
    made = dict(zip(wanted, results, strict=True))
    return [_filled(each, made) if formulas(each) else each for each in documents]


def unreadable(source: Source, problem: Problem) -> Document:
    """A note that could not be read: nothing but a problem."""
    return Document(
        source.path, source.shown, source.digest, FrontMatter(), Text(), Html(), Html(), Html(),
        Text(), problems=(problem,),
    )  # fmt: skip


# --- parse ----------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def parser(options: Options) -> MarkdownIt:
    """The parser of notes under these settings. Raises ExtensionFailed."""
    md = make_parser(
        html=options.html, typographer=options.typographer, soft_breaks=options.soft_breaks
    )
    tex.plugin(md, double_backslash=options.double_backslash, numbering=options.numbering)
    wikilinks.plugin(md)
    if options.inline_tags:
        tags.plugin(md)
    links.plugin(md)
    images.plugin(md)
    shortcodes.plugin(md)
    if options.extension is not None:
        extend(md, options.extension)
    return md


def _document(
    source: Source, front: FrontMatter, tokens: list[Token], env: dict[str, Any], options: Options
) -> Document:
    note: Gathered = env["note"]
    md = parser(options)
    place = split(source.path, options.languages)[1]
    title, title_html = titles.title(place, front, tokens, md, env)
    body = note.html(md.renderer.render(tokens, md.options, env))
    if front.summary is None:
        taken = excerpts.take(tokens, md, env, width=options.excerpt_width)
        excerpt = note.html(taken.html)
    else:
        taken = excerpts.from_summary(front.summary, md, env)
        excerpt = _at(note.html(taken.html), front, "summary")
    return Document(
        path=source.path,
        shown=source.shown,
        digest=source.digest,
        front_matter=front,
        title=note.text(title),
        title_html=note.html(title_html),
        body=body,
        excerpt=excerpt,
        excerpt_text=note.text(taken.text),
        headings=excerpts.headings(tokens, env),
        ids=ids(body),
        counts=count(tokens, env["lang"]),
        updated=source.updated,
        sentences=sentences(tokens, md, env),
        passages=passages(body),
        stretches=stretches.stretches(tokens, env) if options.search else (),
        code=stretches.code(tokens) if options.search else "",
    )


def _at(html: Html, front: FrontMatter, key: str) -> Html:
    """The HTML of a value of the front matter, its formulas placed where that value stands."""
    places = {name: (line, column) for name, line, column in front.places}
    return Html(
        tuple(
            replace(piece, starts=(places[key],)) if isinstance(piece, Formula) else piece
            for piece in html.pieces
        )
    )


# --- typeset --------------------------------------------------------------------------------------

_Key = tuple[str, bool, str]


def _key(formula: Formula) -> _Key:
    return formula.tex, formula.display, formula.preamble


def formulas(document: Document) -> dict[_Key, Formula]:
    """All that wait in a note for KaTeX, each once."""
    parts: list[Html | Text] = [
        document.body, document.title, document.title_html, document.excerpt, document.excerpt_text,
        *(heading.text for heading in document.headings),
        *(sentence for _, sentence in document.sentences),
        *chain.from_iterable((s.heading, s.text) for s in document.stretches),
    ]  # fmt: skip
    pieces = chain.from_iterable(part.pieces for part in parts)
    return {_key(piece): piece for piece in pieces if isinstance(piece, Formula)}


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
    return Text(
        ("".join(made[_key(p)].text if isinstance(p, Formula) else p for p in text.pieces),)
    )


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
