"""Front matter and settings: every spelling that is known, and every slip at its place (SPEC 2)."""

from __future__ import annotations

import contextlib
from datetime import datetime
from time import process_time
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notesite.decode import decode
from notesite.index.links import href
from notesite.markdown import front_matter
from notesite.model import FrontMatter, Problem
from notesite.nodes import FieldError, read_toml, read_yaml
from notesite.settings import read_config, with_base_url

TOKYO = ZoneInfo("Asia/Tokyo")


def read(text: str, path: str = "note.md") -> tuple[FrontMatter, list[Problem]]:
    front, _, problems = front_matter.read(text, path, path, TOKYO)
    return front, problems


def yaml(block: str) -> FrontMatter:
    front, problems = read(f"---\n{block}\n---\n")
    assert problems == []
    return front


# --- spellings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-01-05", "2024-01-05T00:00+09:00"),
        ("2024-1-5", "2024-01-05T00:00+09:00"),
        ("2024/01/05", "2024-01-05T00:00+09:00"),
        ('"2024-01-05"', "2024-01-05T00:00+09:00"),
        ("2024-01-05 09:30", "2024-01-05T09:30+09:00"),
        ("2024-01-05T09:30:15", "2024-01-05T09:30:15+09:00"),
        ("2024-01-05T09:30:15Z", "2024-01-05T18:30:15+09:00"),
        ("2024-01-05 20:30:15 +0000", "2024-01-06T05:30:15+09:00"),
        ("2024-01-05 09:30:15 +0900", "2024-01-05T09:30:15+09:00"),
        ("2024-01-05 09:30:15+09", "2024-01-05T09:30:15+09:00"),
        ("2024-01-05T09:30:15.123-05:00", "2024-01-05T23:30:15+09:00"),
    ],
)
@pytest.mark.parametrize("key", ["date", "created"])
def test_a_date_is_read_in_the_time_zone_of_the_site(key: str, written: str, meant: str) -> None:
    assert yaml(f"{key}: {written}").date == datetime.fromisoformat(meant)


def test_the_date_of_a_file_name_counts_unless_the_note_has_one() -> None:
    assert str(read("", "posts/2024-03-05-x.md")[0].date) == "2024-03-05 00:00:00+09:00"
    assert str(read("", "posts/2024-03-05-x/index.md")[0].date) == "2024-03-05 00:00:00+09:00"
    text = "---\ndate: 2020-01-01\n---\n"
    assert str(read(text, "2024-03-05-x.md")[0].date)[:4] == "2020"
    assert read("", "2024-99-05-x.md")[0].date is None


@pytest.mark.parametrize(
    ("block", "field", "value"),
    [
        ("lastmod: 2024-01-05", "updated", datetime(2024, 1, 5, tzinfo=TOKYO)),
        ("modified: 2024-01-05", "updated", datetime(2024, 1, 5, tzinfo=TOKYO)),
        ("last_modified_at: 2024-01-05", "updated", datetime(2024, 1, 5, tzinfo=TOKYO)),
        (
            "date: {created: 2024-01-04, updated: 2024-01-05}",
            "updated",
            datetime(2024, 1, 5, tzinfo=TOKYO),
        ),
        ("publishDate: 2024-01-05", "publish_date", datetime(2024, 1, 5, tzinfo=TOKYO)),
        ("draft: true", "draft", True),
        ("draft: yes", "draft", True),
        ('draft: "false"', "draft", False),
        ("published: false", "draft", True),
        ("publish: no", "draft", True),
        ("status: draft", "draft", True),
        ("published: true", "draft", False),
        ("tags: 'a, b ,, #c'", "tags", ("a", "b", "c")),
        ("tags: [2024, no, 1.10]", "tags", ("2024", "no", "1.10")),
        ("tags:\n  - 情報理論\n  - 情報理論", "tags", ("情報理論",)),
        ("topics: [cpp]", "tags", ("cpp",)),
        ("category: one", "categories", ("one",)),
        ("excerpt: Short.", "summary", "Short."),
        ("url: /a/b/", "permalink", "/a/b/"),
        ("pin: true", "pinned", True),
        ("featured: true", "pinned", True),
        ("cover: a.png", "image", "a.png"),
        ("cover: {image: a.png, alt: x}", "image", "a.png"),
        ("authors: [A, B]", "author", "A, B"),
        ("layout: wide.html", "template", "wide.html"),
        ("title: No", "title", "No"),
        ("title: 010", "title", "010"),
        ("title: 12:30", "title", "12:30"),
        ("weight: -3", "weight", -3),
        ('math: {macros: {"\\\\norm": x}}', "macros", (("\\norm", "x"),)),
        ("math: true", "macros", ()),
        ("lang: zh_Hant", "lang", "zh-Hant"),
        ("aliases: [A, B]", "aliases", ("A", "B")),
        (
            "alias: [TCP/IP, old/, o.html, /a%20b/]",
            "aliases",
            ("TCP/IP", "/old/", "/o.html", "/a b/"),
        ),
    ],
)
def test_keys_of_other_generators_are_known(block: str, field: str, value: object) -> None:
    assert getattr(yaml(block), field) == value


