"""`![[Note]]`, `![[Note#Heading]]`, `![[Note#^id]]`: what stands in the frame, and what never
does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from histories import built
from hypothesis import given, settings
from hypothesis import strategies as st
from library import html, library, note

from notesite.index.filling import DEEPEST, MOST
from notesite.markdown.passages import ranges
from notesite.model import Library

SOURCE = note(
    "Source",
    """Intro.

## Part one

Text.

### Deeper

More. ^b1

> ## In a quote
>
> Quoted.

## Part two

- item ^b2
- other

| t |
|---|

^b3
""",
)
DEEPER = (
    '<h3 id="embed-1-deeper">Deeper</h3>\n<p id="embed-1-^b1">More.</p>\n'
    '<blockquote>\n<h2 id="embed-1-in-a-quote">In a quote</h2>\n<p>Quoted.</p>\n</blockquote>'
)


def shown(body: str, **others: str) -> tuple[str, Library]:
    """The page of a note with this body, without the tags of frames and of anchors."""
    found = library({"a.md": note("A", body), "source.md": SOURCE} | others)
    page = next(page for page in found.pages if page.path == "notes/a.md")
    return re.sub(r'<a class="anchor"[^>]*></a>', "", html(page.html)), found


def frame(content: str, url: str = "/source/", title: str = "Source") -> str:
    return (
        f'<aside class="callout embed" data-callout="quote">\n'
        f'<p class="callout-title"><a href="{url}">{title}</a></p>\n'
        f'<div class="callout-content">\n{content}\n</div>\n</aside>\n'
    )


@pytest.mark.parametrize(
    ("embed", "content", "url"),
    [
        (
            "![[source#Part one]]",
            '<h2 id="embed-1-part-one">Part one</h2>\n<p>Text.</p>\n' + DEEPER,
            "/source/#part-one",
        ),
        (
            "![[source#Part one#Deeper]]",
            DEEPER,
            "/source/#deeper",
        ),
        (
            "![[source#in-a-quote]]",
            '<h2 id="embed-1-in-a-quote">In a quote</h2>\n<p>Quoted.</p>',
            "/source/#in-a-quote",
        ),
        ("![[source#^b1]]", '<p id="embed-1-^b1">More.</p>', "/source/#%5Eb1"),
        (
            "![[source#^b2]]",
            '<ul>\n<li id="embed-1-^b2">item</li>\n</ul>',
            "/source/#%5Eb2",
        ),
        (
            "![[source#^b3]]",
            '<table id="embed-1-^b3">\n<thead>\n<tr>\n<th>t</th>\n</tr>\n</thead>\n</table>',
            "/source/#%5Eb3",
        ),
    ],
)
def test_a_section_ends_before_the_next_of_its_rank_and_a_block_is_itself(
    embed: str, content: str, url: str
) -> None:
    assert shown(embed) == (frame(content, url), shown(embed)[1])


def test_a_whole_note_has_its_footnotes_and_no_id_stands_twice() -> None:
    body = "x[^1] [here](#h)\n\n## H\n\n[^1]: foot"
    page, _ = shown("## H\n\n![[b]]\n\n![[b]]", **{"b.md": note("B", body)})

    ids = re.findall(r' id="([^"]*)"', page)
    assert sorted(set(ids)) == sorted(ids)
    assert {"h", "embed-1-h", "embed-1-fn:1", "embed-1-fnref:1", "embed-2-h"} <= set(ids)
    targets = re.findall(r'href="#([^"]*)"', page)
    assert set(targets) <= set(ids)


def test_a_link_out_of_a_section_leads_to_the_page_that_it_stands_on() -> None:
    body = "## One\n\nx[^1] [two](#two) [[#Two]]\n\n## Two\n\n[^1]: foot"
    page, _ = shown("![[b#One]]", **{"b.md": note("B", body)})

    assert re.findall(r' href="([^"]*)"', page) == [
        "/b/#one", "/b/#fn:1", "/b/#two", "/b/#two",
    ]  # fmt: skip


def test_links_in_an_embed_lead_where_they_do_at_home() -> None:
    found = library(
        {
            "a.md": note("A", "![[b]]"),
            "sub/b.md": note("B", "[c](c.md) ![i](i.png) [[none]]"),
            "sub/c.md": note("C"),
        },
        assets=("sub/i.png",),
    )
    page = next(page for page in found.pages if page.path == "notes/a.md")

    assert '<a href="/sub/c/">c</a> <img src="/sub/i.png" alt="i">' in html(page.html)
    assert [problem.location.path for problem in found.problems] == ["notes/sub/b.md"]


def test_an_embed_is_a_link() -> None:
    _, found = shown("![[source]] ![[none]]", **{"b.md": note("B", "![[none]]")})

    assert [(url, [one.url for one in links]) for url, links in found.backlinks] == [
        ("/source/", ["/a/"])
    ]
    assert [word.title for word in found.words] == ["none"]


@pytest.mark.parametrize(
    ("embed", "link", "problem"),
    [
        ("![[none]]", '<a class="unwritten">none</a>', "`none` is not written yet"),
        (
            "![[source#Gone|label]]",
            '<a href="/source/#Gone">label</a>',
            "there is no heading or id `Gone` in `source`",
        ),
        ("![[a]]", '<a href="/a/">a</a>', "`a` embeds itself: a.md → a.md"),
    ],
)
def test_what_cannot_be_shown_is_a_link_and_a_problem(embed: str, link: str, problem: str) -> None:
    page, found = shown(embed)

    assert page == f"<p>{link}</p>\n"
    assert [p.message for p in found.problems] == [problem]
    assert [(p.location.line, p.location.column) for p in found.problems] == [(5, 4)]


def test_each_embed_of_a_cycle_is_told_at_its_place() -> None:
    page, found = shown(
        "![[b]]", **{"b.md": note("B", "x\n\n![[c]]"), "c.md": note("C", "![[#H]]\n## H\n![[a]]")}
    )

    assert page.count("<aside") == 3
    assert [(p.location.path, p.location.line, p.message) for p in found.problems] == [
        ("notes/a.md", 5, "`a` embeds itself: a.md → b.md → c.md → a.md"),
        ("notes/b.md", 7, "`b` embeds itself: b.md → c.md → a.md → b.md"),
        ("notes/c.md", 5, "`c` embeds itself: c.md → c.md#h → a.md → b.md → c.md"),
        ("notes/c.md", 7, "`c` embeds itself: c.md → a.md → b.md → c.md"),
    ]


def test_a_note_can_embed_a_section_of_its_own() -> None:
    page, found = shown("## One\n\nx\n\n## Two\n\n![[#One]]")

    assert page.count("<aside") == 1
    assert found.problems == ()


def test_embeds_are_bounded_in_depth_and_in_number() -> None:
    deep = {f"d{n}.md": note(f"D{n}", f"![[d{n + 1}]]") for n in range(DEEPEST + 3)}
    page, found = shown("![[d0]]", **deep, **{f"d{DEEPEST + 3}.md": note("End")})
    assert page.count("<aside") == DEEPEST
    assert found.problems[0].message == f"embeds stand more than {DEEPEST} deep in each other"

    many = {"b.md": note("B", "![[c]]\n\n" * 100), "c.md": note("C", "![[source]]\n\n" * 100)}
    page, found = shown("![[b]]", **many)
    assert page.count("<aside") == MOST
    assert [p.message for p in found.problems] == [
        f"this page embeds more than {MOST} notes" for _ in range(2)
    ]


def test_an_edit_makes_the_pages_that_embed_it_and_math_is_where_a_formula_is(
    tmp_path: Path,
) -> None:
    root = tmp_path / "site"
    (root / "notes").mkdir(parents=True)
    source = root / "notes/source.md"
    body = "## One\n\nx\n\n## Two\n\n$y$\n\n```\ncode\n```\n\n## Three\n\n![[deep]]\n"
    source.write_text(note("S", body, summary="s"), "utf-8")
    (root / "notes/deep.md").write_text("$z$", "utf-8")
    for number, name in enumerate(("One", "Two", "Three")):
        (root / f"notes/n{number}.md").write_text(f"# N\n\n![[S#{name}]]\n", "utf-8")
    (root / "notes/link.md").write_text("# L\n\n[[S]]\n", "utf-8")
    built(root)

    def page(name: str) -> str:
        return (root / f"public/{name}/index.html").read_text("utf-8")

    assert ["katex" in page(name) for name in ("n0", "n1", "n2", "link")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert ["/code." in page(name) for name in ("n0", "n1", "n2")] == [False, True, False]
    assert 'class="katex' in page("n1")
    source.write_text(source.read_text("utf-8").replace("x\n", "x.\n"), "utf-8")
    pages = {line for line in built(root, explain=True).made if not line.startswith("search/")}
    assert pages == {f"{name}/index.html: page" for name in ("n0", "n1", "n2", "source")}
    assert "<p>x.</p>" in page("n0")
    (root / "notes/deep.md").write_text("$z^2$", "utf-8")
    made = built(root, explain=True).made
    assert {line.partition("/")[0] for line in made} >= {"deep", "n2", "source"}
    assert not {line.partition("/")[0] for line in made} & {"n0", "n1", "link"}
    assert "z^2" in page("n2")


fragments = st.lists(
    st.sampled_from(
        [
            "<h2 id=a>", "</h2>", "<h3 id=b>", "</h3>", "<h1 id=c>", "</h1>", "<div>", "</div>",
            "<p id='^p'>", "</p>", "<ul>", "<li id=^l>", "</li>", "</ul>", "text", "<b>", "</b>",
            '<section class="footnotes">', "</section>", "<br>",
        ]
    )
)  # fmt: skip


@given(fragments)
@settings(max_examples=200)
def test_passages_lie_in_the_html_and_begin_with_their_element(parts: list[str]) -> None:
    text = "".join(parts)
    for ident, (start, end) in ranges(text).items():
        assert 0 <= start < end <= len(text)
        opening = re.match(r"<[^>]*>", text[start:])
        assert opening
        assert ident in opening[0]
