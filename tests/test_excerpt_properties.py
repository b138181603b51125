"""What holds for the excerpt of every note, whatever is in it.

The properties compare an excerpt with an independent reading of the tokens. Naive ways to cut a
text are kept beside them: each must be caught.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from unicodedata import east_asian_width

import pytest
from excerpts import is_well_formed, parsed, taken
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it.token import Token

from notesite.markdown.math import tex

ATOMS = ["か\u3099", "👩‍👩‍👧‍👦", "👍🏽", "🇯🇵", "1️⃣", "क्षि", "e\u0301", "한"]
WORDS = [
    "word",
    "incomprehensible",
    "日本語",
    "情報量",
    "テスト。",
    "「括弧」",
    "end.",
    "&amp;",
    "&copy;",
    "<",
    "AT&T",
    *ATOMS,
]
FORMULAS = ["$x$", "$\\frac{a}{b}$", "$p(x|y) < 1$", "$$KL(p||q)$$"]
CODE = ["`code`", "`a < b && c`", "``x ` y``"]

word = st.sampled_from(WORDS)
inline = st.recursive(
    word
    | st.sampled_from(FORMULAS)
    | st.sampled_from(CODE)
    | st.sampled_from(["![図](a.png)", "<b>", "</b>"]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(" ".join),
        st.lists(inner, min_size=1, max_size=4).map("".join),
        inner.map(lambda s: f"**{s}**"),
        inner.map(lambda s: f"*{s}*"),
        inner.map(lambda s: f"~~{s}~~"),
        inner.map(lambda s: f"[{s}](https://example.com/?a=1&b=2)"),
    ),
    max_leaves=12,
)


def _indented(text: str, first: str, rest: str) -> str:
    return first + text.replace("\n", "\n" + rest)


block = st.recursive(
    inline
    | inline.map(lambda s: f"# {s}")
    | inline.map(lambda s: f"{s}\n{s}")
    | inline.map(lambda s: f"| {s} |\n|---|\n| x |")
    | st.sampled_from(
        ["```\ncode\n```", "```\n```", "$$\nx^2\n$$", "![図](a.png)", "---", "<!-- more -->"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(
            lambda s: _indented("\n\n".join(s), "> ", "> ")
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda s: "\n".join(_indented(i, "- ", "  ") for i in s)
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda s: "\n".join(_indented(i, "7. ", "   ") for i in s)
        ),
    ),
    max_leaves=6,
)
notes = st.lists(block, max_size=5).map("\n\n".join)


class Reading:
    """What a note says, read in another way: `pieces` that are never cut, in order; `more` is how
    many of them stand before the marker (None without one); `dropped` says that there is code
    besides."""

    def __init__(self, tokens: list[Token]) -> None:
        self.pieces: list[str] = []
        self.more: int | None = None
        self.dropped = False
        depth = 0
        for token in tokens:
            if token.type.startswith(("heading_", "table_")):
                depth += token.nesting
            elif depth:
                continue
            elif token.type in ("fence", "code_block"):
                self.dropped |= bool(token.content.strip())
            elif token.type == "html_block" and "more" in token.content:
                self._mark()
            elif token.type == "math_block":
                self.pieces.append(f"⟦{token.meta['formula'].tex.strip()}⟧")
            elif token.type == "inline":
                self._inline(token.children or [])

    def _mark(self) -> None:
        if self.more is None and self.pieces:
            self.more = len(self.pieces)

    def _inline(self, children: list[Token]) -> None:
        for token in children:
            if token.type == "text":
                self.pieces += re.findall("|".join(map(re.escape, ATOMS)) + r"|\S", token.content)
            elif token.type == "code_inline":
                self.pieces.append(token.content)
            elif token.type.startswith("math"):
                self.pieces.append(f"⟦{token.meta['formula'].tex.strip()}⟧")
            elif token.type == "html_inline" and "more" in token.content:
                self._mark()


def flaws(html: str, reading: Reading, width: int) -> set[str]:
    """What is wrong with an excerpt of `width`."""
    found = set()
    if not is_well_formed(html):
        found.add("not well-formed")
    text = re.sub("<[^>]*>", "", html.replace("⟦⟦", "⟦").replace("⟧⟧", "⟧"))
    plain = unescape(text)
    ellipsis = plain.endswith("…")
    kept = plain.removesuffix("…").removesuffix(" ") if ellipsis else plain
    number = pieces_in(re.sub(r"\s", "", kept), reading.pieces)
    if number is None:
        return found | {"not made of whole pieces"}
    left_out = number < len(reading.pieces) or reading.dropped
    if left_out != ellipsis:
        found.add("the ellipsis lies")
    if reading.more is not None:
        return found | ({"not what the author chose"} if number != reading.more else set())
    if columns_of(kept) > width:
        found.add("too wide")
    if (
        number < len(reading.pieces)
        and columns_of(reading.pieces[number]) <= 2
        and columns_of(kept) < width / 2 - 2
    ):
        found.add("cut too early")
    return found


def pieces_in(text: str, pieces: list[str]) -> int | None:
    """How many whole pieces `text` is made of, None if it ends within one."""
    joined = ""
    for number, piece in enumerate(pieces):
        if len(joined) >= len(text):
            return number if joined == text else None
        joined += re.sub(r"\s", "", piece)
    return len(pieces) if joined == text else None


def columns_of(text: str) -> int:
    total = 0
    for formula, cluster, char in re.findall(f"⟦(.*?)⟧|({'|'.join(ATOMS)})|(.)", text, re.DOTALL):
        if formula:
            total += tex.width(formula)
        elif cluster:
            total += 1 if cluster in ("e\u0301", "क्षि") else 2
        else:
            total += 2 if east_asian_width(char) in "WF" else 1
    return total


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example("[**a $x$ b**](u) `c`", 3)
@example("- a\n\n  ```\n  b\n  ```\n- c", 9)
@given(notes, st.integers(4, 120))
def test_an_excerpt_is_never_flawed(markdown: str, width: int) -> None:
    tokens, _ = parsed(markdown)
    assert flaws(taken(markdown, width).html, Reading(tokens), width) == set()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notes, st.integers(4, 120))
def test_the_text_is_the_text_of_the_html(markdown: str, width: int) -> None:
    found = taken(markdown, width)
    assert "  " not in found.text or "`" in markdown
    if "<!--" not in markdown and "- " not in markdown and "7. " not in markdown:
        plain = unescape(re.sub("<[^>]*>", "", found.html)).replace("⟦⟦", "⟦").replace("⟧⟧", "⟧")
        text = found.text.replace("⟦⟦", "⟦").replace("⟧⟧", "⟧")
        assert re.sub(r"\s", "", plain) == re.sub(r"\s", "", text)


# --- the same rules catch naive cuts --------------------------------------------------------------

SAMPLE = (
    "前置き **強調** は $\\frac{a}{b}$ と `code` と 👩‍👩‍👧‍👦 と か\u3099 &amp; で終わる文である。"
)


def cut_markup(html: str, width: int) -> str:
    return html[:width] + "…"


def cut_characters(html: str, width: int) -> str:
    return f"<p>{escape(unescape(re.sub('<[^>]*>', '', html))[:width])}…</p>"


def whole(html: str, width: int) -> str:
    return html


def nothing(html: str, width: int) -> str:
    return "<p>…</p>"


@pytest.mark.parametrize(
    ("naive", "caught"),
    [
        (cut_markup, "not well-formed"),
        (cut_markup, "not made of whole pieces"),
        (cut_characters, "not made of whole pieces"),
        (cut_characters, "the ellipsis lies"),
        (whole, "too wide"),
        (nothing, "cut too early"),
        (nothing, "the ellipsis lies"),
    ],
)
def test_a_naive_cut_is_caught(naive: Callable[[str, int], str], caught: str) -> None:
    found = set()
    for markdown in (SAMPLE, "短い", "", "# 題"):
        tokens, _ = parsed(markdown)
        for width in range(1, 120):
            found |= flaws(naive(taken(markdown, 10_000).html, width), Reading(tokens), width)
    assert caught in found
