"""Images of a note -> holes that index fills with source and size; and how a browser loads them.

Runs after links.py, whose holes know the source alone. The first image of a page may be in view at
once; those after it are loaded when they come near.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from notesite.markdown.gathered import Gathered, gathered
from notesite.model import AssetLink, ImageLink

_SOURCE = re.compile("\0([0-9]+)\0([^\0]*)")
_TAG = re.compile(r"<img\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\s*([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
LATER = {"loading": "lazy", "decoding": "async"}


def plugin(md: MarkdownIt) -> None:
    """Install the rules."""
    md.core.ruler.push("images", _images)
    md.add_render_rule("image", _render)


def _images(state: StateCore) -> None:
    images = _Images(gathered(state.env))
    for token in _tokens(state.tokens):
        if token.type == "image":
            images.written(token)
        else:
            token.content = _TAG.sub(images.in_html, token.content)


def _tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    """The images, and the raw HTML that may hold some."""
    for token in tokens:
        if token.type == "image" or token.type.startswith("html_"):
            yield token
        elif token.children:
            yield from _tokens(token.children)


class _Images:
    """The images of a page, one by one."""

    def __init__(self, note: Gathered) -> None:
        self._note = note
        self._later: dict[str, str] = {}  # how those after the first are loaded

    def written(self, token: Token) -> None:
        """In Markdown."""
        if found := _SOURCE.fullmatch(str(token.attrs.get("src", ""))):
            del token.attrs["src"]
            width, height = (str(token.attrs.pop(name, "")) for name in ("width", "height"))
            token.meta["source"] = self._hole(found, width, height)
        token.attrs = {**token.attrs, **self._loading(token.attrs)}

    def in_html(self, tag: re.Match[str]) -> str:
        """As a tag; what it says itself of loading stays."""
        named = [
            (m[1].lower(), (m[2] or "").strip("\"'"), m[0]) for m in _ATTRIBUTE.finditer(tag[1])
        ]
        values: dict[str, str] = {name: value for name, value, _ in named}
        loading = "".join(f' {name}="{value}"' for name, value in self._loading(values).items())
        found = _SOURCE.fullmatch(values.get("src", ""))
        if not found:
            end = -2 if tag[0].endswith("/>") else -1
            return f"{tag[0][:end].rstrip()}{loading}{tag[0][end:]}"
        hole = self._hole(found, values.get("width", ""), values.get("height", ""))
        rest = "".join(text for name, _, text in named if name not in ("src", "width", "height"))
        return f"<img{hole}{rest}{loading}>"

    def _loading(self, values: Container[str]) -> dict[str, str]:
        later, self._later = self._later, LATER
        return {name: value for name, value in later.items() if name not in values}

    def _hole(self, found: re.Match[str], width: str, height: str) -> str:
        link = self._note.holes[int(found[1])]
        assert isinstance(link, AssetLink)
        self._note.holes[int(found[1])] = ImageLink(
            link.target, link.location, image=True, named=link.named,
            rest=found[2], width=width, height=height,
        )  # fmt: skip
        return f"\0{found[1]}\0"


def _render(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    token.attrs["alt"] = self.renderInlineAsText(token.children, options, env)
    return f"<img{token.meta.get('source', '')}{self.renderAttrs(token)}>"
