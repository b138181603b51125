"""Backlinks, 2-hop links and pages of unwritten words, against what the words mean."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from library import html, library, note
from rendering import rendered

from benchmarks.web import seconds, web
from notesite.config import Config, Links
from notesite.index.filling import Leads, leads
from notesite.index.links import Targets
from notesite.index.web import BACKLINKS, HOP
from notesite.markdown.sentences import REACH
from notesite.model import Entry, Library, Stored

PATIENT = settings(deadline=None)
NAMES = "abcdef"
WANTED = "xyz"
Web = Mapping[str, list[tuple[str, str]]]  # note -> the words that it links to, each in some way
WAYS = ["[[{}]]", "[[{}|label]]", "[[{}#H]]", "![[{}]]", "[[{upper}]]", "[[{wide}]]"]
WRITTEN = ["[x]({}.md)", "[x]({}.md#h)", "[[{}.md]]", "[[alias of {}]]", "[[./{}]]"]


def made(web: Web, config: Config | None = None) -> Library:
    return library(
        {
            f"{name}.md": note(
                name.upper(), "## H\n\n" + _text(web[name]), aliases=f"[alias of {name}]"
            )
            for name in web
        },
        config,
    )


def _text(links: list[tuple[str, str]]) -> str:
    return "\n\n".join(
        f"Text {way.format(to, upper=to.upper(), wide=chr(ord(to) + 0xFEE0))}." for to, way in links
    )


def words(web: Web, name: str) -> list[str]:
    """What a note links to, each once, and not itself."""
    return [to for to in dict.fromkeys(to for to, _ in web[name]) if to != name]


def url(word: str, web: Web) -> str:
    if word in web:
        return f"/{word}/"
    return f"/words/{word}/" if sum(word in words(web, name) for name in web) > 1 else ""


def _links(names: set[str]) -> st.SearchStrategy[Web]:
    unwritten = st.tuples(st.sampled_from(NAMES + WANTED), st.sampled_from(WAYS))
    written = st.tuples(st.sampled_from(sorted(names)), st.sampled_from(WRITTEN))
    links = st.lists(st.one_of(unwritten, written), max_size=6)
    return st.fixed_dictionaries(dict.fromkeys(sorted(names), links))


webs = st.sets(st.sampled_from(NAMES), min_size=1).flatmap(_links)


def backlinks(web: Web) -> dict[str, set[str]]:
    """By their definition: URL -> URLs of the notes that link there."""
    found = {
        f"/{name}/": {f"/{other}/" for other in web if name in words(web, other)} for name in web
    }
    return {to: urls for to, urls in found.items() if urls}


def groups(web: Web) -> dict[str, list[tuple[str, set[str]]]]:
    """By their definition: URL -> in the order of the note, each word's URL and the other notes
    that link to it."""
    found = {}
    for name in web:
        shared = [
            (word, {f"/{other}/" for other in web if word in words(web, other)} - {f"/{name}/"})
            for word in words(web, name)
        ]
        found[f"/{name}/"] = [(url(word, web), others) for word, others in shared if others]
    return {page: shared for page, shared in found.items() if shared}


def woven(web: Web) -> tuple[object, object]:
    """The same two as index has them."""
    found = made(web)
    return {to: {link.url for link in links} for to, links in found.backlinks}, {
        page: [(hop.url, {link.url for link in hop.links} - {page}) for hop in hops]
        for page, hops in found.twohop
    }


@given(webs)
@PATIENT
def test_backlinks_and_two_hop_groups_are_what_their_definition_says(web: Web) -> None:
    assert woven(web) == (backlinks(web), groups(web))


def test_a_link_that_is_forgotten_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(document: Entry, targets: Targets) -> Leads:
        found = leads(document, targets)
        return dict(list(found.items())[:2])

    monkeypatch.setattr("notesite.index.leads", forgetful)
    assert find(webs, lambda web: woven(web) != (backlinks(web), groups(web)), settings=PATIENT)


@given(webs)
@PATIENT
def test_a_word_has_a_page_where_two_notes_want_it_and_nobody_wrote_it(web: Web) -> None:
    wanted = {
        f"/words/{word}/": {f"/{name}/" for name in web if word in words(web, name)}
        for word in (*NAMES, *WANTED)
        if word not in web
    }
    found = {word.url: {link.url for link in word.backlinks} for word in made(web).words}

    assert found == {to: urls for to, urls in wanted.items() if len(urls) > 1}


def test_without_pages_of_unwritten_words_the_groups_are_still_there() -> None:
    web = {"a": [("x", "[[{}]]")], "b": [("x", "[[{}]]")]}
    found = made(web, Config(title="S", links=Links(unwritten_pages=False)))

    assert found.words == ()
    assert [hops[0].url for _, hops in found.twohop] == ["", ""]


def test_a_word_is_spelled_as_most_notes_write_it_and_has_an_address_of_its_own() -> None:
    found = library(
        {
            "a.md": note("A", "[[Deep Learning]] [[C++]] [[c]]"),
            "b.md": note("B", "[[deep learning]] [[Ｃ++]] [[c!]]"),
            "c1.md": note("C1", "[[deep learning]] [[c]] [[c!]]"),
        }
    )

    assert [(word.title, word.url) for word in found.words] == [
        ("c", "/words/c/"),
        ("c!", "/words/c-2/"),
        ("C++", "/words/c++/"),
        ("deep learning", "/words/deep-learning/"),
    ]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("One. Two [[b|x]] *three*. Four.", " Two x <em>three</em>."),
        ("前の文。これは「[[b]]。」と言う。後。", "これは「b。」"),
        ("- one\n- two [[b]]\n", "two b"),
        ("## See [[b]]\n", "See b"),
        ("first\nline [t](b.md) here", "first line t here"),
        ("a.\\\n[[b]] c", "b c"),
        ("**a. b [[b]] *c*!**", "b b <em>c</em>!"),
    ],
)
def test_a_backlink_comes_with_its_sentence(body: str, sentence: str) -> None:
    found = library({"a.md": note("A", body), "b.md": note("B")})
    [(_, [link])] = found.backlinks

    assert html(link.sentence) == sentence.strip()


@pytest.mark.parametrize("body", ["[[b]]", "- [[b]]\n- [[c]] [[b|B]]\n", "Go. [[b]]!"])
def test_a_sentence_of_links_alone_says_nothing(body: str) -> None:
    notes = {"a.md": note("A", body), "b.md": note("B"), "c.md": note("C")}
    assert dict(library(notes).backlinks)["/b/"][0].sentence == Stored()

    notes["a.md"] = note("A", body + "\n\nBut [[b]] is good.")
    assert html(dict(library(notes).backlinks)["/b/"][0].sentence) == "But b is good."


def test_a_long_sentence_is_cut_on_both_sides() -> None:
    found = library({"a.md": note("A", "あ" * 900 + "[[b]]" + "い" * 900), "b.md": note("B")})
    [(_, [link])] = found.backlinks

    assert html(link.sentence) == "…" + "あ" * REACH + "b" + "い" * (REACH - 3) + "…"


@pytest.mark.parametrize("word", ["word", "👨‍👩‍👧", "か\u3099", "x" * 39])
def test_a_long_sentence_is_cut_between_words_and_graphemes(word: str) -> None:
    text = " ".join([word] * 90)
    found = library({"a.md": note("A", f"Go {text} [[b]] {text}"), "b.md": note("B")})
    [(_, [link])] = found.backlinks
    sentence = html(link.sentence)

    assert re.fullmatch(f"…({word} )+b( {word})+…", sentence)
    assert len(sentence) > 1.5 * REACH


def test_what_very_many_notes_link_to_shows_a_few_of_them() -> None:
    found = library({f"{n}.md": note(f"N{n}", "[[hub]]") for n in range(BACKLINKS + 50)})

    assert [len(word.backlinks) for word in found.words] == [BACKLINKS]
    assert {len(hop.links) for _, hops in found.twohop for hop in hops} == {HOP + 1}
    assert len({id(hops[0]) for _, hops in found.twohop}) == 1, "they share one group"


def test_a_page_says_how_many_notes_of_a_group_it_leaves_out() -> None:
    few, many = ({f"{n}.md": note(f"N{n}", "[[hub]]") for n in range(count)} for count in (9, 99))
    assert "more</li>" not in rendered(few)["0/index.html"].decode()
    page = rendered(many)["0/index.html"].decode()
    left_out = re.search(r"<li class=\"more\">and (\d+) more</li>", page)
    assert left_out
    shown = page.partition("twohop-title")[2].partition("</ul>")[0].count("<a href")
    assert shown - 1 + int(left_out[1]) == 98  # but for the word itself


def test_the_time_of_a_web_grows_with_its_notes() -> None:
    """Four times the notes must not take more than about four times as long (quadratic: 16)."""
    small, large = web(250), web(1000)
    took = []
    for _ in range(3):  # what is quadratic is so each time; a busy machine is not
        took.append((seconds(small), seconds(large)))
        if took[-1][1] < 8 * took[-1][0]:
            return
    raise AssertionError(took)


def test_one_note_with_very_many_links_takes_linear_time() -> None:
    body = " ".join(f"[[n{n}]]" for n in range(1000))
    start = time.process_time()
    found = library({"a.md": note("A", body), "b.md": note("B", body)})

    assert len(found.words) == 1000
    assert time.process_time() - start < 8
