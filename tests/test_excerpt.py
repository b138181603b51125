"""Excerpts: what is shown of a note. The cases are in markdown/excerpt.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT
from excerpts import MD, is_well_formed, parsed, shown, taken

from notesite.markdown import excerpt
from notesite.markdown.cutting import until_full
from notesite.markdown.reading import read
from notesite.model import Formula


def cases() -> list[Any]:
    content = (PROJECT / "tests/markdown/excerpt.md").read_text(encoding="utf-8")
    content = content[content.index("\n\n") :]
    form = r"\n\n(\S[^\n]*)\n\.\n(.*?)\n\.\n(.*?)\n\.\n(.*?)\n\.(?=\n)"
    found = re.findall(form, content, re.DOTALL)
    assert len(found) == len(re.findall(r"(?m)^\.$", content)) / 4, "a case has another shape"
    return [pytest.param(*case[1:], _width(case[0]), id=case[0]) for case in found]


def _width(title: str) -> int:
    bracket = re.search(r"\[(\d+)\]$", title)
    return int(bracket[1]) if bracket else 320


@pytest.mark.parametrize(("markdown", "html", "text", "width"), cases())
def test_the_excerpt_is(markdown: str, html: str, text: str, width: int) -> None:
    found = taken(markdown, width)
    assert (found.html, found.text) == (html, text)


def test_a_summary_is_shown_whole_and_its_text_is_not() -> None:
    _, env = parsed("body")
    summary = "**要約** は $x$ と[リンク](a.md)と ![図](a.png) である。" * 3
    found = shown(excerpt.from_summary(summary, MD, env, width=20), env)
    once = "<strong>要約</strong> は ⟦x⟧ とリンクと である。"
    assert found.html == f"<p>{once * 3}</p>"
    assert found.text == "要約 は ⟦x⟧ とリンクと…"


def test_a_title_keeps_its_markup_without_a_paragraph() -> None:
    tokens, env = parsed("# *E* = $mc^2$ ![図](a.png)")
    found = shown(excerpt.inline(tokens[1].children or [], MD, env), env)
    assert found.html == "<em>E</em> = ⟦mc^2⟧"
    assert found.text == "E = ⟦mc^2⟧"


def test_headings_come_with_id_and_text() -> None:
    tokens, env = parsed("# 題 `code` & *x*\n\ntext\n\n### $x$ です {#here}\n")
    first, second = excerpt.headings(tokens, env)
    assert (first.level, str(first.text)) == (1, "題 code & x")
    assert (second.level, second.id) == (3, "here")
    formula, rest = second.text.pieces
    assert isinstance(formula, Formula)
    assert (formula.tex, rest) == ("x", " です")


def test_a_sign_of_html_with_a_mark_on_it_is_escaped() -> None:
    assert taken("a <\u0338 &\u0301").html == "<p>a &lt;\u0338 &amp;\u0301</p>"


def test_an_excerpt_stops_reading_once_it_is_full() -> None:
    tokens, _ = parsed("\n\n".join(["あ" * 15] * 100))
    units = read(tokens)
    assert len(until_full(units, 20)[0]) == 10
    assert next(units).frame.depth == 1  # what comes next is still to be read
    assert len(list(units)) == 98


@pytest.mark.parametrize(
    "text", ["\u200b" * 50_000, "e" + "\u0301" * 50_000, "`" + "\u200b" * 9 + "` "]
)
def test_text_without_width_does_not_make_a_long_excerpt(text: str) -> None:
    assert len(taken(text * 3, 40).html) < 20_000


def test_real_notes_have_sound_excerpts(shared: Path) -> None:
    files = sorted(shared.glob("*/articles/*.md"))[::4]
    assert files
    for file in files:
        markdown = re.sub(
            r"\A---\n.*?\n---\n", "", file.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        found = taken(markdown)
        assert is_well_formed(found.html), file
        assert found.text
