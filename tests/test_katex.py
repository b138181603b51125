"""KaTeX in V8: what it makes of formulas, what it says of wrong ones, and what it survives."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import html5lib
import pytest
import yaml
from hostile_formulas import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from test_math import formulas

from notesite.markdown.math import katex as engine
from notesite.markdown.math.katex import Katex
from notesite.model import Formula, Typeset

SOURCES = str(Path(__file__).resolve().parent.parent / "src")
MACROS = (("\\norm", "\\lVert #1 \\rVert"), ("RR", "\\mathbb{R}"))


@pytest.fixture(scope="module")
def katex() -> Iterator[Katex]:
    with Katex(MACROS) as started:
        yield started


def one(katex: Katex, tex: str, *, display: bool = True, preamble: str = "") -> Typeset:
    (result,) = katex.typeset([Formula(tex, display, preamble)])
    return result


# --- what is made ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "parts"),
    [("htmlAndMathml", {"math", "html"}), ("html", {"html"}), ("mathml", {"math"})],
)
def test_output_is_html_mathml_or_both_and_always_has_text(output: str, parts: set[str]) -> None:
    with Katex((), output) as katex:
        result = one(katex, "x^2")
    found = {"math" for _ in re.findall("<math", result.html)}
    found |= {"html" for _ in re.findall('class="katex-html"', result.html)}
    assert found == parts
    assert result.text == "x²"


def test_a_link_in_what_screen_readers_do_not_see_takes_no_focus(katex: Katex) -> None:
    html = one(katex, r"a < b \text{ by } \href{#eq-a}{(1)}").html
    assert html.count("<a ") == html.count('<a tabindex="-1" ') == 1


TEXTS = {
    r"KL(p\|q) = \sum_{x} p(x)\log\frac{p(x)}{q(x)}": "KL(p‖q) = ∑ₓ p(x) log p(x)/q(x)",
    r"x^2": "x²",
    r"\alpha": "α",
    r"\sum_i x_i": "∑ᵢ xᵢ",
    r"W_{ij}^{(l)}": "Wᵢⱼ⁽ˡ⁾",
    r"a_{i,j}": "a_(i,j)",
    r"\frac{a+b}{c}": "(a + b)/c",
    r"\frac12": "1/2",
    r"\sqrt{x}": "√x",
    r"\sqrt[3]{x+1}": "³√(x + 1)",
    r"\begin{pmatrix}a&b\\c&d\end{pmatrix}": "(a b; c d)",
    r"\text{if }x\neq 0": "if x ≠ 0",
    r"\begin{align*}a&=b\\c&=d\tag{1}\end{align*}": "a = b; c = d",
    r"x=1\tag{2}": "x = 1",
    r"\mathbb{E}[X]\in\mathbb R": "𝔼[X] ∈ ℝ",
    r"\hat{x}+\bar y": "x̂ + ȳ",
    r"\overline{AB}": "AB",
    r"\ce{H2O + SO4^2- -> X}": "H₂O + SO₄²⁻ → X",
    r"f'(x)": "f′(x)",
    r"-1": "−1",
    r"2\pi r": "2πr",
    r"\sin x \cos^2\theta": "sin x cos² θ",
    r"O(n\log n)": "O(n log n)",
    r"\binom nk": "(n k)",
    r"\lim_{n\to\infty} a_n": "lim_(n → ∞) aₙ",
    r"\left\|w\right\|_2^2": "‖w‖₂²",
    r"\phantom{x}y": "y",
    r"e^{-\frac{x^2}{2\sigma^2}}": "e^(−x²/(2σ²))",
    r"H(X|Y)": "H(X|Y)",
    r"x \bmod y": "x mod y",
    r"\begin{cases}1&x>0\\0&\text{else}\end{cases}": "{1 x > 0; 0 else",
    r"\int_0^1 f(x)\,dx": "∫₀¹f(x) dx",
    r"\nabla_\theta J(\theta)": "∇_θ J(θ)",
    r"\underbrace{a+b}_{n}": "(a + b)ₙ",
    r"\mathcal{L}": "L",
    r"\operatorname{softmax}(x)": "softmax(x)",
    r"\href{#eq-a}{\text{(1)}}": "(1)",
    "": "",
}


def test_a_formula_has_readable_text(katex: Katex) -> None:
    results = katex.typeset([Formula(tex, True) for tex in TEXTS])
    assert {tex: result.text for tex, result in zip(TEXTS, results, strict=True)} == TEXTS


def test_macros_of_the_site_have_a_backslash_or_not(katex: Katex) -> None:
    assert one(katex, r"\norm{x}\in\RR").text == "‖x‖ ∈ ℝ"


def test_definitions_hold_in_the_formulas_that_carry_them_and_nowhere_else(katex: Katex) -> None:
    preamble = "\\def\\a{1}\n\\DeclareMathOperator*{\\amax}{arg\\,max}\n\\newcommand{\\b}[1]{#1\\a}"
    results = katex.typeset(
        [
            Formula(r"\a\b{2}\amax_x", True, preamble),
            Formula(r"\gdef\a{3}\a", True),
            Formula(r"\a", True, preamble),
            Formula(r"\a", True),
        ]
    )
    assert [each.text for each in results] == ["121arg maxₓ", "3", "1", r"\a"]
    assert "does not know \\a" in results[3].complaints[0][2]


def test_a_broken_definition_does_not_spoil_the_others(katex: Katex) -> None:
    preamble = "\\newcommand{\\frac}{1}\n\\def\\a{\n\\def\\b{2}\n\\def\\c{\\c}"
    assert one(katex, r"\b", preamble=preamble).text == "2"


def test_numbers_never_come_from_a_css_counter(katex: Katex) -> None:
    assert '"eqn-num' not in one(katex, r"\begin{align}x\\y\end{align}").html


def test_more_formulas_than_one_call_takes_come_back_in_order(katex: Katex) -> None:
    count = 2 * engine.MOST_AT_ONCE + 7
    results = katex.typeset([Formula(f"x_{{{number}}}", False) for number in range(count)])
    small = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    assert [each.text for each in results] == [
        f"x{number}".translate(small) for number in range(count)
    ]


def test_v8_is_renewed_after_many_formulas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "RENEWED_AFTER", 3)
    with Katex() as katex:
        first = katex._ready()
        katex.typeset([Formula("x", False)] * 3)
        katex.typeset([Formula("x", False)])
        assert katex._ready() is not first


# --- complaints -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tex", "offset", "message"),
    [
        (r"x + \foo{x}", 4, r"KaTeX does not know \foo"),
        (r"\alhpa", 0, r"KaTeX does not know \alhpa; did you mean \alpha?"),
        (r"{x", 2, "a { is not closed"),
        (r"x^{a # b}", 5, "a { is not closed before #"),
        (r"x_$a", 2, "$ cannot stand here without braces"),
        (r"\frac{1}{", 9, "a { is not closed"),
        (r"x}", 1, "a } without its {"),
        (r"a & b", 2, "a & outside of an environment such as aligned"),
        (r"\left( x", 8, r"a \left without its \right"),
        (r"x \right)", 2, r"a \right without its \left"),
        (r"x^1^2", 3, "two superscripts at one place; put braces around one"),
        (r"x_1_2", 3, "two subscripts at one place; put braces around one"),
        (r"x_", 1, "nothing follows _"),
        (r"\begin{foo}x\end{foo}", 6, "KaTeX has no environment foo"),
        (r"\begin{aligned} x", 17, r"an environment is not closed by its \end"),
        (r"$x$", 0, "a $ inside of the formula"),
        (r"\tag{1}\tag{2}x", 0, r"two \tag for one number"),
        (r"x\char0", 1, "this formula holds a character that is not printable"),
        (r'\char"D800', 0, "this formula holds a character that is not printable"),
        (r"\href{javascript:a}{x}", 0, r"\href is not allowed"),
        (r"x\htmlData{a=b}{x}", 1, r"\htmlData is not allowed"),
        (r"\includegraphics{x}", 0, r"\includegraphics is not allowed"),
        (r"\def\a{\a}\a", -1, "the macros of this formula expand without end"),
        ("𝑥𝑥\\foo", 2, r"KaTeX does not know \foo"),
        ("{" * 4_000 + "}" * 4_000, -1, "this formula is nested too deeply"),
        ("x" * 10_001, -1, "this formula is longer than 10,000 characters"),
    ],
)
def test_a_refused_formula_says_why_and_where(
    katex: Katex, tex: str, offset: int, message: str
) -> None:
    result = one(katex, tex)
    ((level, at, why),) = result.complaints
    assert level == "warning"
    assert message in why
    assert at == offset
    assert unescape(result.html) == f'<code class="math-error">{tex}</code>'
    assert result.text == tex


def test_an_error_in_a_macro_of_the_preamble_has_no_offset_in_the_formula(katex: Katex) -> None:
    ((_, offset, _),) = one(katex, r"x\a", preamble=r"\def\a{aaaaaaaaaaaaaa\foo}").complaints
    assert offset == -1


def test_a_refused_display_formula_keeps_its_lines(katex: Katex) -> None:
    assert one(katex, "\\foo\n<b>").html == '<code class="math-error">\\foo<br>&lt;b&gt;</code>'
    assert "<br>" not in one(katex, "\\foo\n<b>", display=False).html


@pytest.mark.parametrize(
    ("tex", "offset", "message"),
    [
        ("x = 日本語y", 4, r"bare “日本語” in a formula; LaTeX wants \text{日本語}"),
        ("＝", 0, r"bare “＝” in a formula; LaTeX wants \text{＝}"),
        ("a😀", 1, "KaTeX has no sign for “😀”"),
        (r"a\\b", -1, r"LaTeX ignores \\ here; use an environment such as aligned"),
    ],
)
def test_advice_of_katex_is_a_note_with_a_place(
    katex: Katex, tex: str, offset: int, message: str
) -> None:
    complaints = one(katex, tex).complaints
    assert ("note", offset, message) in complaints
    assert {level for level, _, _ in complaints} == {"note"}
    assert "math-error" not in one(katex, tex).html


# --- what it survives -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_formula_costs_only_itself(katex: Katex, name: str) -> None:
    katex.typeset([Formula("x", True)])
    start = time.process_time()
    result = one(katex, HOSTILE[name])
    assert time.process_time() - start <= engine.SECONDS + 0.5
    assert one(katex, "x^2").text == "x²"
    for _, _, message in result.complaints:
        assert "size exceeded" not in message
        assert "stack" not in message
    parser = html5lib.HTMLParser(strict=False)
    tree = parser.parseFragment(result.html[:200_000])
    assert not [element for element in tree.iter() if str(element.tag).endswith("}script")]
    assert not re.search(r"<[^>]*\s(?:on\w+|href=[\"']?(?!#eq-))", result.html)


def test_all_hostile_formulas_at_once_leave_good_ones_alone(katex: Katex) -> None:
    batch = [Formula(each, True) for tex in HOSTILE.values() for each in (tex, "x^2")]
    results = katex.typeset(batch)
    assert {result.text for result in results[1::2]} == {"x²"}


def test_a_formula_that_hangs_is_stopped_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0.1)
    with Katex() as katex:
        katex.typeset([Formula("x", True)])
        assert katex._engine is not None
        katex._engine.racer.eval(
            "const one = typeset;"
            "typeset = (...all) => { while (all[0] === 'hang'); return one(...all) }"
        )
        texts = [
            each.text for each in katex.typeset([Formula(t, True) for t in ("a", "hang", "b")])
        ]
        assert texts == ["a", "hang", "b"]
        assert katex._engine is not None


def test_a_formula_that_eats_memory_is_stopped_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "HEAP", 9_000_000)
    with Katex() as katex:
        batch = [Formula(tex, True) for tex in ("a", HOSTILE["4,900 cells"], "b")]
        first, second, third = katex.typeset(batch)
    assert (first.text, third.text) == ("a", "b")
    assert second.complaints == (("warning", -1, "this formula needs too much memory"),)


def test_a_process_that_forgets_to_close_katex_ends_all_the_same() -> None:
    script = (
        "from notesite.markdown.math.katex import Katex\n"
        "from notesite.model import Formula\n"
        "katex = Katex()\n"
        "print(katex.typeset([Formula('x^2', False)])[0].text.encode())\n"
    )
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            timeout=60,
            check=True,
            env={**os.environ, "PYTHONPATH": SOURCES},
        )
        assert done.stdout.strip() == str("x²".encode()).encode()


@settings(max_examples=200, deadline=None)
@given(st.text(r"\{}^_&$#%~ab1 'xfracdetgnmoi()[]|漢😀" + "\n", max_size=60))
def test_whatever_is_written_html_comes_out_and_one_engine_stays(tex: str) -> None:
    result = one(SHARED_KATEX, tex)
    assert result.html.count("<span") == result.html.count("</span")
    assert "\0" not in result.html
    for _, offset, _ in result.complaints:
        assert -1 <= offset <= len(tex)


SHARED_KATEX = Katex()


# --- formulas of others ---------------------------------------------------------------------------

# KaTeX's own list of test cases; those that are not to be shown, and why.
NOT_SHOWN = {
    "HTML": r"\htmlId is not allowed",
    "Includegraphics": r"\includegraphics is not allowed",
    "UnsupportedCmds": r"KaTeX does not know \err",  # that it is unknown is the test
}


def test_what_katex_tests_itself_with_is_shown(katex: Katex, shared: Path) -> None:
    cases = yaml.safe_load((shared / "conformance/katex/ss_data.yaml").read_text("utf-8"))
    refused: dict[str, str] = {}
    for name, case in cases.items():
        case = case if isinstance(case, dict) else {"tex": case}
        definitions = case.get("macros", {}).items()
        preamble = "\n".join(f"\\def{name}{{{body}}}" for name, body in definitions)
        result = one(katex, case["tex"], display=bool(case.get("display")), preamble=preamble)
        reasons = [why for level, _, why in result.complaints if level != "note"]
        if reasons:
            refused[name] = reasons[0]
    assert refused == NOT_SHOWN


def test_the_formulas_of_a_real_blog_are_shown(katex: Katex, shared: Path) -> None:
    notes = sorted((shared / "kaityo256-zenn/articles").glob("*.md"))
    found = [formula for note in notes for formula in formulas(note.read_text("utf-8"))]
    refused = [each for each in katex.typeset(found) if "math-error" in each.html]
    assert len(refused) <= len(found) / 1_000
    assert refused == []  # of today's
