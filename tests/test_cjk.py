"""Emphasis beside full-width signs (the cases of markdown-cjk-friendly) and soft line breaks."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_fixtures import Case, cases, render
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

from notesite.markdown.gathered import Gathered
from notesite.markdown.parser import make_parser

TESTCASES = "conformance/markdown-cjk-friendly/testcases"

# What its files list comes out as emphasis, but for these: their signs are not CJK, so the rules
# of CommonMark hold for them, and one tilde strikes nothing here.
STAY_TEXT = {
    "gfm-non-cjk.md": {"a~~()a~~a", "a~~a()~~a", "This ~~has a", "new paragraph~~."},
    "non-bmp.md": {
        "a**a«**a", "a**»a**a", "a**a∇**a", "a**∇a**a", "a**a𝜵**a", "a**𝜵a**a", "a**𐬻a**a",
        "a**a𐬻**a",
    },
}  # fmt: skip
SIGNS = ("**", "__", "~~")


@pytest.mark.parametrize("case", cases("cjk"), ids=lambda case: str(case[0]))
def test_japanese_text_comes_out_as_it_was_meant(case: Case) -> None:
    _, markdown, html = case
    assert render(markdown)[0] == html


@pytest.mark.parametrize("case", cases("breaks"), ids=lambda case: str(case[0]))
def test_line_ends_can_be_breaks(case: Case) -> None:
    _, markdown, html = case
    assert render(markdown, soft_breaks="break")[0] == html


def test_line_ends_can_be_kept() -> None:
    assert render("漢字\nかな", soft_breaks="keep")[0] == "<p>漢字\nかな</p>\n"


@pytest.mark.parametrize(
    "name",
    ["strong", "korean", "pseudo-emoji", "underscore-cjk-punct", "gfm-strikethrough", "non-bmp",
     "gfm-non-cjk"],
)  # fmt: skip
def test_the_cases_of_markdown_cjk_friendly_hold(shared: Path, name: str) -> None:
    file = shared / TESTCASES / f"{name}.md"
    paragraphs = file.read_text(encoding="utf-8").strip().split("\n\n")
    wrong = []
    for paragraph in paragraphs:
        if not any(sign in paragraph for sign in SIGNS) and "_" not in paragraph:
            continue
        html = render(paragraph, soft_breaks="keep")[0]
        emphasised = not any(sign in html for sign in SIGNS) and "</" in html.replace("</p>", "")
        stays = paragraph in STAY_TEXT.get(file.name, ()) or paragraph == "No ~mismatch~~"
        if emphasised == stays:
            wrong.append((paragraph, html))
    assert len(paragraphs) > 4
    assert wrong == []


def test_a_single_underscore_opens_behind_a_full_stop_with_a_variation_selector() -> None:
    assert render("正體字。\ufe01_Traditional._")[0].endswith("<em>Traditional.</em></p>\n")


def test_a_quotation_mark_is_full_width_only_with_its_selector() -> None:
    assert "<strong>" in render("**“\ufe01Git”\ufe01**Hub")[0]
    assert "<strong>" not in render("**“Git”**Hub")[0]


@given(st.text(alphabet='ab*_ \n.~“"(é«', max_size=30))
def test_text_without_cjk_characters_is_as_commonmark_has_it(text: str) -> None:
    stock = MarkdownIt("commonmark", {"maxNesting": 100, "xhtmlOut": False})
    stock.enable("strikethrough")
    ours = make_parser(html=True, typographer=False, soft_breaks="cjk")
    assert isinstance(ours.renderer, RendererHTML)
    assert isinstance(stock.renderer, RendererHTML)
    for rule in ("fence", "code_block", "heading_close", "list_item_open", "bullet_list_open"):
        ours.renderer.rules.pop(rule, None)
        stock.renderer.rules.pop(rule, None)
    ours.disable(["deflist", "heading_ids", "unclosed_fences"])
    assert ours.render(text, {"note": Gathered("a.md", [text])}) == stock.render(text)


@given(st.text(alphabet="漢かカ、（ａｱ\n한a🙂*`", max_size=20))
def test_only_line_ends_between_wide_characters_vanish(text: str) -> None:
    kept, joined = render(text, soft_breaks="keep")[0], render(text)[0]
    assert kept.replace("\n", "") == joined.replace("\n", "")
    position = 0
    for char in kept:  # walk both: where they differ, a line end has gone
        if position < len(joined) and joined[position] == char:
            position += 1
        else:
            assert char == "\n"


@given(st.characters(codec="utf-8", exclude_categories=["Cn", "Co", "Cs"]))
def test_the_table_of_wide_characters_agrees_with_unicode(char: str) -> None:
    """Python's own data knows the width but not which characters are emoji by default (all So)."""
    from notesite.markdown.cjk import IDEOGRAPH, _kind

    wide = unicodedata.east_asian_width(char) in "WFH" or "HANGUL" in unicodedata.name(char, "")
    if (
        "\u2630" <= char <= "\u268f"
        or "\u4dc0" <= char <= "\u4dff"
        or "\U0001d300" <= char <= "\U0001d376"
    ):
        return  # wide since Unicode 16
    if wide and unicodedata.category(char) in ("So", "Sk") and char > "\u231a":
        return  # an emoji, or not
    assert bool(_kind(char) & IDEOGRAPH) == wide
