"""What search finds: any part of a text, formulas, however they are typed; and what it fetches."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.utils import read_fixture_file
from searching import Search, called, parts

from notesite.config import Config
from notesite.extension import NOTHING
from notesite.loading import Notes
from notesite.markdown import grams
from notesite.markdown.options import Task
from notesite.memo import Memo
from notesite.model import Searched, Source
from notesite.postings import of_group, shard_of

FIXTURES = Path(__file__).parent / "search"
SEPARATOR = " / "
TEXTS = st.text(
    st.one_of(
        st.sampled_from("aZéßΣςｱｶﾞヴーかが゛複雑性々群한국ไทย１２²½ ㍻ﬁ𝔼ℝ\\{}|‖_^(),.-−'\n"),
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cn", "Co"], max_codepoint=0x2FFF),
    ),
    max_size=40,
)
CJK = st.text(st.sampled_from("情報量複雑性確率分布のはをガがアーｱ한국"), min_size=2, max_size=12)


def cases(name: str) -> list[tuple[str, str, str]]:
    return [
        (title, text.strip("\n"), expected.strip("\n"))
        for _, title, text, expected in read_fixture_file(FIXTURES / f"{name}.md")
    ]


def notes(texts: Iterable[str]) -> Notes:
    sources = []
    for number, text in enumerate(texts):
        content = text.encode()
        digest = blake2b(content, digest_size=16).digest()
        sources.append(Source(f"{number}.md", f"{number}.md", digest, content, ""))
    return Notes(
        sources, Task.of(Config(language="ja"), NOTHING), Memo(None, b""), 1, lambda *told: None
    )


def search(*texts: str) -> Search:
    """A search in notes with these texts, the last one the newest."""
    found = notes(texts)
    searched = [Searched(f"/{e.path}/", e.title, "ja", e.search) for e in found.entries]
    return Search(parts(found, searched))


# --- grams ----------------------------------------------------------------------------------------

OF_TEXT = "(text) => words(fold(text))"
OF_FORMULA = "(text) => pairs(signs(fold(text)))"


@pytest.mark.parametrize(("title", "text", "expected"), cases("words"))
def test_words_are_those_of_the_fixture(title: str, text: str, expected: str) -> None:
    assert SEPARATOR.join(grams.words(grams.fold(text))) == expected
    assert SEPARATOR.join(called(OF_TEXT, text)[0]) == expected


@pytest.mark.parametrize(("title", "text", "expected"), cases("signs"))
def test_signs_are_those_of_the_fixture(title: str, text: str, expected: str) -> None:
    assert SEPARATOR.join(grams.pairs(grams.signs(grams.fold(text)))) == expected
    assert SEPARATOR.join(called(OF_FORMULA, text)[0]) == expected


@given(texts=st.lists(TEXTS, min_size=1, max_size=20))
@settings(deadline=None, max_examples=60)
def test_the_script_and_the_build_cut_every_text_alike(texts: list[str]) -> None:
    folded = [grams.fold(text) for text in texts]
    assert called("(text) => fold(text)", *texts) == folded
    assert called(OF_TEXT, *texts) == [list(grams.words(text)) for text in folded]
    assert called(OF_FORMULA, *texts) == [list(grams.pairs(grams.signs(t))) for t in folded]
    for found in called(OF_TEXT, *texts):
        assert called("(gram) => shardOf(gram, 64)", *found) == [shard_of(g, 64) for g in found]


@given(text=TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert grams.fold(grams.fold(text)) == grams.fold(text)


@given(text=TEXTS)
def test_the_short_way_of_folding_gives_what_the_long_one_gives(text: str) -> None:
    assert grams.fold(text) == grams.fold(text + "é")[:-1]


# --- what is found --------------------------------------------------------------------------------

NOTES = (
    "---\ntitle: コルモゴロフ複雑性\ntags: [情報理論]\n---\n\n文字列 $x$ の長さ。",
    "---\ntitle: ベイズの定理\n---\n\n事後分布は $p(x \\mid y)$ である。\n\n"
    "## 期待値\n\n$\\mathbb{E}[X]$",
    "---\ntitle: Attention\naliases: [注意機構]\n---\n\n"
    "ＫＬﾀﾞｲﾊﾞｰｼﾞｪﾝｽ, `np.dot(a, b)`, the Poincaré ball.",
)


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("複雑性", "コルモゴロフ複雑性"),
        ("コルモゴロフ複雑性", "コルモゴロフ複雑性"),
        ("ｺﾙﾓｺﾞﾛﾌ", "コルモゴロフ複雑性"),
        ("こるもごろふ", "コルモゴロフ複雑性"),
        ("情報理論", "コルモゴロフ複雑性"),
        ("性", "コルモゴロフ複雑性"),
        ("ダイバージェンス", "Attention"),
        ("kl", "Attention"),
        ("ｋｌだいばーじぇんす", "Attention"),
        ("注意機構", "Attention"),
        ("poincare", "Attention"),
        ("POINC", "Attention"),
        ("np.dot(", "Attention"),
        ("ball attention", "Attention"),
        (r"\mathbb{E}", "ベイズの定理"),
        (r"\mathbb", "ベイズの定理"),
        ("𝔼[X]", "ベイズの定理"),
        ("p(x|y)", "ベイズの定理"),
        (r"p(x \mid y)", "ベイズの定理"),
        ("事後分布 p(x|y)", "ベイズの定理"),
        ("期待値", "ベイズの定理"),
    ],
)
def test_a_note_is_found_however_it_is_asked_for(query: str, title: str) -> None:
    assert search(*NOTES).titles(query) == [title]


@pytest.mark.parametrize(
    "query", ["", " ", "、。", "存在しない", "p(y|x)", "雑複", "attention 複雑性"]
)
def test_nothing_is_found_where_nothing_is(query: str) -> None:
    assert search(*NOTES).titles(query) == []


def test_a_title_comes_before_a_tag_a_heading_and_a_body_and_the_newest_first() -> None:
    found = search(
        "---\ntitle: 一\n---\n\nエントロピー",
        "---\ntitle: 二\n---\n\n## エントロピー",
        "---\ntitle: 三\ntags: [エントロピー]\n---\n\n本文",
        "---\ntitle: 四のエントロピー\n---\n\n本文",
        "---\ntitle: 五\n---\n\nエントロピー",
        "---\ntitle: 六\n---\n\nエントロピー、エントロピー、エントロピー",
    )
    assert found.titles("エントロピー") == ["四のエントロピー", "三", "二", "六", "五", "一"]


@given(text=CJK, data=st.data())
@settings(deadline=None, max_examples=40)
def test_every_part_of_a_text_that_is_not_spaced_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    found = search("---\ntitle: other\n---\n\nxyz", f"---\ntitle: this\n---\n\nA **{text}** b.")
    assert "this" in found.titles(text[start:end])


@given(text=st.lists(st.from_regex(r"[a-zäßéñ]{1,12}", fullmatch=True), min_size=1, max_size=8))
@settings(deadline=None, max_examples=40)
def test_every_word_is_found(text: list[str]) -> None:
    found = search("---\ntitle: other\n---\n\n42", f"---\ntitle: this\n---\n\n{' '.join(text)}.")
    for word in text:
        assert "this" in found.titles(word)
        assert "this" in found.titles(word.upper())


def test_code_tables_footnotes_and_pictures_are_found_by_their_words() -> None:
    found = search(
        "---\ntitle: all\n---\n\n| head |\n|---|\n| cell |\n\n```python\ndef fenced(): ...\n```\n\n"
        "Text[^1] ![picture](/p.png) {漢字|かんじ}.\n\n[^1]: noted\n\n<div>raw</div>"
    )
    for word in (
        "head",
        "cell",
        "fenced",
        "def fenced",
        "picture",
        "漢字",
        "かんじ",
        "noted",
        "raw",
    ):
        assert found.titles(word) == ["all"], word
    assert found.titles("div") == []


# --- the index ------------------------------------------------------------------------------------


def test_postings_say_group_place_and_level() -> None:
    [shard] = of_group(3, [("t", "", "", "", "w"), ("", "", "", "w", "v")], 1)
    assert b"3!A" in shard  # t: in the title of the first
    assert b"3A+B" in shard  # w: at all in the first, often in the second
    assert b"3B" in shard


def test_a_query_fetches_the_shards_of_its_grams_and_no_others() -> None:
    many = [f"---\ntitle: T{n}\n---\n\n情報{n} の量と word{n}" for n in range(64)]
    found = search(*many)
    assert found.titles("word63") == ["T63"]
    words = [path for path in found.fetched if path.startswith("words/")]
    contexts = [path for path in found.fetched if path.startswith("notes/")]
    assert (len(words), len(contexts)) == (1, 1)


def test_the_order_of_what_is_found_does_not_hang_on_the_order_of_files() -> None:
    made = notes(NOTES)
    searched = [Searched(f"/{e.path}/", e.title, "ja", e.search) for e in made.entries]
    assert parts(made, searched) == parts(notes(NOTES), searched)


def test_a_long_word_is_known_by_its_beginning() -> None:
    long = "a" * 39 + "b" * 100
    assert search(f"---\ntitle: x\n---\n\n{long}").titles(long) == ["x"]