@pytest.mark.parametrize("key", ["title", "date", "draft", "summary", "tags", "image", "weight"])
@pytest.mark.parametrize("value", ["", "~", '""', "' '"])
def test_a_key_with_nothing_behind_it_says_nothing(key: str, value: str) -> None:
    front, problems = read(f"---\n{key}: {value}\n---\n")
    assert problems == []
    assert getattr(front, key) == getattr(FrontMatter(), key)


def test_a_slug_may_hold_what_slugs_drop_or_spell_out() -> None:
    assert yaml("slug: 'C# & 話/'").slug == "C# & 話"


@pytest.mark.parametrize("key", ["slug", "permalink"])
def test_an_empty_path_is_an_error(key: str) -> None:
    assert [problem.level for problem in read(f'---\n{key}: ""\n---\n')[1]] == ["error"]


def test_all_else_is_kept_as_the_author_meant_it() -> None:
    block = "emoji: 🐶\nn: 3\nx: 1.5\non: true\nnone:\nl: [a, 1]\nm: {k: v}\nq: '3'"
    assert dict(yaml(block).extra) == {
        "emoji": "🐶", "n": 3, "x": 1.5, "on": True, "none": None, "l": ["a", 1], "m": {"k": "v"},
        "q": "3",
    }  # fmt: skip


def test_toml_stands_between_plus_signs() -> None:
    text = '+++\ntitle = "T"\ndate = 2024-01-05T00:00:00Z\ndraft = false\ntags = ["a"]\n+++\nBody\n'
    front, problems = read(text)
    assert problems == []
    assert (front.title, front.tags, str(front.date)) == ("T", ("a",), "2024-01-05 09:00:00+09:00")


@pytest.mark.parametrize("text", ["---\n\nText below a rule.\n", "Text\n---\n", "", "--- a\n"])
def test_a_rule_at_the_top_is_no_front_matter(text: str) -> None:
    front, body, problems = front_matter.read(text, "x.md", "x.md", TOKYO)
    assert (front.title, body, problems) == (None, text, [])


@given(st.sampled_from(["---", "+++"]), st.text(st.characters(blacklist_categories=["Cs", "Cc"])))
def test_the_body_keeps_its_line_numbers(fence: str, body: str) -> None:
    text = f"{fence}\n\n{fence}\n{body}"
    assert front_matter.read(text, "x.md", "x.md", TOKYO)[1] == "\n\n\n" + body


