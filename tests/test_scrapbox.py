"""Scrapbox -> Markdown: the grammar as fixtures, and promises for any text.

A case of tests/scrapbox is a title, lines of a page, and the Markdown of them.
"""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it.utils import read_fixture_file

from notesite.imports.scrapbox import _linker
from notesite.imports.scrapbox.lines import SPACES, blocks
from notesite.imports.scrapbox.page import Body, body
from notesite.imports.scrapbox.phrases import formula
from notesite.markdown.gathered import MARKER, Gathered
from notesite.markdown.math import tex
from notesite.markdown.parser import make_parser
from notesite.model import Formula

FOLDER = Path(__file__).parent / "scrapbox"
PAGES = {"C#": "Csharp", "a b": "a b", "known": "known"}  # those of the fixtures' project
BR = "\n"


def converted(page: str) -> Body:
    """The note of a page without its title."""
    return body(blocks(page.split("\n")), _linker(PAGES))


def shown(markdown: str, *, double_backslash: bool = False) -> tuple[str, list[Formula]]:
    """What notesite makes of it, with formulas as ⟨TeX⟩."""
    parser = make_parser(html=True, typographer=False, soft_breaks="cjk")
    tex.plugin(parser, double_backslash=double_backslash, numbering="none")
    note = Gathered("note.md", markdown.split("\n"))
    html = parser.render(markdown, {"note": note, "macros": ()})
    formulas = [hole for hole in note.holes if isinstance(hole, Formula)]

    def hole(found: re.Match[str]) -> str:
        value = note.holes[int(found[1])]
        return f"⟨{value.tex}⟩" if isinstance(value, Formula) else ""

    return MARKER.sub(hole, html), formulas


def reads(html: str) -> list[str]:
    """The text of HTML, line by line, as a reader sees it."""
    broken = re.sub(r"\n", " ", html)
    broken = re.sub(r"<br>|</?(?:p|li|ul|ol|blockquote)\b[^>]*>", BR, broken)
    text = unescape(re.sub(r"<[^<>]*>", "", broken))
    return [line for row in text.split(BR) if (line := " ".join(row.split()))]


@pytest.mark.parametrize(
    ("page", "markdown"),
    [
        pytest.param(page.removesuffix("\n"), markdown, id=f"{name}: {title}")
        for name in ("inline", "formulas", "lines", "signs")
        for _, title, page, markdown in read_fixture_file(FOLDER / f"{name}.md")
    ],
)
def test_fixture(page: str, markdown: str) -> None:
    assert converted(page).text == markdown


# --- What comes out is what notesite reads --------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "html"),
    [
        ("[* (x)]y[* 「重点」]内容", "<strong>(x)</strong>y<strong>「重点」</strong>内容"),
        ("[*/ a[- b]]c", "<strong><em>a<s>b</s></em></strong>c"),
        ("[* a][* b][/ c]", "<strong>a</strong><strong>b</strong><em>c</em>"),
        ("[$ x][$ y]と[$ 速度]", "⟨x⟩⟨y⟩と⟨{速度}⟩"),
        ("a[$ x+1]b", "a⟨{x+1}⟩b"),
        ("[$ a`b]と`c`", "⟨a{\\lq}b⟩と<code>c</code>"),
        ("[* 出力 [$ x] を]", "<strong>出力 ⟨x⟩ を</strong>"),
        ("a [_ b]", "a <u>b</u>"),
    ],
)
def test_emphasis_and_formulas_are_read_as_they_were_meant(page: str, html: str) -> None:
    assert shown(converted(page).text)[0] == f"<p>{html}</p>\n"


def test_a_cell_of_a_table_is_one_cell_with_its_formula() -> None:
    page = "table:\n a|b\t[$ p(x|y)]\t`c|d`\n [$ \\|x\\|]\t[C#]\t\\|"
    html, formulas = shown(converted(page).text)
    assert [f.tex for f in formulas] == ["p(x|y)", "\\|x\\|"]
    assert html.count("<th") - html.count("<thead") == html.count("<td") == 3
    for part in ("a|b", "<code>c|d</code>", "[[Csharp|C#]]", "<td>\\|</td>"):
        assert part in html


