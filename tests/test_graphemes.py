"""Grapheme clusters: what a reader takes for one character is never taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notesite.markdown.graphemes import clusters, columns, pieces, width

CLUSTERS = [
    "a", "あ", "漢", "한", "e\u0301", "か\u3099", "ｶﾞ", "👩‍👩‍👧‍👦", "👍🏽", "🏳️‍🌈", "🇯🇵", "1️⃣", "❤️",
    "葛\U000e0100", "\u1112\u1161\u11ab", "각", "क्षि", "ნ", "ก็", "க்", "নি", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "😀", "。",
    "\u200b",
]  # fmt: skip


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_a_cluster_is_one_beside_any_other(cluster: str) -> None:
    for other in CLUSTERS:
        assert list(clusters(cluster + other)) == [cluster, other]


def test_flags_pair_from_the_left() -> None:
    assert list(clusters("🇯🇵🇫🇷🇩")) == ["🇯🇵", "🇫🇷", "🇩"]


@given(st.text())
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text


@given(st.lists(st.sampled_from(["a", " ", "\n", "あ", "。", *CLUSTERS])).map("".join))
def test_no_cluster_crosses_a_piece_and_letters_of_a_simple_one_are_clusters(text: str) -> None:
    found = list(clusters(text))
    parts = [list(piece) if simple else list(clusters(piece)) for piece, simple in pieces(text)]
    assert [cluster for part in parts for cluster in part] == found
    assert width(text) == sum(map(columns, found))


@pytest.mark.parametrize(
    ("cluster", "columns_of_it"),
    [
        ("a", 1),
        ("あ", 2),
        ("ｱ", 1),
        ("ｶﾞ", 1),
        ("e\u0301", 1),
        ("🇯🇵", 2),
        ("1️⃣", 2),
        ("👩‍👩‍👧‍👦", 2),
        ("\u200b", 0),
    ],
)
def test_a_cluster_is_as_wide_as_it_looks(cluster: str, columns_of_it: int) -> None:
    assert columns(cluster) == columns_of_it
