"""`[[…]]` and `![[…]]`: wikilinks.md and embeds.md of tests/markdown say what they become, here
what they find."""

from __future__ import annotations

import time

import pytest
from library import html, library, note, source
from markdown_fixtures import cases

from notesite.config import Config, Links
from notesite.markdown.note import Options, parse
from notesite.model import AssetLink, Embed, Formula, Html, NoteLink, TagLink, WikiLink


def shown(body: Html) -> str:
    """HTML with its holes as what they wait for: `{Title#Heading}`, `{/path}`, `$TeX$`."""
    return "".join(piece if isinstance(piece, str) else _hole(piece) for piece in body.pieces)


def _hole(hole: object) -> str:
    match hole:
        case Embed(target=target, label=label):
            return f"{{{target}: {label}}}\n"
        case WikiLink(target=target):
            return f" {{{target}}}"
        case TagLink(name=name):
            return f" {{#{name}}}"
        case AssetLink(target=target) | NoteLink(target=target):
            return f"{{{target}}}"
        case Formula(tex=tex):
            return f"${tex}$"
    raise AssertionError(hole)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [pytest.param(*case[1:], id=case[0]) for case in (*cases("wikilinks"), *cases("embeds"))],
)
def test_wikilinks_become_what_the_fixture_says(markdown: str, expected: str) -> None:
    document = parse(source("a.md", f"---\ntitle: A\n---\n{markdown}"), Options.of(Config()))

    assert shown(document.body) == expected


TAGS = Config(links=Links(inline_tags=True))


@pytest.mark.parametrize(
    ("markdown", "expected"), [pytest.param(*case[1:], id=case[0]) for case in cases("tags")]
)
def test_inline_tags_are_what_the_fixture_says(markdown: str, expected: str) -> None:
    document = parse(source("a.md", f"---\ntitle: A\n---\n{markdown}"), Options.of(TAGS))

    assert shown(document.body) == expected


def test_inline_tags_join_those_of_the_note_and_parents_are_tags_too() -> None:
    notes = {
        "a.md": note("A", "#数学/線形 #Math x", tags="[one, math]"),
        "b.md": note("B", "#数学 [[tags/数学/線形]]"),
    }
    found = library(notes, TAGS)

    assert {page.card.title: [tag.title for tag in page.card.tags] for page in found.pages} == {
        "A": ["one", "math", "数学/線形", "数学"],
        "B": ["数学"],
    }
    assert [html(page.html) for page in found.pages] == [
        '<p><a href="/tags/%E6%95%B0%E5%AD%A6-%E7%B7%9A%E5%BD%A2/">#数学/線形</a>'
        ' <a href="/tags/math/">#Math</a> x</p>\n',
        '<p><a href="/tags/%E6%95%B0%E5%AD%A6/">#数学</a>'
        ' <a href="/tags/%E6%95%B0%E5%AD%A6-%E7%B7%9A%E5%BD%A2/">tags/数学/線形</a></p>\n',
    ]
    assert library(notes).taxonomies[0].terms[0].name == "math", "without the setting only these"
    assert len(library(notes).taxonomies[0].terms) == 2


WEB = {
    "a.md": note("Alpha", "## Part one\n\nText. ^b1"),
    "posts/beta.md": note("ベータ", aliases="[β, 二番]"),
    "posts/deep/beta.md": note("Deep"),
    "c/index.md": note("Bundle"),
    "x.md": note("C#"),
}


