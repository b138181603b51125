"""Headings -> headings with an id and a link to themselves.

The id is the slug of the heading's text; `{#id}` wins; equal ones get `-1`, `-2`. The link is an
`<a class="anchor">` without text, named by its heading: it needs no language, and feeds and
searches see no sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from notesite.names import slugify


class Ids:
    """Gives each id once; `taken` are those that stand already. Linear in what it is asked."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._counts: dict[str, int] = {}

    def unique(self, wanted: str) -> str:
        """`wanted`, or with the next free number: `a`, `a-1`, `a-2`."""
        found, count = wanted, self._counts.get(wanted, 0)
        while found in self._taken:
            count += 1
            found = f"{wanted}-{count}"
        self._counts[wanted] = count
        self._taken.add(found)
        return found


def plugin(md: MarkdownIt) -> None:
    """Install the rule (the last of its stage: it reads finished text) and the way of showing."""
    md.core.ruler.push("heading_ids", _give_ids)
    md.add_render_rule("heading_close", _close)


def readable(children: Sequence[Token]) -> str:
    """The text of inline tokens: of images their description, of formulas their TeX."""
    parts = []
    for token in children:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.children:
            parts.append(readable(token.children))
        elif token.type != "html_inline":
            parts.append(token.content)
    return "".join(parts).strip()


def _give_ids(state: StateCore) -> None:
    headings = [i for i, token in enumerate(state.tokens) if token.type == "heading_open"]
    explicit = [t for i in headings if "id" in (t := state.tokens[i]).attrs]
    others = state.env.get("ids", set()) - {str(token.attrs["id"]) for token in explicit}
    ids = Ids(others)
    for token in explicit:
        token.attrs["id"] = ids.unique(str(token.attrs["id"]))
    for index in headings:
        token = state.tokens[index]
        text = readable(state.tokens[index + 1].children or [])
        if "id" not in token.attrs and text:
            token.attrs["id"] = ids.unique(slugify(text))


def _close(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    closing = self.renderToken(tokens, index, options, env)
    ident = tokens[index - 2].attrs.get("id") if index > 1 else None
    if not ident:
        return closing
    ident = escape(str(ident))
    return f'<a class="anchor" href="#{ident}" aria-labelledby="{ident}"></a>{closing}'
