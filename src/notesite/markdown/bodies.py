"""A Document -> an Entry and its HTML in pieces.

What index reads of ten thousand notes fits into memory and is quick to load; their HTML is neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from html import unescape

from notesite.model import Document, Entry, Html, LinkHole, Stored

CODE = '<div class="code'  # how a block of code begins
_ID = re.compile(r"""<[^<>]*?\s(?:id|name)\s*=\s*["']?([^"'\s<>]+)""")
Pieces = tuple[str, ...]  # the strings around the links of some HTML: one more than it has links


def part(
    document: Document, digest: bytes, search: bytes = b""
) -> tuple[Entry, Pieces, dict[bytes, Pieces]]:
    """The document, whose formulas are set, without its HTML; the pieces of its body; those of its
    excerpt and of the sentences with a link, by their digests. `digest` is of all that the note was
    made of, `search` of what search knows of it."""
    body = _pieces(document.body)
    short: dict[bytes, Pieces] = {}
    holes = tuple(p for p in document.body.pieces if isinstance(p, LinkHole))
    entry = Entry(
        path=document.path,
        shown=document.shown,
        digest=digest,
        front_matter=document.front_matter,
        title=str(document.title),
        title_html=document.title_html,
        body=Stored(digest, "body", _has_math(body), holes, code=_has_code(body)),
        excerpt=_short(document.excerpt, short),
        excerpt_text=str(document.excerpt_text),
        headings=document.headings,
        ids=document.ids,
        counts=document.counts,
        updated=document.updated,
        problems=document.problems,
        sentences=tuple((to, _short(html, short)) for to, html in document.sentences),
        lang=document.lang,
        passages=document.passages,
        search=search,
    )
    return entry, body, short


def shorts(entry: Entry) -> Iterator[bytes]:
    """The digests of what is kept of a note in the table of excerpts: its sentences with a link
    are there too."""
    yield entry.excerpt.digest
    for _, sentence in entry.sentences:
        yield sentence.digest


def is_of(digest: bytes, entry: Entry) -> bool:
    """Whether what is kept by this digest is the note's."""
    return digest in (entry.digest, entry.search) or digest in shorts(entry)


def ids(html: Html) -> tuple[str, ...]:
    """Of the elements of this HTML, sorted. Formulas, which are still holes, have none."""
    text = "".join(piece if isinstance(piece, str) else "\0" for piece in html.pieces)
    return tuple(sorted({unescape(found[1]) for found in _ID.finditer(text)}))


def _short(html: Html, found: dict[bytes, Pieces]) -> Stored:
    """Kept by its own content: an edit further down in the note leaves all listings as they are."""
    pieces = _pieces(html)
    if not any(pieces):
        return Stored()
    digest = blake2b("\0".join(pieces).encode(), digest_size=16).digest()
    found[digest] = pieces
    return Stored(digest, "excerpt", _has_math(pieces))


def _pieces(html: Html) -> Pieces:
    pieces = [""]
    for piece in html.pieces:
        if isinstance(piece, str):
            pieces[-1] += piece
        else:
            pieces.append("")
    return tuple(pieces)


def _has_math(pieces: Pieces) -> bool:
    return any('class="katex' in piece for piece in pieces)


def _has_code(pieces: Pieces) -> bool:
    return any(CODE in piece for piece in pieces)
