"""Markdown -> its excerpt, for the tests of excerpts."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import html5lib
from markdown_it import MarkdownIt
from markdown_it.token import Token

from notesite.markdown import excerpt
from notesite.markdown.excerpt import Excerpt
from notesite.markdown.gathered import MARKER, Gathered
from notesite.markdown.math import tex
from notesite.markdown.parser import make_parser
from notesite.model import Formula


def parser() -> MarkdownIt:
    md = make_parser(html=True, typographer=False, soft_breaks="cjk")
    tex.plugin(md, double_backslash=False, numbering="labelled")
    return md


MD = parser()
Env = dict[str, Any]


def parsed(markdown: str) -> tuple[list[Token], Env]:
    env: Env = {"note": Gathered("note.md", markdown.split("\n")), "macros": ()}
    return MD.parse(markdown, env), env


def taken(markdown: str, width: int = 320) -> Excerpt:
    """The excerpt, with its formulas shown: ⟦inline⟧ or ⟦⟦displayed⟧⟧."""
    tokens, env = parsed(markdown)
    return shown(excerpt.take(tokens, MD, env, width=width), env)


def shown(found: Excerpt, env: Env) -> Excerpt:
    def fill(match: re.Match[str]) -> str:
        formula = env["note"].holes[int(match[1])]
        assert isinstance(formula, Formula)
        assert not formula.ids
        return f"⟦⟦{formula.tex.strip()}⟧⟧" if formula.display else f"⟦{formula.tex.strip()}⟧"

    html = MARKER.sub(lambda match: escape(fill(match), quote=False), found.html)
    text = MARKER.sub(fill, found.text)
    assert found.has_math == ("⟦" in html)
    return Excerpt(html, text, found.has_math)


def is_well_formed(html: str) -> bool:
    """Balanced to the letter, and the same to a parser of HTML, which complains of nothing."""
    stack = []
    for closing, name in re.findall(r"<(/?)([a-z]+)[^<>]*>", html):
        if not closing:
            stack += [name] if name != "br" else []
        elif not stack or stack.pop() != name:
            return False
    if stack or re.search(r"&(?!#?\w+;)", html):
        return False
    strict = html5lib.HTMLParser(strict=True)
    try:
        strict.parseFragment(html)
    except html5lib.html5parser.ParseError:
        return False
    return True
