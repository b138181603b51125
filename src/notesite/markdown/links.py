"""Link and image targets that stay within the site -> holes, which index fills.

Parse sees one note, so it cannot know where `../other.md` or `image.png` will stand.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from notesite.markdown.gathered import Gathered, gathered
from notesite.model import AssetLink, Location, NoteLink

_OUTSIDE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|\?|$")


def plugin(md: MarkdownIt) -> None:
    """Makes each link and image of a note whose target is a path of the site a hole."""
    md.core.ruler.push("links", _links)


def _links(state: StateCore) -> None:
    note = gathered(state.env)
    for token in state.tokens:
        if token.type == "inline" and token.children and "]" in token.content:
            _inline(token, token.children, note)


def _inline(block: Token, children: list[Token], note: Gathered) -> None:
    position = 0
    for token in children:
        name = {"link_open": "href", "image": "src"}.get(token.type)
        target = str(token.attrs.get(name, "")) if name else ""
        if not name or token.info == "auto" or _OUTSIDE.match(target):
            continue
        path, _, anchor = target.partition("#")
        path = unquote(path.partition("?")[0])
        found = block.content.find(path, position)
        position = max(found, position)
        line, column = note.place(block.map[0] if block.map else 0, block.content, position)
        where = Location(note.shown, line, column)
        if name == "href" and PurePosixPath(path).suffix.lower() in (".md", ".markdown", ""):
            token.attrSet(name, note.hole(NoteLink(path, unquote(anchor), where)))
        else:
            token.attrSet(name, note.hole(AssetLink(path, where, image=name == "src")))
