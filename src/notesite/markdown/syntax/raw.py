"""Raw HTML: `<!-- more -->` is a mark and not printed; tags shown as text are warned about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from notesite.markdown.inline import starts
from notesite.markdown.raw_html import MORE
from notesite.markdown.remarks import remember

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>|<!--")


def plugin(md: MarkdownIt) -> None:
    """Install the rules; the mark is an html_block token, whether HTML is allowed or not."""
    alt: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
    md.block.ruler.before("html_block", "more", _more, alt)
    md.add_render_rule("html_block", _html_block)
    if not md.options["html"]:
        md.inline.ruler.after("html_inline", "refused_html", _refused)
        starts(md, "refused_html", "<")


def _more(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("<!--", first) or state.is_code_block(start):
        return False
    line = state.src[first : state.eMarks[start]].rstrip()
    if not MORE.fullmatch(line):
        return False
    if not silent:
        token = state.push("html_block", "", 0)
        token.map = [start, start + 1]
        token.content = line + "\n"
        state.line = start + 1
    return True


def _html_block(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    content = tokens[index].content
    return "" if MORE.fullmatch(content.strip()) else content


def _refused(state: StateInline, silent: bool) -> bool:
    if silent or state.env.get("refused_html") or not _TAG.match(state.src, state.pos):
        return False
    state.env["refused_html"] = True  # once a note
    message = "HTML is shown as text here, because markdown.html is false"
    remember(state, state.pos, "warning", message)
    return False