# --- slips ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "level", "place", "words"),
    [
        ("---\ntitle: x\n\nBody\n", "error", (1, 1), "not closed"),
        ("---\ntitle: a: b\n---\n", "error", (2, 9), "quotes"),
        ("---\na:\n\tb: 1\n---\n", "error", (3, 1), "tab"),
        ("---\na: 1\nb: 2\na: 3\n---\n", "error", (4, 1), "first on line 2"),
        ("---\nx: &a 1\n---\n", "error", (2, 4), "anchors"),
        ("---\nx: *a\n---\n", "error", (2, 4), "anchors"),
        ("---\n<<: {a: 1}\nx: !!python/object:os.system y\n---\n", "error", (3, 4), "tags"),
        ("---\nx: !important\n---\n", "error", (2, 4), "tags"),
        ('---\nx: "open\n---\n', "error", (2, 9), "quotes"),
        ("---\ntitle: [WIP] x\n---\n", "error", (2, 14), "quotes"),
        ("---\ntitle: @x\n---\n", "error", (2, 8), "quotes"),
        ("---\ntitle: `x`\n---\n", "error", (2, 8), "quotes"),
        ("---\ntitle: %x\n---\n", "error", (2, 8), "quotes"),
        ("---\ntitle：x\n---\n", "error", (2, 1), "half-width colon"),
        ("---\ntitle:　x\n---\n", "error", (2, 1), "half-width colon"),
        ("---\n- a\n---\n", "error", (2, 1), "key: value"),
        ("---\ndate: 2024-02-30\n---\n", "error", (2, 7), "no day 2024-02-30"),
        ("---\ndate: tomorrow\n---\n", "error", (2, 7), "2024-01-31"),
        ("---\ndate: 2024-01-05 25:00\n---\n", "error", (2, 7), "time of day"),
        ("---\ndraft: maybe\n---\n", "error", (2, 8), "true nor false"),
        ("---\nslug: ../../x\n---\n", "error", (2, 7), "slug"),
        ("---\nslug: '%2e%2e'\n---\n", "error", (2, 7), "path"),
        ("---\npermalink: /c%23.html\n---\n", "error", (2, 12), "path"),
        ("---\npermalink: /%252e%252e/x\n---\n", "error", (2, 12), "path"),
        ("---\npermalink: C:\\x\n---\n", "error", (2, 12), "path"),
        ("---\nredirect_from: [/ok/, //evil.example/]\n---\n", "error", (2, 23), "path"),
        ("---\nweight: heavy\n---\n", "warning", (2, 9), "whole number"),
        ("---\ntags: {a: b}\n---\n", "warning", (2, 7), "text is expected"),
        ("---\ntitel: x\n---\n", "note", (2, 1), "did you mean `title`"),
        ("+++\ntitle = \n+++\n", "error", (2, 9), "TOML"),
        ("+++\na = 1\ndate = 'no'\n+++\n", "error", (3, 8), "not a date"),
    ],
)
def test_a_slip_is_told_at_its_place_in_the_file(
    text: str, level: str, place: tuple[int, int], words: str
) -> None:
    (problem,) = read(text)[1]
    assert problem.level == level
    assert (problem.location.line, problem.location.column) == place
    assert words in f"{problem.message} {problem.hint}"


def test_a_wrong_value_leaves_the_default_and_the_rest() -> None:
    front, _ = read("---\nweight: heavy\ntitle: T\n---\n")
    assert (front.weight, front.title) == (None, "T")


def test_a_word_far_from_any_key_is_the_authors_own() -> None:
    assert read("---\nemoji: x\nmood: y\n---\n")[1] == []


@pytest.mark.parametrize(
    "block", ["x: " + "[" * 50_000, "- " * 5_000, "a: " + "{a: " * 5_000, "x: " + "a" * 70_000]
)
def test_a_block_that_is_nested_or_long_without_end_is_refused_at_once(block: str) -> None:
    with pytest.raises(FieldError, match=r"nested|KiB"):
        read_yaml(block)


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ('x: "a\\0b"', (1, 4)),
        ('x:\n  - "\\e[31m"', (2, 5)),
        ('"a\\x08": 1', (1, 1)),
        ('x: "a\\t\\nb"', None),
    ],
)
def test_an_escape_hides_no_control_character(block: str, place: tuple[int, int] | None) -> None:
    if place is None:
        assert read_yaml(block).entries[0][1].text == "a\t\nb"
        return
    with pytest.raises(FieldError, match=r"control character U\+00") as raised:
        read_yaml(block)
    assert (raised.value.line, raised.value.column) == place


@pytest.mark.parametrize(
    ("block", "words", "place"),
    [
        (r'x = "a\u0000b"', "control character", (1, 5)),
        ('a = 1\n"k\\u001b" = "x"', "control character", (1, 1)),
        ("a = 1\n" + "a." * 20_000 + "a = 1", "nested", (2, 1)),
        ("[" + "'a'." * 10_000 + "a]", "nested", (1, 1)),
        ("x = {" + "a." * 30 + "a = 1}", "nested", (1, 5)),
        ("x = " + "[" * 30 + "]" * 30, "nested", (1, 5)),
        ("x = " + "[" * 9_000 + "]" * 9_000, "nested", (1, 1)),
        ("x = " + "1" * 5_000, "too long", (1, 1)),
        ("a = 1\nx = 0x" + "f" * 5_000, "too long", (2, 5)),
    ],
)
def test_toml_beyond_all_measure_is_refused_at_once(
    block: str, words: str, place: tuple[int, int]
) -> None:
    start = process_time()
    with pytest.raises(FieldError, match=words) as raised:
        read_toml(block)
    assert (raised.value.line, raised.value.column) == place
    assert process_time() - start < 1


@given(st.text())
def test_no_text_makes_the_readers_fail_in_another_way(text: str) -> None:
    for reader in (read_yaml, read_toml):
        with contextlib.suppress(FieldError):
            reader(text)


