"""The HTML of a note as it stands in a feed: tests/standalone.md says how, for a note at
https://example.org/repo/posts/a/."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.utils import read_fixture_file

from notesite.markdown.math.katex import Katex
from notesite.model import Formula
from notesite.standalone import standalone

URL = "https://example.org/repo/posts/a/"
CASES = read_fixture_file(Path(__file__).parent / "standalone.md")


@pytest.mark.parametrize(
    ("html", "expected"), [(case[2], case[3]) for case in CASES], ids=[case[1] for case in CASES]
)
def test_html_elsewhere(html: str, expected: str) -> None:
    assert standalone(html, URL) == expected


@given(st.text(st.sampled_from("ab<>\"'= /#")))
def test_text_without_tags_that_load_something_stays(text: str) -> None:
    text = text.replace("<a", "<b")
    assert standalone(text, URL) == text


PARTS = ["<a href", "<img", " srcset", "=", '"', "'", "x", ",", " ", ">"]


@given(st.lists(st.sampled_from(PARTS)))
def test_to_do_it_again_changes_nothing(parts: list[str]) -> None:
    once = standalone("".join(parts), URL)
    assert standalone(once, URL) == once


@pytest.mark.parametrize(
    "part",
    [
        '<a href="', "<a '", "<img srcset='", "<a href='x", '<img srcset="' + "," * 1000,
        '<span class="katex"><span class="katex-mathml"><math', "</span>", "<a " + " x" * 500,
        '<span class="katex"><span class="katex-mathml"><math></math></span><span>', "<a class=",
    ],
)  # fmt: skip
def test_what_is_broken_takes_no_longer_the_more_of_it_there_is(part: str) -> None:
    def seconds(text: str) -> float:
        start = time.process_time()
        standalone(text, URL)
        return time.process_time() - start

    text = part * (300_000 // len(part))
    assert seconds(text) < 10  # of what is quadratic here, it would be minutes


def test_katex_s_formulas_of_every_kind_stand_there_once() -> None:
    katex = Katex((), "htmlAndMathml")
    texts = [r"x^2", r"\frac{a}{b}", r"a < b", r"\begin{matrix}a&b\end{matrix}", r"\sqrt{x}",
             r"\text{a $b$}", r"\overbrace{x}", r"\color{red}{x}", r"\ce{H2O}"]  # fmt: skip
    try:
        formulas = [Formula(tex, display) for tex in texts for display in (True, False)]
        made = katex.typeset([*formulas, Formula(r"x \tag{1}", display=True)])
    finally:
        katex.close()
    for typeset in made:
        assert "katex-html" in typeset.html
        html = standalone(f"<p>{typeset.html}.</p>", URL)
        assert html.count("<math") == 1
        assert html.endswith(("</math>.</p>", "</math></span>.</p>"))
        assert "katex-html" not in html
        assert "annotation" not in html
        assert html.count("<span") == html.count("</span>")
