"""Front matter, tokens and path of a note -> its title, as text and as HTML (both with hole
markers).

The title is that of the front matter or of a first line `% title`, else the first `# heading`,
which then leaves the body, else the file's name.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from pathlib import PurePosixPath
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec.structs import replace

from notesite.markdown import excerpt
from notesite.markdown.front_matter import name_without_date, own_name
from notesite.markdown.gathered import Gathered
from notesite.markdown.math import tex
from notesite.model import FrontMatter


def title(
    path: str, front: FrontMatter, tokens: list[Token], md: MarkdownIt, env: dict[str, Any]
) -> tuple[str, str]:
    """(text, HTML). Removes the heading that gives the title from `tokens`."""
    if front.title is not None and front.title.strip():
        return _written(front, env)
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0:
            inline = tokens[index + 1]
            del tokens[index : index + 3]
            found = excerpt.inline(inline.children or [], md, env)
            if found.text.strip():
                return found.text, found.html
            break
    pure = PurePosixPath(path)
    name = name_without_date(own_name(path) or pure.stem)
    return name, escape(name)


def of_first_line(front: FrontMatter, body: str) -> tuple[FrontMatter, str]:
    """The front matter with the title of a first line `% title`, as pandoc has it, and the body
    with that line blank. A note with front matter has no such line."""
    if not body.startswith("% "):
        return front, body
    line, _, rest = body.partition("\n")
    named = replace(front, title=line[2:].strip(), places=(*front.places, ("title", 1, 3)))
    return named, "\n" + rest


@lru_cache(maxsize=1)
def _formulas_only() -> MarkdownIt:
    """In a title of the front matter only formulas are syntax: everything else is text as it
    stands."""
    md = MarkdownIt("zero")
    tex.plugin(md, double_backslash=False, numbering="none")
    return md


def _written(front: FrontMatter, env: dict[str, Any]) -> tuple[str, str]:
    note: Gathered = env["note"]
    written = " ".join((front.title or "").split())
    if "$" not in written and "\\(" not in written:
        return written, escape(written)
    places = {key: (line, column) for key, line, column in front.places}
    children = _formulas_only().parseInline(written, env)[0].children or []
    text = html = ""
    for token in children:
        if formula := token.meta.get("formula"):
            formula = replace(formula, display=False, starts=(places["title"],))
            text += note.hole(formula)
            html += note.hole(formula)
        else:
            text += token.content
            html += escape(token.content)
    return text, html
