"""Tokens of a note -> what a reader reads, in order, as units.

Left out are headings, tables, images, footnote marks and raw tags; code blocks and footnotes come
as a unit of kind "dropped", for they are read, but not in an excerpt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from notesite.markdown import raw_html
from notesite.markdown.callouts import ALIASES
from notesite.markdown.units import (
    KEPT,
    NOWHERE,
    Frame,
    Unit,
    code_span,
    formula,
    letters,
    line_break,
    ruby,
    space,
)

LISTS = {"bullet_list", "ordered_list"}
CONTAINERS = {"bullet_list": "ul", "ordered_list": "ol", "blockquote": "blockquote"}
SKIPPED = {"heading", "table"}  # with all that is in them
DROPPED = {"footnote_block"}
LEFT_OUT = SKIPPED | DROPPED


def read(tokens: Sequence[Token], *, breaks: bool = False) -> Iterator[Unit]:
    """The units of block tokens. `breaks`: each soft break is a line break (`soft_breaks:
    break`)."""
    stack: list[Frame] = []  # of containers
    items: list[Frame] = []  # of each open list, the item before
    skipped = ""  # what is left out until it closes; none of these stands in another of its kind
    for index, token in enumerate(tokens):
        kind, _, side = token.type.rpartition("_")
        if skipped:
            if skipped in DROPPED and _is_readable(token):
                yield Unit("dropped", NOWHERE)
            if kind == skipped and side == "close":
                skipped = ""
        elif side == "open" and (kind in LEFT_OUT or _is_usual_title(tokens, index)):
            skipped = kind
        elif token.nesting and (kind in CONTAINERS or kind == "list_item"):
            _container(token, kind, stack, items)
        elif token.type in ("fence", "code_block"):
            if _is_readable(token):
                yield Unit("dropped", NOWHERE)
        elif token.nesting == 0 and token.type != "hr":
            yield from _block(token, stack[-1] if stack else None, breaks)


def read_inline(children: Sequence[Token], frame: Frame, *, breaks: bool = False) -> Iterator[Unit]:
    """The units of an inline token's children, within `frame`; no space at its ends, nowhere
    two."""
    pending: Unit | None = None
    started = False
    for unit in _inline(children, frame, breaks):
        if unit.kind in ("space", "break"):
            if pending is None or unit.kind == "break":
                pending = unit
            continue
        if unit.kind != "more":
            if pending and started:
                yield pending
            pending, started = None, True
            unit.frame.use()
        yield unit


def _is_usual_title(tokens: Sequence[Token], index: int) -> bool:
    """Whether it is a callout's title that the author has not written ("Note")."""
    if tokens[index].type != "callout_title_open" or not index:
        return False
    if "usual" in tokens[index].meta:
        return True
    title = tokens[index + 1].content.lower().replace(" ", "-")
    return ALIASES.get(title, title) == tokens[index - 1].meta.get("kind")


def _container(token: Token, kind: str, stack: list[Frame], items: list[Frame]) -> None:
    """Open or close a list, an item or a quote."""
    parent = stack[-1] if stack else None
    if token.nesting < 0:
        stack.pop()
        if kind in LISTS:
            items.pop()
    elif kind != "list_item":
        start = token.attrs.get("start") if kind == "ordered_list" else None
        name = CONTAINERS[kind]
        stack.append(Frame(parent, name, f'<ol start="{start}">' if start is not None else ""))
        if kind in LISTS:
            items.append(NOWHERE)
    else:
        skipped = (
            items[-1] is not NOWHERE and not items[-1].used
        )  # its number would be given to this one
        number = token.info
        start = f'<li value="{number}">' if number and skipped else "<li>"
        mark = f"{number}{token.markup} " if number else "• "
        if "checked" in token.meta:  # a task
            box = "☑ " if token.meta["checked"] else "☐ "
            start, mark = start + box, box
        items[-1] = Frame(parent, "li", start, mark)
        stack.append(items[-1])


def _block(token: Token, parent: Frame | None, breaks: bool) -> Iterator[Unit]:
    """A paragraph, display formula or raw block. The first text of a list item needs no
    paragraph."""
    bare = parent is not None and parent.close == "</li>" and not parent.used
    if token.type == "inline":
        frame = parent if parent and bare else Frame(parent, "p")
        yield from read_inline(token.children or [], frame, breaks=breaks)
    elif "formula" in token.meta:
        yield formula(token, Frame(parent, "p").use())
    elif token.type == "html_block":
        before, *after = raw_html.MORE.split(token.content, maxsplit=1)
        yield from read_inline([_text(raw_html.readable(before))], Frame(parent, "p"))
        if after:
            yield Unit("more", NOWHERE)
            yield from read_inline([_text(raw_html.readable(after[0]))], Frame(parent, "p"))


def _inline(children: Sequence[Token], frame: Frame, breaks: bool) -> Iterator[Unit]:
    outer = [frame]
    script = ""  # an open raw element whose content is no text
    for token in children:
        if token.type == "html_inline":
            yield from _raw(token.content, outer[-1])
            script = raw_html.hides(token.content, script)
        elif script:
            continue
        elif token.type in ("text", "text_special"):
            yield from letters(token.content, outer[-1])
        elif token.type == "code_inline":
            yield code_span(token.content, outer[-1])
        elif "formula" in token.meta:
            yield formula(token, outer[-1])
        elif token.type == "ruby":
            yield ruby(token, outer[-1])
        elif token.type in ("softbreak", "hardbreak"):
            line = breaks or token.type == "hardbreak"
            yield line_break(outer[-1]) if line else space(outer[-1])
        elif token.nesting == 1 and token.tag in KEPT:
            outer.append(Frame(outer[-1], token.tag))
        elif token.nesting == -1 and token.tag in KEPT and len(outer) > 1:
            outer.pop()


def _raw(tag: str, frame: Frame) -> Iterator[Unit]:
    """An inline tag says nothing, but for a line break and the end of the excerpt."""
    if raw_html.MORE.fullmatch(tag):
        yield Unit("more", frame)
    elif raw_html.BREAK.match(tag):
        yield line_break(frame)


def _is_readable(token: Token) -> bool:
    return token.type in ("inline", "fence", "code_block", "math_block") and bool(
        token.content.strip()
    )


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