def test_code_and_tables_stand_inside_their_list_item_and_the_list_goes_on() -> None:
    page = " a\n  code:x.py\n   1\n b\n  c\n table:\n  x\ty\n d"
    html, _ = shown(converted(page).text)
    assert html.count("<ul>") == 2
    assert re.search(r"<li>\s*(<p>)?a.*<pre.*</pre>.*</li>\s*<li>\s*(<p>)?b", html, re.DOTALL)
    assert re.search(r"<table>.*</table>\s*</li>\s*<li>\s*(<p>)?d", html, re.DOTALL)


def test_what_is_not_said_in_markdown_is_told_once_a_page_with_its_first_place() -> None:
    page = "x\n  a [! b] [! c]\n[$ ]\n[$ y\n[* z"
    assert [(r.line, r.column, r.message) for r in converted(page).remarks] == [
        (3, 5, "the decoration `[! ]` has no equal in Markdown: its text is kept"),
        (4, 1, "this formula is empty, and left out"),
        (5, 1, "this formula is not closed, and stays text"),
        (6, 1, "this decoration is not closed, and stays text"),
    ]


def test_hashtags_are_tags_wherever_they_stand_but_in_code() -> None:
    page = "#a #b_c\n [* #d]\n`#e`\ncode:x\n #f\ntable:t\n #g\t#a"
    assert converted(page).tags == ("a", "b_c", "d", "g")


# --- Promises -------------------------------------------------------------------------------------

SIGNS = "*_~=$<>&;?!|{}()]\\^:+-.%@\"'/#0129 aAb\u3000漢か。、「」"
plain = st.text(
    st.sampled_from(SIGNS) | st.characters(exclude_categories=("Cs", "Cc")), max_size=30
)


def is_plain(line: str) -> bool:
    """Whether a line holds nothing that Scrapbox takes for syntax."""
    text = line.strip(SPACES)
    return not re.search(r"[\[`]|(?<!\S)#[^\s#]|http|[\ue000-\uf8ff]", line) and not re.match(
        r">|[$%?] |\d+\. .|code:|table:", text
    )


@settings(max_examples=500, deadline=None)
@given(st.lists(plain.filter(is_plain), max_size=5), st.sampled_from(["", " "]), st.booleans())
@example(["<b>x", "# a", "- b", "1) c", "---", "a | b", "-|-"], "", False)
@example(["a", "=", "*", "!!! x", "{漢|か}", "\\(a=b", "\\)", "1)", ":", "~"], " ", True)
def test_plain_text_reads_the_same_whatever_is_in_it(
    lines: list[str], indent: str, double_backslash: bool
) -> None:
    stripped = [line.strip() for line in lines]
    page = "\n".join(indent + line.lstrip() for line in stripped)
    html, formulas = shown(converted(page).text, double_backslash=double_backslash)
    assert formulas == []
    assert reads(html) == [" ".join(line.split()) for line in stripped if line.split()]


TEX = st.text(st.sampled_from("xy12 ^_+=|,$`\\{}()[]<>&%速度か"), min_size=1, max_size=15)
BESIDE = st.sampled_from(["", "a", "1", " ", "が", "$", "\\$", "`c`", ".", "*"])


@settings(max_examples=500, deadline=None)
@given(TEX.map(str.strip).filter(bool), BESIDE, BESIDE)
@example("x", "a", "b")
@example("速度", "", "")
@example("a\\", "", "")
def test_any_tex_is_one_formula_or_shown_as_code(content: str, before: str, after: str) -> None:
    neighbours = before[-1:], after[:1]
    written = formula(content, *neighbours)
    assume(not (before == "$" or after == "$"))  # no text of ours ends or begins so
    html, formulas = shown(before + written + after)
    if written.startswith("`"):
        assert formulas == []
        assert "<code>" in html
    else:
        assert len(formulas) == 1
        same = re.sub(r"\\*\$", "$", formulas[0].tex.replace("{\\lq}", "`"))
        wanted = re.sub(r"\\*\$", "$", content)
        assert same.removesuffix(" ") in (wanted, f"{{{wanted}}}", f"{{{wanted} }}")


