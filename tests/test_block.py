"""Block rules are asked only at lines they can start at, and nothing is parsed differently."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.ruler import Ruler
from markdown_it.token import Token

from notesite.markdown import shortcodes
from notesite.markdown.block import STARTS, BlockRuler
from notesite.markdown.gathered import Gathered
from notesite.markdown.math import tex
from notesite.markdown.parser import make_parser

LINES = [
    "", "text", "    code", "\ttab", "# h", "---", "===", "***", "- a", "+ ", "7. b", "1) c", "> q",
    "> [!note] T", ":::note", ":::", ": definition", "```py", "~~~", "$$", "\\[ x_1 \\]",
    "\\begin{align}", "<div>", "<!-- more -->", "[a]: b", "[^1]: c", "{#id .class}", "| a | b |",
    "|---|---|", "   ", "{{< a >}}", "{{< /a >}}", '!!! note "T"', "??? tip", "%%",
    "%% a %%", "^id",
]  # fmt: skip


def parser() -> MarkdownIt:
    md = make_parser(html=True, typographer=False, soft_breaks="cjk")
    tex.plugin(md)
    shortcodes.plugin(md)
    return md


def plain() -> MarkdownIt:
    """The same rules, all asked at every line."""
    md = parser()
    ruler: Ruler[Any] = Ruler()
    ruler.__rules__ = md.block.ruler.__rules__
    md.block.ruler = ruler
    return md


ASKING, PLAIN = parser(), plain()


def tokens(md: MarkdownIt, text: str) -> list[Token]:
    return md.parse(text, {"note": Gathered("notes/a.md", text.split("\n"))})


@given(st.lists(st.tuples(st.sampled_from(["", "  ", "> ", "- "]), st.sampled_from(LINES))))
@example([("", "- a"), ("  ", "+ "), ("> ", "$$"), ("", "text"), ("", ":::")])
def test_a_rule_that_is_not_asked_would_have_said_no(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(before + line for before, line in lines)
    assert tokens(ASKING, text) == tokens(PLAIN, text)


def test_each_rule_with_a_sign_is_one_of_the_parser() -> None:
    assert isinstance(ASKING.block.ruler, BlockRuler)
    assert set(STARTS) <= set(ASKING.block.ruler.get_all_rules())
