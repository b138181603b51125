"""Backlinks, 2-hop links and pages of unwritten words, against what the words mean."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import html, library, note

from notesite.config import Config, Links
from notesite.index.web import BACKLINKS, HOP
from notesite.markdown.sentences import REACH
from notesite.model import Library, Stored

NAMES = "abcdef"
WANTED = "xyz"
Web = Mapping[str, list[str]]  # note -> the words that it links to


def made(web: Web, config: Config | None = None) -> Library:
    return library(
        {f"{name}.md": note(name, " ".join(f"[[{to}]]." for to in web[name])) for name in web},
        config,
    )


def url(word: str, web: Web) -> str:
    if word in web:
        return f"/{word}/"
    return f"/words/{word}/" if sum(word in web[name] for name in web) > 1 else ""


webs = st.sets(st.sampled_from(NAMES), min_size=1).flatmap(
    lambda names: st.fixed_dictionaries(
        {name: st.lists(st.sampled_from(NAMES + WANTED), max_size=6) for name in sorted(names)}
    )
)


@given(webs)
def test_backlinks_are_the_notes_that_link_here(web: Web) -> None:
    expected = {
        f"/{name}/": {f"/{other}/" for other in web if other != name and name in web[other]}
        for name in web
    }
    found = {to: {link.url for link in links} for to, links in made(web).backlinks}

    assert found == {to: urls for to, urls in expected.items() if urls}


@given(webs)
def test_two_hop_groups_are_the_notes_that_link_to_the_same_word(web: Web) -> None:
    expected = {}
    for name in web:
        groups = []
        for word in dict.fromkeys(web[name]):
            others = {f"/{other}/" for other in web if word in web[other]} - {f"/{name}/"}
            others -= {f"/{word}/"}  # a note does not link to itself
            if others and word != name:
                groups.append((word, url(word, web), others))
        if groups:
            expected[f"/{name}/"] = groups
    found = {
        page: [(hop.title, hop.url, {link.url for link in hop.links} - {page}) for hop in hops]
        for page, hops in made(web).twohop
    }

    assert found == expected


@given(webs)
def test_a_word_has_a_page_where_two_notes_want_it_and_nobody_wrote_it(web: Web) -> None:
    wanted = {
        word: {f"/{name}/" for name in web if word in web[name]}
        for word in (*NAMES, *WANTED)
        if word not in web
    }
    found = {word.title: {link.url for link in word.backlinks} for word in made(web).words}

    assert found == {word: urls for word, urls in wanted.items() if len(urls) > 1}


def test_without_pages_of_unwritten_words_the_groups_are_still_there() -> None:
    web = {"a": ["x"], "b": ["x"]}
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


def test_one_note_with_very_many_links_takes_linear_time() -> None:
    body = " ".join(f"[[n{n}]]" for n in range(1000))
    start = time.process_time()
    found = library({"a.md": note("A", body), "b.md": note("B", body)})

    assert len(found.words) == 1000
    assert time.process_time() - start < 8