@given(st.text(st.sampled_from("xy1^_+=|,速度 "), min_size=1).map(str.strip).filter(bool), BESIDE)
def test_tex_without_dollars_and_backslashes_is_never_shown_as_code(tex: str, before: str) -> None:
    assert not formula(tex, before[-1:], "a").startswith("`")


GRAMMAR = [
    "[", "]", "[[", "]]", "[$ ", " ]", "[* ", "[*/-_ ", "`", "#t", "https://e.jp/a.png", ".icon*2]",
    "\\frac{a}{b}", "x", "漢", " ", "\t", "\u3000", "\n", "\n ", "\n\t\u3000", "code:a.py",
    "table:t", ">", "$ ", "? ", "1. ", "|", "*", "<", "N1,E2 ", "/p/q", "#5f9595cb4daa920000542f6c",
    "![", "(",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(GRAMMAR), max_size=40).map("".join))
def test_any_page_becomes_a_note_that_notesite_reads(page: str) -> None:
    made = converted(page)
    assert made == converted(page)
    shown(made.text)
    lines = page.split("\n")
    for remark in made.remarks:
        assert remark.column <= len(lines[remark.line - 2])


@settings(deadline=None)
@given(st.lists(st.text("a`~ \t*#-", max_size=8), min_size=1, max_size=5), st.integers(0, 3))
def test_code_is_kept_to_the_letter(code: list[str], indent: int) -> None:
    assume(code[-1].strip())
    head = [" " * depth + "a" for depth in range(1, indent)]
    page = [*head, " " * indent + "code:a.txt", *(" " * (indent + 1) + line for line in code)]
    html, _ = shown(converted("\n".join(page)).text)
    found = re.search(r"<code[^>]*>(.*?)</code>", html, re.DOTALL)
    assert found
    assert unescape(re.sub(r"<[^>]*>", "", found[1])).rstrip("\n").split("\n") == code


@settings(deadline=None)
@given(st.lists(st.integers(1, 8), min_size=1, max_size=12))
def test_items_are_nested_as_they_are_indented(indents: list[int]) -> None:
    page = "\n".join(" " * indent + f"n{number}" for number, indent in enumerate(indents))
    html, _ = shown(converted(page).text)
    opened: list[int] = []
    for number, indent in enumerate(indents):
        while opened and opened[-1] >= indent:
            opened.pop()
        opened.append(indent)
        before = html[: html.index(f"n{number}")]
        assert before.count("<ul>") - before.count("</ul>") == len(opened)


def test_no_depth_of_a_list_loses_its_text() -> None:
    page = "\n".join(" " * depth + f"n{depth}." for depth in range(1, 120))
    html, _ = shown(converted(page).text)
    assert all(f"n{depth}." in html for depth in range(1, 120))


@pytest.mark.parametrize(
    "sign",
    ["[", "]", "[$ ", "[$ x] ", "[* ", "[[", "[[a", "`", "`a` ", "[a] ", "[* a] ", "#a ", "[ ",
     "https://", "https://a ", "(https://", "https://）", "*", "_a", "[$ ] ]", "[a.icon] ", "] ]",
     "1. ", "|\t", " \u3000"],
)  # fmt: skip
@pytest.mark.parametrize("head", ["", "table:t\n "])
def test_a_long_line_takes_no_longer_than_it_is_long(head: str, sign: str) -> None:
    page = head + sign * (50_000 // len(sign))
    began = time.process_time()
    converted(page)
    assert time.process_time() - began < 5  # what is quadratic takes a minute
