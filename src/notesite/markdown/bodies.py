"""A Document -> an Entry and its HTML in pieces; and pieces -> HTML, to print.

What index reads of ten thousand notes fits into memory and is quick to load; their HTML is neither.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from html import escape, unescape
from itertools import zip_longest

from notesite.model import AssetLink, Document, Entry, Html, NoteLink, Stored

_ID = re.compile(r"""<[^<>]*?\s(?:id|name)\s*=\s*["']?([^"'\s<>]+)""")
Pieces = tuple[str, ...]  # the strings around the links of some HTML: one more than it has links


def part(document: Document, digest: bytes) -> tuple[Entry, Pieces, Pieces]:
    """The document, whose formulas are set, without its HTML; the pieces of its body and of its
    excerpt. `digest` is of all that the note was made of."""
    body, excerpt = _pieces(document.body), _pieces(document.excerpt)
    holes = tuple(p for p in document.body.pieces if isinstance(p, NoteLink | AssetLink))
    entry = Entry(
        path=document.path,
        shown=document.shown,
        digest=digest,
        front_matter=document.front_matter,
        title=str(document.title),
        title_html=document.title_html,
        body=Stored(digest, "body", _has_math(body), holes),
        excerpt=_excerpt(excerpt),
        excerpt_text=str(document.excerpt_text),
        headings=document.headings,
        ids=document.ids,
        counts=document.counts,
        updated=document.updated,
        problems=document.problems,
    )
    return entry, body, excerpt


def ids(html: Html) -> tuple[str, ...]:
    """Of the elements of this HTML, sorted. Formulas, which are still holes, have none."""
    text = "".join(piece if isinstance(piece, str) else "\0" for piece in html.pieces)
    return tuple(sorted({unescape(found[1]) for found in _ID.finditer(text)}))


def _excerpt(pieces: Pieces) -> Stored:
    """Found by its own content: an edit further down in the note leaves all listings as they
    are."""
    if not any(pieces):
        return Stored()
    digest = blake2b("\0".join(pieces).encode(), digest_size=16).digest()
    return Stored(digest, "excerpt", _has_math(pieces))


def printed(stored: Stored, pieces: Pieces) -> str:
    """The HTML that `stored` stands for, its links filled in."""
    links = map(escape, stored.links)
    return "".join(text + link for text, link in zip_longest(pieces, links, fillvalue=""))


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
