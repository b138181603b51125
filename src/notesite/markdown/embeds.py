"""Tokens of links that embed a note -> blocks of their own, for what they show is blocks.

In a heading, a title or a table there is no place for blocks: there they stay links.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from notesite.markdown.syntax.headings import readable

_SPACES = ("softbreak", "hardbreak")


def embed_blocks(state: StateCore) -> None:
    """Takes each embed out of its paragraph, and makes paragraphs of what stands around it."""
    if "![[" not in state.src:
        return
    tokens: list[Token] = []
    closing = 0
    for index, token in enumerate(state.tokens):
        opening = tokens[-1] if tokens else token
        if opening.type == "paragraph_open" and any(map(_embeds, token.children or ())):
            tokens[-1:] = _split(opening, token)
            closing = index + 1
        elif index != closing or not index:
            tokens.append(token)
    state.tokens = tokens


def _split(paragraph: Token, inline: Token) -> Iterator[Token]:
    rest: list[Token] = []
    children = iter(inline.children or ())
    for token in children:
        if not _embeds(token):
            rest.append(token)
            continue
        yield from _paragraph(paragraph, inline, rest)
        rest = []
        label = list(takewhile(lambda inside: inside.type != "wikilink_close", children))
        yield Token(
            "embed", "", 0, map=inline.map, level=paragraph.level, content=inline.content,
            meta={**token.meta, "label": readable(label)}, block=True,
        )  # fmt: skip
    yield from _paragraph(paragraph, inline, rest)


def _paragraph(paragraph: Token, inline: Token, children: Sequence[Token]) -> Iterator[Token]:
    shown = list(children)
    for end in (0, -1):
        while shown and _is_blank(shown[end]):
            del shown[end]
        if shown and shown[end].type == "text":
            text = shown[end].content
            shown[end] = shown[end].copy(content=text.rstrip() if end else text.lstrip())
    if shown:
        yield paragraph
        yield inline.copy(children=shown)
        yield Token(
            "paragraph_close", "p", -1, level=paragraph.level, hidden=paragraph.hidden, block=True
        )


def _embeds(token: Token) -> bool:
    return bool(token.level == 0 and token.meta.get("embed"))


def _is_blank(token: Token) -> bool:
    return token.type in _SPACES or (token.type == "text" and not token.content.strip())