def links(body: str, path: str = "posts/from.md") -> tuple[str, list[str]]:
    """The first `<a>` or `<img>` of a note at `path`, and what is said of it."""
    found = library(WEB | {path: note("From", body)}, assets=("posts/img/図.png",))
    page = next(page for page in found.pages if page.path == f"notes/{path}")
    return (
        html(page.html).partition("<")[2].partition("<")[2].partition(">")[0],
        [f"{p.level}:{p.location.line}:{p.location.column}: {p.message}" for p in found.problems],
    )


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("[[Alpha]]", "/a/"),
        ("[[a]]", "/a/"),
        ("[[a.md]]", "/a/"),
        ("[[ＡＬＰＨＡ]]", "/a/"),
        ("[[ﾍﾞｰﾀ]]", "/posts/beta/"),
        ("[[ヘ\u3099ータ]]", "/posts/beta/"),
        ("[[二番]]", "/posts/beta/"),
        ("[[posts/beta]]", "/posts/beta/"),
        ("[[deep/beta]]", "/posts/deep/beta/"),
        ("[[../a]]", "/a/"),
        ("[[./deep/beta]]", "/posts/deep/beta/"),
        ("[[c]]", "/c/"),
        ("[[c/index]]", "/c/"),
        ("[[Alpha#Part one]]", "/a/#part-one"),
        ("[[Alpha#Top#Part one]]", "/a/#part-one"),
        ("[[Alpha#^b1]]", "/a/#%5Eb1"),
        ("[[C#]]", "/x/"),
        ("[[図.png]]", "/posts/img/%E5%9B%B3.png"),
        ("[[posts]]", "/posts/"),
    ],
)
def test_a_note_is_found_by_path_file_name_title_and_alias(link: str, url: str) -> None:
    assert links(link) == (f'a href="{url}"', [])


def test_of_several_the_nearest_is_taken_and_all_are_named() -> None:
    message = "`beta` is the name of several notes: posts/beta.md, posts/deep/beta.md"

    assert links("[[beta]]") == ('a href="/posts/beta/"', [f"warning:5:3: {message}"])
    assert links("[[beta]]", "posts/deep/z.md")[0] == 'a href="/posts/deep/beta/"'


def test_a_word_that_nobody_has_written_is_a_note_with_a_place() -> None:
    assert links("[[Nothing]]") == (
        'a class="unwritten"',
        ["note:5:3: `Nothing` is not written yet"],
    )


def test_a_heading_that_is_not_there_is_a_warning() -> None:
    assert links("[[Alpha#Gone]]") == (
        'a href="/a/#Gone"',
        ["warning:5:3: there is no heading or id `Gone` in `Alpha`"],
    )


def test_a_draft_is_no_target_and_its_title_stays_unknown() -> None:
    found = library({"a.md": note("A", "[[b]]"), "b.md": note("Secret", draft="true")})

    assert [problem.message for problem in found.problems] == [
        "`b` is a draft or not yet published"
    ]


def test_renaming_a_note_leaves_no_dead_link_unsaid() -> None:
    linking = {"a.md": note("A", "[[old]] [t](old.md) ![[old]]")}
    known = library(linking | {"new.md": note("New", aliases="[old, /old/]")})
    page = next(page for page in known.pages if page.path == "notes/a.md")

    assert html(page.html).count('<a href="/new/">') == 2
    assert known.redirects == (("/old/", "/new/"),)
    assert [p.message for p in known.problems] == ["`old.md` does not exist"]

    lost = library(linking | {"new.md": note("New")})
    assert [p.message for p in lost.problems] == [
        "`old` is not written yet",
        "`old.md` does not exist",
        "`old` is not written yet",
    ]


def test_an_image_is_found_by_its_name_anywhere() -> None:
    assert links("![[図.png|300x200]]") == (
        'img src="/posts/img/%E5%9B%B3.png" width="300" height="200" alt="図"',
        [],
    )
    assert links("![[none.png]]")[1] == ["warning:5:1: the image `none.png` does not exist"]


@pytest.mark.parametrize("text", ["[[" * 5_000, "[[a" * 5_000, "[[$a" * 5_000, "![[a|" * 5_000])
def test_openers_without_an_end_take_linear_time(text: str) -> None:
    start = time.process_time()
    parse(source("a.md", text), Options.of(Config()))

    assert time.process_time() - start < 5
