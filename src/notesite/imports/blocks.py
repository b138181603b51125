"""Pieces of a translated note -> Markdown: a callout, a fence, an image."""

from __future__ import annotations

from textwrap import dedent

from notesite.imports import quoting
from notesite.imports.places import line_around


def callout(kind: str, title: str, content: str) -> str:
    """`> [!kind] title`, and the content as a quote."""
    head = f"[!{kind}] {title}".strip()
    lines = [head, *_lines(content)]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def code(content: str, language: str, marked: str = "") -> str:
    """A fenced block; `marked` are lines such as `3-5 8`."""
    lines = quoting.fence(tuple(_lines(content)), language)
    if marked:
        lines[0] += f" {{{','.join(marked.replace(',', ' ').split())}}}"
    return "\n".join(lines)


def apart(written: str, text: str, start: int, stop: int) -> str:
    """A block that takes the place of `text[start:stop]`: on lines of its own, indented as the line
    it stood in."""
    before, after = line_around(text, start)[0], line_around(text, stop)[1]
    inside = before.strip(" \t>")
    written = written.replace("\n", f"\n{'' if inside else before}")
    below = line_around(text, stop + len(after) + 1)[1]
    goes_on = written.startswith(">") and below.strip()  # else it would be a part of the quote
    return (
        ("\n\n" if inside else "") + written + ("\n\n" if after.strip() else "\n" * bool(goes_on))
    )


def _lines(content: str) -> list[str]:
    """The lines without what indents all of them, and without empty ones around them."""
    return dedent(content).strip("\n").split("\n")
