"""Colours for code, and the style sheets that they come from."""

from __future__ import annotations

import html as html_module
import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.styles import STYLE_MAP

from notesite.markdown import highlight as module
from notesite.markdown.highlight import highlight
from notesite.markdown.highlight_css import contrast, css
from notesite.markdown.syntax.fences import Info, read_info

LANGUAGES = st.sampled_from(["py", "sh", "cpp", "c", "yml", "rb", "make", "html", "console", "tex"])


@given(st.text(alphabet="a \t\n<&\"'#()=$`\\é漢\ufeff", max_size=40), LANGUAGES)
def test_colours_change_no_character(code: str, language: str) -> None:
    result = highlight(code, language)
    bare = html_module.unescape(re.sub("<[^>]*>", "", "\n".join(result.lines)))
    assert bare == code.removesuffix("\n")
    for line in result.lines:
        assert line.count("<span") == line.count("</span>")


def test_a_language_is_found_by_any_of_its_names() -> None:
    expected = highlight("x = 1", "python")
    assert highlight("x = 1", "PY") == expected
    assert "<span" in expected.lines[0]
    assert highlight("a: b", "yml") == highlight("a: b", "yaml")


def test_a_language_is_never_guessed() -> None:
    assert highlight("#!/usr/bin/python\nimport os", "") == (["#!/usr/bin/python", "import os"], "")
    assert highlight("<?php ?>", "nonesuch").problem == "unknown"


def test_slow_code_stays_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SLOWEST", 0.05)
    result = highlight("a\t\n" * 5_000, "csharp")
    assert result.problem == "slow"
    assert result.lines[0] == "a\t"


def test_other_threads_do_without_the_limit() -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.extend(highlight("x = 2", "py").lines))
    thread.start()
    thread.join()
    assert "<span" in found[0]


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("", Info()),
        ("py", Info("py")),
        ("c++ ", Info("c++")),
        ("py:a/b.py", Info("py", "a/b.py")),
        ('py title="a b"', Info("py", "a b")),
        ("py {1,3-4}", Info("py", "", frozenset({1, 3, 4}))),
        ("{.py}", Info("py")),
        ("diff", Info("diff", diff=True)),
        ("diff cpp:a.cpp", Info("cpp", "a.cpp", diff=True)),
        ('"><b>', Info()),
        ("x" * 50, Info()),
        ("py {1-99999999999999999999}", Info("py", "", frozenset({1, 2, 3, 4, 5}))),
        ("py {0}", Info("py")),
    ],
)
def test_an_info_string_says(info: str, expected: Info) -> None:
    assert read_info(info, 5) == expected


@pytest.mark.parametrize("name", sorted(STYLE_MAP))
def test_every_colour_can_be_read_on_its_background(name: str) -> None:
    for rule in re.findall(r"\{ ([^{}]*) \}", css(name, name)):
        colours = dict(re.findall(r"(background-color|color): (#\w+)", rule))
        if "background-color" in colours and "color" in colours:
            assert contrast(colours["color"], colours["background-color"]) >= 4.5
    background = re.search(r"background-color: (#\w+)", css(name, name))
    assert background
    for colour in re.findall(r"\{ color: (#\w+);[^}]*\}", css(name, name)):
        assert contrast(colour, background[1]) >= 4.5


def test_the_sheet_is_light_unless_the_page_or_the_system_is_dark() -> None:
    sheet = css("default", "github-dark")
    assert sheet.startswith(".code, .code pre { background-color: #f8f8f8; color: #000000; }")
    assert ":root[data-theme=dark] .code, :root[data-theme=dark] .code pre { background-c" in sheet
    dark = sheet.partition("@media (prefers-color-scheme: dark) {\n")[2]
    assert dark.startswith(":root:not([data-theme=light]) .code,")
    assert sheet.count("{") == sheet.count("}")


def test_what_only_the_light_style_sets_is_taken_back_in_the_dark() -> None:
    dark = css("default", "bw").partition("@media")[2]
    assert re.search(r"\.mi[,)][^{]*\{ color: inherit; \}", dark)


def test_an_unknown_style_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(
        ValueError, match=r'no style "defalt" \(did you mean "default"\?\); there are'
    ):
        css("defalt", "monokai")
