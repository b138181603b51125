"""`{漢字|かんじ}` -> `<ruby>`; the base holds Han, the reading is kana alone (`{a|b}` is text).

Token `ruby`: `content` is the base, `meta["reading"]` the reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from notesite.markdown.inline import starts

HAN = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
KANA = "\u3041-\u309f\u30a0-\u30ff\u31f0-\u31ff\uff66-\uff9f"
# lengths are bounded so that a run of openers is looked at once
_RUBY = rf"\{{([^{{}}|\n\\]{{1,60}})\|([{KANA}](?:[{KANA}\u3000 ]{{0,58}}[{KANA}])?)\}}"
_HAS_HAN = f"[{HAN}]"  # both are compiled by the first `{`: large classes take milliseconds


def plugin(md: MarkdownIt) -> None:
    """Install the rule."""
    md.inline.ruler.push("ruby", _ruby)
    starts(md, "ruby", "{")
    md.add_render_rule("ruby", _render)


def _ruby(state: StateInline, silent: bool) -> bool:
    found = re.compile(_RUBY).match(state.src, state.pos, state.posMax)
    if not found or not re.search(_HAS_HAN, found[1]):
        return False
    if not silent:
        token = state.push("ruby", "", 0)
        token.content = found[1]
        token.meta = {"reading": found[2]}
    state.pos = found.end()
    return True


def _render(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    base, reading = escape(tokens[index].content), escape(tokens[index].meta["reading"])
    return f"<ruby>{base}<rp>（</rp><rt>{reading}</rt><rp>）</rp></ruby>"
