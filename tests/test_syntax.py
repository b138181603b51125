"""What notesite adds to CommonMark: fixtures for what is shown, and promises for any input."""

from __future__ import annotations

import re
import time
import warnings
from pathlib import Path

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from library import source
from markdown_fixtures import cases, render
from markdown_it.utils import read_fixture_file

from notesite.config import Config
from notesite.markdown.note import Options
from notesite.markdown.note import parse as parse_note
from notesite.markdown.syntax.attributes import ALLOWED, parse
from notesite.markdown.syntax.autolinks import _URL
from notesite.markdown.syntax.headings import Ids
from notesite.model import Source

FIXTURES = [
    "syntax", "autolinks", "headings", "attributes", "callouts", "admonitions", "code", "comments",
    "footnotes",
]  # fmt: skip


@pytest.mark.parametrize(
    ("markdown", "html"),
    [pytest.param(c[1], c[2], id=f"{name}: {c[0]}") for name in FIXTURES for c in cases(name)],
)
def test_fixture(markdown: str, html: str) -> None:
    assert render(markdown)[0] == html


@pytest.mark.parametrize(
    ("case", "html"),
    [
        ("unclosed", "<p>see [^a</p>\n"),
        ("empty", "<p>[^]</p>\n"),
    ],
)
def test_brackets_that_are_no_footnote_are_text(case: str, html: str) -> None:
    text = {"unclosed": "see [^a\n\n[^a]: b", "empty": "[^]"}[case]
    assert render(text)[0] == html


def test_definition_lists_are_as_their_plugin_has_them(shared: Path) -> None:
    folder = shared / "conformance/mdit-py-plugins/fixtures"
    for _, title, markdown, html in read_fixture_file(folder / "deflist.md"):
        if "<pre>" in html or "<h1>" in html or "DISABLE" in title:
            continue  # shown in our own way, or about an option that we do not set
        assert render(markdown.rstrip() + "\n")[0].rstrip() == html.rstrip(), title


@pytest.mark.parametrize(
    ("written", "lang", "title"),
    [
        ("> [!note]", "ja", "ノート"),
        ("> [!TLDR]-", "ja-JP", "要約"),
        (":::faq", "ja", "質問"),
        ("> [!important]", "ja", "重要"),
        ("> [!own-kind]", "ja", "Own kind"),
        ("> [!note]", "en", "Note"),
        ("> [!note] 題", "ja", "題"),
    ],
)
def test_a_callout_without_a_title_has_one_in_the_language_of_the_note(
    written: str, lang: str, title: str
) -> None:
    text = written + ("\n本文。\n:::" if written[0] == ":" else "\n> 本文。")
    source = Source("n.md", "n.md", b"", f"---\nlang: {lang}\n---\n{text}".encode(), "")
    note = parse_note(source, Options.of(Config(language="ko")))
    assert f'class="callout-title">{title}</' in str(note.body.pieces[0])
    assert str(note.excerpt_text) == ("題 本文。" if title == "題" else "本文。")


# --- problems ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "level", "place", "message"),
    [
        ("a\n\nb [^x] c", "warning", (3, 3), "there is no footnote [^x]"),
        ("> a\n> b [^x]", "warning", (2, 5), "there is no footnote [^x]"),
        ("a\n\n[^x]: b", "warning", (3, 1), "nothing refers to the footnote [^x]"),
        ("a\n\n```py\nb", "warning", (3, 1), "this fence has no end"),
        ("- ~~~~\n  b\n\nc", "warning", (1, 1), "this fence has no end: ~~~~"),
        ("a\n```klingon\nb\n```\n```klingon\n```", "note", (2, 1), 'the language "klingon"'),
        ("```py\n" + "a\n" * 60_000 + "```", "warning", (1, 1), "more than 100 kB"),
    ],
)
def test_what_is_wrong_is_told_once_with_its_place(
    text: str, level: str, place: tuple[int, int], message: str
) -> None:
    (problem,) = render(text)[1]
    assert problem.level == level
    assert (problem.location.line, problem.location.column) == place
    assert message in problem.message


@pytest.mark.parametrize(
    "text",
    ["```\na\n```", "```\n```", "> ```\n> a\n> ```\n", "- ```\n  ```", "[^a]\n\n[^a]: b",
     "```text\n```", "```math\nx\n```", "[^a](b)", "`[^a]`", "\\[^a]", "```mermaid\na\n```"],
)  # fmt: skip
def test_what_is_right_is_not_complained_of(text: str) -> None:
    assert render(text)[1] == []


def test_html_can_be_refused_and_is_then_text_with_a_warning() -> None:
    text = "a\n\n<script>x</script> <b>\n\n<!-- more -->\n\nb"
    html, problems = render(text, html=False)
    assert html == "<p>a</p>\n<p>&lt;script&gt;x&lt;/script&gt; &lt;b&gt;</p>\n<p>b</p>\n"
    assert [(p.level, p.location.line, p.location.column) for p in problems] == [("warning", 3, 1)]


