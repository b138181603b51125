"""Math in Markdown: what is a formula, where it ends, what number it gets, where it stands."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_fixtures import cases
from markdown_it import MarkdownIt

from notesite.markdown.gathered import MARKER, Gathered
from notesite.markdown.math import tex
from notesite.markdown.parser import make_parser
from notesite.model import Formula
from notesite.problems import Problem


def parser(*, double_backslash: bool = False, numbering: str = "labelled") -> MarkdownIt:
    md = make_parser(html=True, typographer=False, soft_breaks="keep")
    tex.plugin(md, double_backslash=double_backslash, numbering=numbering)
    return md


def render(
    text: str, md: MarkdownIt, macros: tuple[tuple[str, str], ...] = ()
) -> tuple[str, Gathered]:
    note = Gathered("note.md", text.split("\n"))
    return md.render(text, {"note": note, "macros": macros}), note


def shown(text: str, **settings: Any) -> tuple[str, list[Problem]]:
    """The HTML with ⟨inline⟩ and ⟪display⟫ formulas, and the problems."""
    html, note = render(text, parser(**settings))

    def formula(match: re.Match[str]) -> str:
        hole = note.holes[int(match[1])]
        assert isinstance(hole, Formula)
        return f"⟪{hole.tex}⟫" if hole.display else f"⟨{hole.tex}⟩"

    return MARKER.sub(formula, html), note.problems


def formulas(text: str, **settings: Any) -> list[Formula]:
    _, note = render(text, parser(**settings))
    return [hole for hole in note.holes if isinstance(hole, Formula)]


@pytest.mark.parametrize(
    ("markdown", "html"), [pytest.param(case[1], case[2], id=case[0]) for case in cases("math")]
)
def test_fixture(markdown: str, html: str) -> None:
    assert shown(markdown.rstrip("\n"))[0] == html


def test_two_backslashes_are_brackets_where_the_setting_says_so() -> None:
    text = "\\\\(x^2\\\\) and \\\\[a_1\\\\] and \\\\(5\\\\)\n\n\\\\[\nx^2\n\\\\]"
    found = formulas(text, double_backslash=True)
    assert [(each.tex, each.display) for each in found] == [
        ("x^2", False),
        ("a_1", True),
        ("x^2", True),
    ]


# --- numbers, labels ------------------------------------------------------------------------------

ROWS = "\\begin{align}\na \\label{a} \\\\\nb \\nonumber \\\\\nc\n\\end{align}\n\n$$d$$\n\n$x$"


@pytest.mark.parametrize(
    ("numbering", "tags"),
    [("labelled", [["1"], []]), ("all", [["1", "2"], ["3"]]), ("none", [[], []])],
)
def test_what_gets_a_number_is_a_setting(numbering: str, tags: list[list[str]]) -> None:
    found = formulas(ROWS, numbering=numbering)
    assert [re.findall(r"\\tag\{(\d)\}", each.tex) for each in found] == [*tags, []]
    assert "\\begin{align*}" in found[0].tex


@pytest.mark.parametrize(
    ("tex", "given"),
    [
        ("x", "x\\tag{1}"),
        ("x % c", "\\tag{1}x % c"),
        ("\\begin{align*}x\\end{align*}", "\\begin{align*}x\\end{align*}"),
        ("\\begin{aligned}x\\\\y\\end{aligned}", "\\begin{aligned}x\\\\y\\end{aligned}\\tag{1}"),
        (
            "\\begin{align}x\\\\{a\\\\b}\\\\ \\end{align}",
            "\\begin{align*}x\\tag{1}\\\\{a\\\\b}\\tag{2}\\\\ \\end{align*}",
        ),
        (
            "\\begin{equation}x\\\\y\\end{equation}",
            "\\begin{equation*}x\\\\y\\tag{1}\\end{equation*}",
        ),
        ("\\begin{multline}x\\\\y\\end{multline}", "\\begin{gather*}x\\\\y\\tag{1}\\end{gather*}"),
    ],
)
def test_with_numbers_for_all_each_row_that_latex_numbers_has_one(tex: str, given: str) -> None:
    assert formulas(f"$$\n{tex}\n$$", numbering="all")[0].tex == given


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("$$x\\label{a}$$\n\n> $$\n> y\n> \\label{a}\n> $$", (5, 3), "stands in line 1 already"),
        ("a\n\nsee \\eqref{b}", (3, 5), "no equation has the label “b”"),
        ("a $x \\ref{b}$", (1, 6), "no equation has the label “b”"),
        ("a $x \\label{b}$", (1, 6), "only a display formula can have a label"),
        ("a\n\n- b\n  $$\n  x", (4, 3), "$$ is not closed"),
        ("a $$ x_1", (1, 3), "$$ is not closed"),
        ("a\n\\begin{gather}\nx", (2, 1), "\\begin{gather} is not closed"),
    ],
)
def test_a_problem_of_a_formula_has_its_place(
    text: str, place: tuple[int, int], message: str
) -> None:
    (problem,) = shown(text)[1]
    assert problem.level == "warning"
    assert (problem.location.line, problem.location.column) == place
    assert message in problem.message


@pytest.mark.parametrize("text", ["$$ is the process id", "kill $$ and $$", "a $ b", "x $5"])
def test_a_lone_sign_of_prose_is_no_problem(text: str) -> None:
    assert shown(text)[1] == []


def test_anchors_of_labels_are_different_even_if_the_labels_look_alike() -> None:
    text = "$$x\\label{eq:a b}$$\n\n$$y\\label{a-b}$$\n\n\\ref{a-b}"
    assert [each.ids for each in formulas(text)] == [("eq-a-b",), ("eq-a-b-2",)]
    assert '<a href="#eq-a-b-2">2</a>' in shown(text)[0]


# --- macros ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "definition",
    [
        r"\def\a#1{\b{#1}}",
        r"\gdef\a{1}",
        r"\edef\a{1}",
        r"\let\a=\b",
        r"\let\a\b",
        r"\newcommand{\a}[1]{#1}",
        r"\renewcommand\a{1}",
        r"\providecommand*{\a}{1}",
        r"\DeclareMathOperator*{\a}{arg\,max}",
        r"\global\def\a{1}",
        r"\def\a(#1){\}#1}",
    ],
)
def test_a_definition_holds_from_where_it_stands_to_the_end(definition: str) -> None:
    found = formulas(f"$x$ $y {definition} z$\n\n# $h$\n\n- $l$")
    assert [each.preamble for each in found] == ["", "", definition, definition]


def test_a_definition_inside_of_braces_stays_there_unless_it_is_global() -> None:
    found = formulas(r"${\def\a{1}}$ ${\gdef\b{1}}$ $\begin{matrix}\def\c{1}\end{matrix}$ $x$")
    assert found[-1].preamble == r"\gdef\b{1}"


def test_definitions_add_up_one_a_line_without_comments() -> None:
    found = formulas("$$\n\\def\\a{1 % one\n2}\\def\\b{3}\n$$\n\n$x$")
    assert found[-1].preamble == "\\def\\a{1 2}\n\\def\\b{3}"


def test_macros_of_the_front_matter_come_first() -> None:
    _, note = render("$x$", parser(), (("\\norm", "\\|#1\\|_#2"), ("R", "\\mathbb{R}")))
    (hole,) = note.holes
    assert isinstance(hole, Formula)
    assert hole.preamble == "\\def\\norm#1#2{\\|#1\\|_#2}\n\\def\\R{\\mathbb{R}}"


def test_a_note_cannot_pile_up_definitions_without_end() -> None:
    text = "\n\n".join(f"$\\def\\a{{{'x' * 100}}}$" for _ in range(200))
    _, problems = shown(text)
    assert max(len(each.preamble) for each in formulas(text)) <= 10_000
    assert "longer than 10000 characters" in problems[0].message


# --- places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "§",
        "a b §",
        "# a §",
        "a\n  b §",
        "> a\n> §",
        "> - a\n>   §",
        "- a\n\n      b\n\n  §",
        "- [ ] §",
        "| a | b |\n|---|---|\n| § x | y |",
        "| a | b |\n|---|---|\n| z | § |",
        "a\n: §",
        "a[^1]\n\n[^1]: b\n    §",
        "b\n\na ^[see §] c",
        "a\n§\n===",
        "***a §***",
        "[a](b) §",
    ],
)
@pytest.mark.parametrize("formula", ["$x + \\foo y$", "$$x + \\foo y$$", "\\(x + \\foo y\\)"])
def test_an_offset_in_a_formula_leads_back_into_the_note(text: str, formula: str) -> None:
    note = text.replace("§", formula)
    found = formulas(note)
    line, column = tex.place(found[-1], found[-1].tex.index("\\foo"))
    assert note.split("\n")[line - 1][column - 1 :].startswith("\\foo")


@pytest.mark.parametrize("before", ["", "> ", "- ", "  > ", "> - "])
@pytest.mark.parametrize(
    "block",
    [
        "$$\nx\n  y \\foo\n$$",
        "$$ x\n\\foo $$",
        "\\begin{align}\nx\\label{a}\\foo\\\\\n\\foo\n\\end{align}",
        "```math\nx\ny \\foo\n```",
        "\\[\nx^2 \\foo\n\\]",
        "a $x +\n y \\foo$",
    ],
)
def test_lines_of_a_block_lead_back_too(before: str, block: str) -> None:
    after = "".join(" " if char == "-" else char for char in before)
    note = "\n".join(
        (after if index else before) + line for index, line in enumerate(block.split("\n"))
    )
    (formula,) = formulas(note)
    for match in re.finditer(r"\\foo", formula.tex):
        line, column = tex.place(formula, match.start())
        assert note.split("\n")[line - 1][column - 1 :].startswith("\\foo")


# --- promises -------------------------------------------------------------------------------------

PROSE = st.text(
    st.characters(exclude_characters="$\\`", exclude_categories=["Cs", "Cc"]), max_size=80
)


@settings(max_examples=150, deadline=None)
@given(PROSE)
def test_prose_without_signs_of_math_is_as_it_was(text: str) -> None:
    plain = make_parser(html=True, typographer=False, soft_breaks="keep")
    note = Gathered("note.md", text.split("\n"))
    assert shown(text)[0] == plain.render(text, {"note": note})


ANY = st.text("$\\{}[]()|ab1 漢\n>-`#^_&%!:", max_size=120)


@settings(max_examples=300, deadline=None)
@given(ANY)
@example("$`a`$$`b`$")
@example("| $|$ |\n|-|\n| $|$ |")
@example("^[$x$ ![$y$](z)]")
def test_no_text_is_too_much_and_every_place_is_in_the_note(text: str) -> None:
    _, note = render(text, parser(double_backslash=True, numbering="all"))
    lines = text.split("\n")
    for hole in note.holes:
        assert isinstance(hole, Formula)
        for offset in range(len(hole.tex) + 1):
            line, column = tex.place(hole, offset)
            assert 1 <= line <= len(lines)
            assert column >= 1


@settings(max_examples=100, deadline=None)
@given(st.text("xy$ 0^\n&*_|<[", min_size=1, max_size=30))
def test_a_formula_comes_out_as_it_was_written(inner: str) -> None:
    assume("$" not in inner and inner == inner.strip() and "\n\n" not in inner)
    assert [each.tex for each in formulas(f"$$\n{inner}\n$$")] == [inner]


LONG = {
    "dollars": lambda n: "$" * n,
    "words": lambda n: "$a " * n,
    "formulas": lambda n: "$x$ " * n,
    "pairs": lambda n: "$$ " * n,
    "lines of pairs in a list": lambda n: "- a\n" + "  $$ x\n" * n + "b",
    "environments": lambda n: "\\begin{equation}\n" * n,
    "brackets": lambda n: "\\( " * n + "\\)" * n,
    "texts": lambda n: "$\\text{" * n,
    "code": lambda n: "$a `$b` " * n,
    "tables": lambda n: "| $a|b$ |\n|---|\n\n" * n,
    "almost tables": lambda n: "|$|\n-\n" * n,
    "definitions": lambda n: "$\\def\\a{" * n,
    "labels": lambda n: "$$x\\label{a}$$\n\n" * n,
    "footnotes": lambda n: "^[$x$] " * n,
    "quotes": lambda n: "> $$\n\n" * n,
    "prose in blocks": lambda n: "$$\nx\n\n日本\n\n" * n,
}


@pytest.mark.parametrize("name", LONG)
def test_time_grows_with_the_text_and_not_faster(name: str) -> None:
    md = parser(double_backslash=True)

    def seconds(count: int) -> float:
        text = LONG[name](count)
        start = time.process_time()
        render(text, md)
        return time.process_time() - start

    few = min(seconds(500) for _ in range(2))
    many = (seconds(4_000) for _ in range(3))  # the next one only where chance slowed the last
    assert any(took < 0.3 or took < 20 * few for took in many)


# --- real notes -----------------------------------------------------------------------------------


def test_width_is_about_what_a_formula_shows() -> None:
    widths = {
        "x": 1,
        "x^2": 2,
        r"\alpha": 1,
        r"\mathbb{E}[X]": 4,
        r"\frac{a}{b}": 2,
        r"\text{漢字}": 4,
        r"\log p(x)": 7,
        r"\begin{pmatrix}a&b\end{pmatrix}": 2,
        r"a\label{x}\\b": 2,
        r"\left\{x\right\}": 3,
    }
    assert {formula: tex.width(formula) for formula in widths} == widths


def test_the_formulas_of_a_real_blog_are_found(shared: Path) -> None:
    notes = sorted((shared / "kaityo256-zenn/articles").glob("*.md"))
    found = [formula for note in notes for formula in formulas(note.read_text("utf-8"))]
    assert len(found) == 2_062
    assert sum(formula.display for formula in found) == 437
