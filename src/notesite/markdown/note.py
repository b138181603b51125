"""Source -> Document: one note, parsed without looking at any other. Every formula is a hole in it,
which typesetting.py fills.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
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
    Html,
    Problem,
    Source,
    Text,
)
from notesite.nodes import FieldError
from notesite.problems import Location

LONG_NOTE = 2 * 2**20  # bytes; longer ones get a warning


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


def unreadable(source: Source, problem: Problem) -> Document:
    """A note that could not be read: nothing but a problem."""
    return Document(
        source.path, source.shown, source.digest, FrontMatter(), Text(), Html(), Html(), Html(),
        Text(), problems=(problem,),
    )  # fmt: skip


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