def test_a_line_of_attributes_with_nothing_below_is_not_shown() -> None:
    assert render("a\n\n{.x}")[0] == "<p>a</p>\n"


def test_typographic_signs_are_made_only_if_asked_for() -> None:
    assert render('"a" ...', typographer=True)[0] == "<p>“a” …</p>\n"
    assert render('"a" ...')[0] == "<p>&quot;a&quot; ...</p>\n"


# --- promises ------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["#", "- [ ] ", "> [!note]- ", ":::", ":::note", "```", "```py {1}", "==", "**", "_", "~~",
     "[^1]", "[^1]: ", "{#a}", "{.b c=d}", "{漢字|かんじ}", "http://a.b", "(", ")", "[", "]", "](",
     "!", "@[card](", "|", "|-|", ": ", "<b>", "<!--", "-->", "\n", "\n\n", "    ", "a", "漢", " ",
     "\\", "&amp;", "^[", "`", "*"]
)  # fmt: skip
NOTES = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    st.lists(PIECES, max_size=40).map("".join),
)


@settings(max_examples=300)
@given(NOTES, st.booleans())
@example("{.a}\n\n{.b}", True)
@example("^[^[^[a]]]", True)
def test_any_text_becomes_html_that_can_be_parsed(text: str, raw: bool) -> None:
    html, _ = render(text, html=raw, typographer=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # html5lib uses what lxml has deprecated
        parser = html5lib.HTMLParser(strict=False)
        parser.parseFragment(html)
    if not raw:
        mistakes = {code for _, code, _ in parser.errors}
        assert not mistakes & {"unexpected-end-tag", "expected-closing-tag-but-got-eof"}, html


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_every_id_stands_once(text: str) -> None:
    html, _ = render(text.replace("{#a}", ""), html=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    ids = [element.attrib["id"] for element in tree.iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))


@given(st.text(max_size=60))
def test_attributes_are_only_those_that_are_allowed(inside: str) -> None:
    found = parse(inside)
    assert found is None or set(found) <= ALLOWED


@pytest.mark.parametrize("inside", ["onclick=x", ".a onclick=x", "style=x", "href=x", "x", "", " "])
def test_one_refused_attribute_makes_it_text(inside: str) -> None:
    assert parse(inside) is None


@given(st.lists(st.sampled_from(["a", "a-1", "b", "a-1-1"]), max_size=30))
def test_ids_are_unique(wanted: list[str]) -> None:
    ids = Ids(["b"])
    given_ids = [ids.unique(one) for one in wanted]
    assert len({*given_ids, "b"}) == len(given_ids) + 1


@given(st.text(alphabet="a/.()[]あ*「 ", max_size=40))
def test_a_url_holds_no_japanese_and_no_lone_bracket(text: str) -> None:
    found = re.match(_URL, "://" + text)
    url = found[0] if found else ""
    assert not set(url) & set("あ「 ")
    for pair in ("()", "[]"):
        assert url.count(pair[0]) == url.count(pair[1])


def test_a_first_line_of_pandoc_is_the_title() -> None:
    found = [
        parse_note(source("a.md", text), Options.of(Config()))
        for text in ("% A & $x$\n\n# Text\n", "---\ntitle: B\n---\n% text\n", "%\n", "a\n% b\n")
    ]

    assert [len(document.title.pieces) for document in found] == [2, 1, 1, 1]
    assert [str(document.title) for document in found[1:]] == ["B", "a", "a"]
    assert [str(document.body.pieces[0])[:3] for document in found] == ["<h1", "<p>", "<p>", "<p>"]


# --- time ----------------------------------------------------------------------------------------

REPEATED = [
    "- [ ] a\n", "# a\n", "http://a. ", "http://a(", "http://a)", "> ", "> [!note] a\n> ",
    "**a ", "**あ。", "==a", "==a== ", "{漢字|", "{.a}\n", "`a`{", "[a](b){.x}", ":::note\n",
    ":::note\n:::\n", "[^a]: x\n", "[^a", "^[", "^[a]", "[^1]", "@[card](", "[", "*漢*\n",
    "a\n: b\n", "```\n", "<!--", "|a|b|\n|-|-|\n",
]  # fmt: skip


@pytest.mark.parametrize("pattern", REPEATED)
def test_time_grows_with_the_length_of_a_note(pattern: str) -> None:
    """Four times the length must not take more than about four times as long (quadratic: 16)."""
    took = []
    for _ in range(3):  # what is quadratic is so each time; a busy machine is not
        short = seconds("[^1]: x\n\n" + pattern * 1_000)
        long = seconds("[^1]: x\n\n" + pattern * 4_000)
        if long < max(9 * short, 0.3):
            return
        took.append((short, long))
    raise AssertionError(took)


def seconds(text: str) -> float:
    """Of this process, so that nothing else counts; the better of two, for what runs slows it."""
    took = []
    for _ in range(2):
        start = time.process_time()
        render(text)
        took.append(time.process_time() - start)
    return min(took)
