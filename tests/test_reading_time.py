"""Reading time: what is counted, how long it takes to read, and how a reader is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notesite.markdown.counts import count
from notesite.markdown.gathered import Gathered
from notesite.markdown.math import tex
from notesite.markdown.parser import make_parser
from notesite.model import Counts
from notesite.reading_time import SPEED, reading_time, steps

MD = make_parser(html=True, typographer=False, soft_breaks="cjk")
tex.plugin(MD, double_backslash=False, numbering="labelled")


def counted(markdown: str, lang: str | None = None) -> Counts:
    env: dict[str, Any] = {"note": Gathered("note.md", markdown.split("\n")), "macros": ()}
    return count(MD.parse(markdown, env), lang)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("", Counts()),
        ("日本語の文。", Counts(ja=5)),  # punctuation is not read
        ("中文文章", Counts(zh=4)),
        ("한국어 문장입니다", Counts(ko=2)),
        ("English words, don't count 3.14 twice", Counts(words=6)),
        ("これは GPT2を使う", Counts(ja=6, words=1)),
        ("임베딩(Embedding)이라고", Counts(ko=2, words=1)),
        ("日本語と한국어と中文 and English", Counts(ja=6 + 1, ko=1, words=2)),
        ("Привет, мир! नमस्ते", Counts(words=3)),
        ("１２３ ＡＢＣ ｶﾞｷﾞ", Counts(ja=4, words=2)),
        ("か\u3099き", Counts(ja=2)),
        ("確率$p(x)$は$q$", Counts(ja=3, inline_formulas=2)),
        ("計算 $$KL(p||q)$$ する\n\n$$\nx\n$$", Counts(ja=4, display_formulas=2)),
        ("使う `some inline code` です", Counts(ja=4)),
        ("```python\nx = 1\n\ny = 2\n```", Counts(code_lines=2)),
        ("    indented\n", Counts(code_lines=1)),
        ("![描写 of it](a.png) <img src='b.png'>", Counts(images=2)),
        ("<div class='some words'>\n<b>two</b> words\n</div>", Counts(words=2)),
        ("<script>\nlet x = 1\n</script>\n\n<!-- a remark -->", Counts()),
        ("H<sub>2</sub>O **bo**ld", Counts(words=2)),
        ("# 見出し\n\n| 表 |\n|---|\n| 値 |", Counts(ja=5)),
        ("本文[^1]\n\n[^1]: 脚注", Counts(zh=4)),
        ("[link](https://example.com)", Counts(words=1)),
        ("{漢字|かんじ}を読む", Counts(ja=5)),
    ],
)
def test_what_is_counted(markdown: str, expected: Counts) -> None:
    assert counted(markdown) == expected


@pytest.mark.parametrize(
    ("lang", "ja"),
    [(None, 0), ("zh", 0), ("en", 0), ("ja", 2), ("ja-JP", 2), ("JA", 2), ("jam", 0)],
)
def test_han_is_japanese_by_language(lang: str | None, ja: int) -> None:
    assert counted("漢字", lang) == Counts(ja=ja, zh=2 - ja)


def test_han_is_japanese_where_the_note_has_kana_even_in_another_paragraph() -> None:
    assert counted("漢字\n\nかな", "zh") == Counts(ja=4)


def test_kana_in_code_does_not_make_a_note_japanese() -> None:
    assert counted("漢字 `かな`") == Counts(zh=2)


@pytest.mark.parametrize(
    ("counts", "seconds"),
    [
        (Counts(), 0),
        (Counts(ja=500), 60),
        (Counts(zh=439), 60),
        (Counts(ko=202), 60),
        (Counts(words=238), 60),
        (Counts(ja=250, words=119), 60),
        (Counts(code_lines=10), 20),
        (Counts(display_formulas=2), 12),
        (Counts(inline_formulas=2), 3),
        (Counts(images=1), 12),
        (Counts(images=3), 12 + 11 + 10),
        (Counts(images=10), 12 + 11 + 10 + 9 + 8 + 7 + 6 + 5 + 4 + 3),
        (Counts(images=12), 75 + 3 + 3),
    ],
)
def test_how_long_it_takes(counts: Counts, seconds: int) -> None:
    assert reading_time(counts) == seconds


def test_every_constant_is_a_setting() -> None:
    everything = Counts(100, 100, 100, 100, 100, 100, 100, 100)
    usual = reading_time(everything)
    for name, value in SPEED.items():
        assert reading_time(everything, {name: value * 2}) != usual, name


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, ("seconds", 10)), (14, ("seconds", 10)), (15, ("seconds", 20)), (24, ("seconds", 20)),
        (44, ("seconds", 40)), (54, ("seconds", 50)), (55, ("minutes", 1)), (89, ("minutes", 1)),
        (90, ("minutes", 2)), (149, ("minutes", 2)), (150, ("minutes", 3)), (3600, ("minutes", 60)),
    ],
)  # fmt: skip
def test_how_a_reader_is_told(seconds: int, told: tuple[str, int]) -> None:
    assert steps(seconds) == told


@given(st.integers(0, 100_000), st.integers(0, 1000))
def test_longer_notes_are_never_told_to_be_shorter(seconds: int, more: int) -> None:
    def told(value: int) -> int:
        unit, number = steps(value)
        return number if unit == "seconds" else number * 60

    assert told(seconds) <= told(seconds + more)


@given(st.text())
def test_any_text_can_be_counted(text: str) -> None:
    assert reading_time(counted(text)) >= 0


def test_the_article_that_peers_put_between_5_and_42_minutes(shared: Path) -> None:
    """REFERENCES: 14.1 minutes of letters, to which 35 display formulas, 146 inline ones and 5
    images come."""
    text = (shared / "kaityo256-zenn/articles/bolzmann_machine.md").read_text(encoding="utf-8")
    counts = counted(text.partition("\n---\n")[2])
    assert 6100 < counts.ja < 6300
    assert 13 * 60 < reading_time(Counts(ja=counts.ja, words=counts.words)) < 15 * 60
    assert 20 * 60 < reading_time(counts) < 24 * 60