# --- bytes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        ("あ".encode("utf-16"), (1, 1), "UTF-16"),
        ("あ".encode("utf-32"), (1, 1), "UTF-32"),
        ("ok\n情報理論の話".encode("shift_jis"), (2, 1), "Shift_JIS"),
        ("ok\n情報理論の話をする".encode("euc_jp"), (2, 1), "EUC-JP"),
        ("情報".encode("iso2022_jp"), (1, 1), "ISO-2022-JP"),
        ("caf\xe9".encode("latin-1"), (1, 4), "not UTF-8"),
        ("あい".encode()[:-1], (1, 2), "not UTF-8"),
        (b"a\r\nb\xc0\xaf", (2, 2), "not UTF-8"),
        (b"\xed\xa0\x80", (1, 1), "not UTF-8"),
        (b"a\n\0", (2, 1), "U+0000"),
        (b"\x89PNG\r\n\x1a\n", (1, 1), "not text"),
    ],
)
def test_bytes_that_are_no_text_are_refused_at_their_place(
    content: bytes, place: tuple[int, int], words: str
) -> None:
    with pytest.raises(FieldError) as caught:
        decode(content)
    assert (caught.value.line, caught.value.column) == place
    assert words in caught.value.message


@pytest.mark.parametrize("content", [b"\xc0\xaf", b"caf\xe9"])
def test_no_encoding_is_guessed_from_a_single_character(content: bytes) -> None:
    with pytest.raises(FieldError) as caught:
        decode(content)
    assert caught.value.message == "this is not UTF-8"


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfa\nb", b"a\r\nb", b"a\rb"])
def test_a_byte_order_mark_and_any_line_ends_are_accepted(content: bytes) -> None:
    assert decode(content) == "a\nb"


# --- settings -------------------------------------------------------------------------------------


def test_settings_are_read_with_their_groups() -> None:
    text = (
        "title: T\nbase_url: https://example.org/repo\nlisting: {per_page: 5}\n"
        'math:\n  macros: {"\\\\R": x}\nmenu:\n  - {title: A, url: /a/}\n'
    )
    config, problems = read_config(text, "notesite.yaml")
    assert problems == ()
    assert (config.base_url, config.base_path) == ("https://example.org/repo/", "/repo/")
    assert config.listing.per_page == 5
    assert config.math.macros == (("\\R", "x"),)
    assert [(link.title, link.url) for link in config.menu] == [("A", "/a/")]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("titel: x", (1, 1), "did you mean `title`"),
        ("math: {nunbering: all}", (1, 8), "did you mean `numbering`"),
        ("math: {numbering: al}", (1, 19), "did you mean `all`"),
        ("listing: 10", (1, 10), "`listing` holds settings"),
        ("per_page: 5", (1, 1), "listing: {per_page: …}"),
        ("language: 日本語", (1, 11), "is not a language"),
        ("listing: {per_page: 0}", (1, 21), "whole number"),
        ("base_url: example.org", (1, 11), "https://example.org/"),
        ("base_url: https://[x/", (1, 11), "https://example.org/"),
        ("base_url: https://x:99999/", (1, 11), "https://example.org/"),
        ("base_url: https://:80/", (1, 11), "https://example.org/"),
        ('title: "\\e[31m"', (1, 8), "control character U+001B"),
        ("timezone: Tokyo", (1, 11), "Asia/Tokyo"),
        ("menu: {a: b}", (1, 7), "list"),
        ("title: [a", (1, 8), "quotes"),
        ("taxonomies: [colors]", (1, 13), "known: tags"),
    ],
)
def test_a_wrong_setting_is_an_error_of_the_frame(
    text: str, place: tuple[int, int], words: str
) -> None:
    (problem,) = read_config(text, "notesite.yaml")[1]
    assert problem.frame
    assert problem.level == "error"
    assert (problem.location.line, problem.location.column) == place
    assert words in f"{problem.message} {problem.hint}"


def test_the_base_url_is_the_same_with_and_without_its_last_slash() -> None:
    config = read_config("", "notesite.yaml")[0]
    for url in ("https://example.org/repo", "https://example.org/repo/"):
        assert with_base_url(config, url).base_url == "https://example.org/repo/"


@pytest.mark.parametrize("path", ["a%20b", "a b", "日本", "%E6%97%A5%E6%9C%AC", "a%2520b"])
def test_the_path_of_the_base_url_is_escaped_once(path: str) -> None:
    config = with_base_url(read_config("", "notesite.yaml")[0], f"https://example.org/{path}/")
    escaped = quote(unquote(path))
    assert config.base_url == f"https://example.org/{escaped}/"
    assert config.base_path == f"/{unquote(path)}/"
    assert href("/x/", config.base_path) == f"/{escaped}/x/"
