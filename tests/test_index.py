"""Where notes stand in the site, in what order, and beside what (SPEC 2 and 6)."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library import entries, html, library, note, source

from notesite.config import Config
from notesite.index import index
from notesite.index.standing import clash_key
from notesite.index.urls import slugify
from notesite.markdown.note import Options, parse
from notesite.model import Entry, Link, Page
from notesite.names import unsafe_name


def urls(notes: dict[str, str], config: Config | None = None) -> dict[str, str]:
    """Path of each note that has a page of its own -> its URL."""
    return {
        page.path.removeprefix("notes/"): page.card.url for page in library(notes, config).pages
    }


def only_page(notes: dict[str, str]) -> Page:
    (page,) = library(notes).pages
    return page


# --- URLs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("KLダイバージェンス", "klダイバージェンス"),
        ("ABN: Attention Branch Network", "abn-attention-branch-network"),
        ("C#", "csharp"),
        ("C++", "c++"),
        ("a_b  c", "a-b-c"),
        ("ガ", "ガ"),  # two code points become one
        ("What's new?", "whats-new"),
        ("「重点」！", "重点"),
        ("ÉCOLE", "école"),
        ("数学・物理", "数学物理"),
        ("c:\u0327", "ç"),
    ],
)
def test_a_slug_keeps_unicode_and_drops_punctuation(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_a_name_of_punctuation_alone_has_a_slug_made_of_its_digest() -> None:
    assert len(slugify("！？")) == 8
    assert slugify("！？") != slugify("？！")


@given(st.text())
def test_a_slug_is_one_part_of_a_path_and_stays_itself(name: str) -> None:
    slug = slugify(name)
    assert slug
    assert not set("/\\?#% \n\0") & set(slug)
    assert slug not in (".", "..")
    if "#" not in name and not slug.startswith("+"):
        assert slugify(slug) == slug


@pytest.mark.parametrize(
    ("path", "front", "url"),
    [
        ("posts/My Note.md", {}, "/posts/my-note/"),
        ("2024-01-05-title.md", {}, "/title/"),
        ("2024-01-05.md", {}, "/2024-01-05/"),
        ("posts/x.md", {"slug": "other"}, "/posts/other/"),
        ("posts/x.md", {"permalink": "/a/b"}, "/a/b/"),
        ("posts/x.md", {"permalink": "/a/b.html"}, "/a/b.html"),
        ("posts/bundle/index.md", {}, "/posts/bundle/"),
        ("_posts/x.md", {}, "/posts/x/"),
        ("深層 学習/x.md", {}, "/深層-学習/x/"),
    ],
)
def test_a_url_is_made_of_folder_and_slug(path: str, front: dict[str, str], url: str) -> None:
    assert urls({path: note("T", **front)}) == {path: url}


def test_a_section_has_a_pattern_for_its_urls() -> None:
    config = Config(permalinks=(("posts", "/:year/:month/:slug/"),))
    notes = {"posts/a/x.md": note("T", date="2024-03-05"), "y.md": note("T", date="2024-03-05")}
    assert urls(notes, config) == {"posts/a/x.md": "/2024/03/x/", "y.md": "/y/"}


def test_a_note_without_a_date_cannot_follow_a_pattern_that_needs_one() -> None:
    made = library({"posts/x.md": note("T")}, Config(permalinks=(("posts", "/:year/:slug/"),)))
    assert made.pages[0].card.url == "/posts/x/"
    assert "needs a date" in made.problems[0].message


@pytest.mark.parametrize("twin", ["Foo.md", "ｆｏｏ.md", "foo_.md"])
def test_of_two_notes_with_like_names_the_later_gets_another_url(twin: str) -> None:
    made = library({"foo.md": note("A"), twin: note("B")})
    found = {page.card.url for page in made.pages}
    assert len(found) == 2
    assert "/foo/" in {clash_key(url) for url in found}
    assert [problem.level for problem in made.problems] == ["warning"]


def test_two_notes_that_ask_for_one_url_are_an_error_that_names_both() -> None:
    made = library({"a.md": note("A", permalink="/x/"), "b.md": note("B", slug="x")})
    assert [page.path for page in made.pages] == ["notes/a.md"]
    (problem,) = made.problems
    assert problem.level == "error"
    assert "notes/a.md" in problem.message
    assert "notes/b.md" in problem.message
    assert str(problem.location) == "notes/b.md:3:7"


@pytest.mark.parametrize(
    ("notes", "party"),
    [
        ({"a.md": note("A", permalink="/posts/"), "posts/b.md": note("B")}, "the section posts"),
        ({"a.md": note("A", permalink="/Posts/"), "posts/b.md": note("B")}, "the section posts"),
        ({"a.md": note("A", slug="archive")}, "the archive"),
        ({"a.md": note("A", permalink="/page/2/")}, "the listing /"),
        ({"a.md": note("A", permalink="/tags/x/page/2"), "b.md": note("B", tags="x")},
         "the listing /tags/x/"),
        ({"a.md": note("A", redirect_from="/posts/"), "posts/b.md": note("B")},
         "the section posts"),
        ({"a.md": note("A", redirect_from="/tags/x/", tags="x")}, "the term x"),
        ({"a.md": note("A", aliases="[/tags/]", tags="x")}, "the taxonomy tags"),
    ],
)  # fmt: skip
def test_who_asks_for_a_url_of_the_site_itself_is_told_what_has_it(
    notes: dict[str, str], party: str
) -> None:
    (problem,) = library(notes).problems
    assert problem.level == "error"
    assert problem.message.startswith(f"notes/a.md and {party} both ask for the URL /")
    assert problem.location.line > 1


@pytest.mark.parametrize("path", ["archive.md", "page/2.md", "posts/page/3.md"])
def test_a_note_whose_name_makes_a_url_of_the_site_gets_another(path: str) -> None:
    made = library({path: note("A"), "posts/b.md": note("B")})
    taken = "/" + path.removesuffix(".md")
    url = next(page.card.url for page in made.pages if page.card.title == "A")
    assert url.startswith(f"{taken}-")
    assert [problem.level for problem in made.problems] == ["warning"]


def test_two_folders_that_make_one_section_are_an_error_that_names_both() -> None:
    made = library({"A B/x.md": note("X"), "a-b/y.md": note("Y"), "a-b/z/w.md": note("W")})
    (problem,) = made.problems
    assert (problem.level, str(problem.location)) == ("error", "notes/a-b")
    assert problem.message == "the folders A B and a-b both are the section /a-b/"
    assert len(made.pages) == 3


@pytest.mark.parametrize(
    ("path", "front", "place"),
    [
        ("con.md", {}, "notes/con.md"),
        ("a.md", {"slug": "ab" * 101}, "notes/a.md:3:7"),
        ("a.md", {"permalink": "/nul/a/"}, "notes/a.md:3:12"),
        ("a.md", {"permalink": "/a/b<c>.html"}, "notes/a.md:3:12"),
    ],
)
def test_a_note_whose_url_can_be_no_file_is_left_out_of_listings_too(
    path: str, front: dict[str, str], place: str
) -> None:
    made = library({path: note("A", **front), "b.md": note("B")})
    assert [card.title for card in made.listing] == ["B"]
    (problem,) = made.problems
    assert (problem.level, str(problem.location)) == ("error", place)


# --- sections -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["_index.md", "index.md", "README.md"])
def test_a_folder_is_introduced_by_its_index(name: str) -> None:
    made = library({f"posts/{name}": note("Posts", "Hello."), "posts/a.md": note("A")})
    section = next(s for s in made.sections if s.url == "/posts/")
    assert section.title == "Posts"
    assert "Hello." in html(section.html)
    assert [page.path for page in made.pages] == ["notes/posts/a.md"]


def test_an_index_comes_before_a_readme() -> None:
    made = library({"p/README.md": note("R"), "p/_index.md": note("I"), "p/a.md": note("A")})
    assert next(s for s in made.sections if s.url == "/p/").title == "I"
    assert {page.card.title for page in made.pages} == {"R", "A"}


def test_an_index_alone_with_its_files_is_a_note() -> None:
    made = library({"posts/x/index.md": note("X")}, assets=("posts/x/figure.png",))
    assert made.pages[0].card.url == "/posts/x/"
    assert [asset.path for asset in made.assets] == ["posts/x/figure.png"]


def test_a_note_beside_a_folder_of_its_name_introduces_it() -> None:
    made = library({"topic.md": note("Topic"), "topic/a.md": note("A")})
    assert next(s for s in made.sections if s.url == "/topic/").title == "Topic"
    assert [page.card.title for page in made.pages] == ["A"]


@pytest.mark.parametrize("front", [{"permalink": "/b/"}, {"slug": "b"}])
def test_a_note_that_asks_for_a_url_does_not_introduce_the_folder_beside_it(
    front: dict[str, str],
) -> None:
    made = library({"a.md": note("A", **front), "a/x.md": note("X")})
    assert {page.card.url for page in made.pages} == {"/b/", "/a/x/"}
    assert made.problems == ()
    made = library({"a.md": note("A", permalink="/a/"), "a/x.md": note("X")})
    assert {page.card.url for page in made.pages} == {"/a/x/"}
    assert made.problems == ()


@pytest.mark.parametrize("name", ["_index", "README", "Index"])
@pytest.mark.parametrize("key", ["permalink", "slug"])
def test_an_introduction_that_asks_for_another_url_is_told_that_it_is_not_heard(
    name: str, key: str
) -> None:
    made = library({f"a/{name}.md": note("A", **{key: "b"}), "a/x.md": note("X")})
    assert [section.url for section in made.sections] == ["/", "/a/"]
    (problem,) = made.problems
    assert (problem.level, problem.location.line) == ("warning", 3)
    assert f"`{key}` says nothing" in problem.message


@pytest.mark.parametrize("name", ["index", "Index", "INDEX"])
def test_a_page_bundle_is_named_by_its_folder_in_whatever_case(name: str) -> None:
    page = only_page({f"a/2024-03-05-b/{name}.md": "Text."})
    assert (page.card.url, page.card.title, str(page.card.date)) == ("/a/b/", "b", "2024-03-05")


def test_a_section_lists_its_own_and_deeper_notes_and_links_its_subsections() -> None:
    made = library({"a/x.md": note("X"), "a/b/y.md": note("Y"), "z.md": note("Z")})
    section = next(s for s in made.sections if s.url == "/a/")
    assert [card.title for card in dict(made.section_cards)[section.url]] == ["X", "Y"]
    assert [link.url for link in section.sections] == ["/a/b/"]


def test_a_section_that_is_not_listed_keeps_its_notes_off_the_home_listing() -> None:
    notes = {
        "manual/_index.md": note("Manual", listed="false"),
        "manual/a/b.md": note("B"),
        "c.md": note("C"),
    }
    made = library(notes)
    assert [card.title for card in made.listing] == ["C"]
    assert [card.title for card in dict(made.section_cards)["/manual/"]] == ["B"]


# --- what is shown --------------------------------------------------------------------------------


def test_drafts_and_notes_of_the_future_are_held_back_and_counted() -> None:
    notes = {
        "a.md": note("A", draft="true"),
        "_drafts/b.md": note("B"),
        "c.md": note("C", date="2026-01-02"),
        "d.md": note("D", date="2026-01-01"),
        "e.md": note("E", date="2020-01-01", publish_date="2999-01-01"),
    }
    made = library(notes, today=date(2026, 1, 1))
    assert [page.card.title for page in made.pages] == ["D"]
    assert made.held_back == (2, 2)
    everything = library(notes, today=date(2026, 1, 1), drafts=True, future=True)
    assert len(everything.pages) == 5


def test_the_files_of_a_draft_are_held_back_with_it() -> None:
    files = ("_drafts/a.png", "x/_drafts/b/c.png", "draft/d.png", "draft/more/e.png",
             "broken/f.png", "shown/g.png")  # fmt: skip
    notes = {
        "draft/index.md": note("D", draft="true"),
        "broken/index.md": note("B", date="tomorrow"),
        "shown/index.md": note("S", permalink="/s.html"),
    }
    assert [asset.path for asset in library(notes, assets=files).assets] == ["g.png"]
    everything = library(notes, assets=files, drafts=True)
    assert {asset.path for asset in everything.assets} == {
        "drafts/a.png", "x/drafts/b/c.png", "draft/d.png", "draft/more/e.png", "g.png"
    }  # fmt: skip


def test_two_files_that_differ_by_case_alone_are_an_error_and_the_first_is_published() -> None:
    made = library({}, assets=("i/A.png", "i/a.png", "i/B.png"), static=("i/b.png",))
    assert [asset.path for asset in made.assets] == ["i/A.png"]
    assert [(p.level, str(p.location)) for p in made.problems] == [
        ("error", "notes/i/a.png"),
        ("error", "notes/i/B.png"),
    ]


@pytest.mark.parametrize("name", ["a", "A", "archive", "tags", "p/q"])
def test_a_file_cannot_stand_where_a_page_needs_a_folder(name: str) -> None:
    notes = {"a.md": note("A", tags="x"), "b.md": note("B", permalink="/p/q/r.html")}
    made = library(notes, assets=(name, "a/ok"))
    assert [asset.path for asset in made.assets] == ["a/ok"]
    assert [(p.level, str(p.location)) for p in made.problems] == [("error", f"notes/{name}")]


def test_a_note_with_an_error_is_left_out() -> None:
    assert library({"a.md": note("A", date="tomorrow"), "b.md": note("B")}).listing[0].title == "B"


def test_a_listing_has_pinned_notes_first_then_weight_then_the_newest_then_by_title() -> None:
    notes = {
        "a.md": note("Undated B"),
        "b.md": note("Undated A"),
        "c.md": note("Old", date="2020-01-01"),
        "d.md": note("New", date="2024-01-01"),
        "e.md": note("Heavy", weight=2),
        "f.md": note("Light", weight=1),
        "g.md": note("Pinned", pinned="true", date="2019-01-01"),
    }
    titles = [card.title for card in library(notes).listing]
    assert titles == ["Pinned", "Light", "Heavy", "New", "Old", "Undated A", "Undated B"]


# --- terms and neighbours -------------------------------------------------------------------------


def test_terms_that_differ_by_case_or_width_are_one_named_as_most_notes_spell_it() -> None:
    notes = {
        "a.md": note("A", tags="[Math]"),
        "b.md": note("B", tags="[math]"),
        "c.md": note("C", tags="[math, ＭＡＴＨ]"),
    }
    (taxonomy,) = library(notes).taxonomies
    assert [(term.name, term.url, term.count) for term in taxonomy.terms] == [
        ("math", "/tags/math/", 3)
    ]


def test_two_terms_never_share_a_url() -> None:
    (taxonomy,) = library({"a.md": note("A", tags="['C', 'C!', 'C?']")}).taxonomies
    assert len({term.url for term in taxonomy.terms}) == 3


def test_a_slash_in_a_term_keeps_its_words_apart() -> None:
    (taxonomy,) = library({"a.md": note("A", tags="[math/algebra, mathalgebra]")}).taxonomies
    assert {term.url for term in taxonomy.terms} == {"/tags/math-algebra/", "/tags/mathalgebra/"}


def test_a_term_whose_url_is_taken_gets_one_that_depends_on_its_name_alone() -> None:
    def url(term: str, *others: str) -> str:
        made = library({"a.md": note("A", tags=str([term, *others]))})
        return next(t.url for t in made.taxonomies[0].terms if t.name == term)

    assert url("C?", "C") == url("C?", "C", "C!") != url("C!", "C")
    assert re.fullmatch(r"/tags/c-[0-9a-f]{4}/", url("C?", "C"))


@pytest.mark.parametrize("name", ["Aux", "con", "長い" * 50])
def test_a_term_has_a_url_that_can_be_a_file_whatever_its_name(name: str) -> None:
    (taxonomy,) = library({"a.md": note("A", tags=f"[{name}]")}).taxonomies
    (term,) = taxonomy.terms
    assert term.name == name
    assert unsafe_name(term.url.strip("/")) is None
    assert term.slug.startswith(name.lower()[:3])


def test_a_term_counts_the_notes_that_it_lists() -> None:
    notes = {
        "a.md": note("A", tags="x"),
        "b.md": note("B", tags="[x, y]", listed="false"),
        "s/_index.md": note("S", tags="[x, z]"),
    }
    made = library(notes)
    assert [(term.name, term.count) for term in made.taxonomies[0].terms] == [("x", 1)]
    assert [[card.title for card in cards] for _, _, cards in made.terms] == [["A"]]


def test_the_menu_leads_nowhere_but_to_pages() -> None:
    assert [taxonomy.url for taxonomy in library({"a.md": note("A")}).taxonomies] == ["/tags/"]
    menu = tuple(Link("X", url) for url in ("/a/", "/posts/", "/gone/", "/x.xml", "https://e.org/"))
    made = library({"a.md": note("A"), "posts/b.md": note("B")}, Config(menu=menu))
    assert made.taxonomies == ()
    (problem,) = made.problems
    assert (problem.level, problem.message) == (
        "warning", "the menu leads to `/gone/`, which does not exist"
    )  # fmt: skip


def test_a_folder_of_introductions_does_not_hide_the_list_of_all_terms() -> None:
    made = library({"a.md": note("A", tags="x"), "tags/y.md": note("No term")})
    assert [section.url for section in made.sections] == ["/"]
    assert {page.card.url for page in made.pages} == {"/a/", "/tags/y/"}


@pytest.mark.parametrize("front", [{}, {"permalink": "/tags/X/"}])
def test_a_note_at_the_path_of_a_term_introduces_it(front: dict[str, str]) -> None:
    made = library({"a.md": note("A", tags="[x]"), "tags/x.md": note("X", "About x.", **front)})
    assert "About x." in html(made.taxonomies[0].terms[0].html)
    assert [page.card.title for page in made.pages] == ["A"]


def test_previous_is_the_older_note_and_undated_ones_stand_outside() -> None:
    notes = {
        "a.md": note("A", date="2024-01-01"),
        "b.md": note("B", date="2024-01-02"),
        "c.md": note("C"),
    }
    near = {url: (older, newer) for url, older, newer in library(notes).chronology}
    assert near["/a/"][0] is None
    assert near["/a/"][1] is not None
    assert near["/a/"][1].title == "B"
    assert "/c/" not in near


def test_a_series_is_read_from_its_oldest_note() -> None:
    notes = {
        "a.md": note("Second", series="S", date="2024-01-02"),
        "b.md": note("First", series="S", date="2024-01-01"),
    }
    page = next(p for p in library(notes).pages if p.card.title == "Second")
    assert [link.title for link in page.series[0].links] == ["First", "Second"]
    assert page.series[0].position == 2


def test_a_note_that_is_not_listed_is_in_no_series_and_related_to_none() -> None:
    keys = {"tags": "x", "series": "S", "date": "2024-01-01"}
    notes = {n: note(n, **keys) for n in ("a.md", "b.md")}
    made = library(notes | {"c.md": note("C", **keys, listed="false")})
    pages = {page.card.url: page for page in made.pages}
    assert pages["/c/"].series == ()
    assert [link.url for link in pages["/a/"].series[0].links] == ["/a/", "/b/"]
    assert {url: [link.url for link in links] for url, links in made.related} == {
        "/a/": ["/b/"],
        "/b/": ["/a/"],
    }


def test_related_notes_share_tags_and_a_rare_tag_says_more() -> None:
    notes = {
        "a.md": note("A", tags="[rare, common]"),
        "b.md": note("B", tags="[common]"),
        "c.md": note("C", tags="[rare]"),
        "d.md": note("D", tags="[common]"),
        "e.md": note("E"),
    }
    related = {url: [link.title for link in links] for url, links in library(notes).related}
    assert related["/a/"] == ["C", "B", "D"]
    assert "/e/" not in related


# --- links ----------------------------------------------------------------------------------------


def test_a_link_to_a_note_leads_to_its_url_under_the_base_path() -> None:
    made = library(
        {"a/x.md": note("X", "[y](../b/y.md#見出し) ![i](i.png)"), "b/y.md": note("Y", "# 見出し")},
        Config(base_url="https://example.org/repo/"),
        assets=("a/i.png",),
    )
    page = next(p for p in made.pages if p.card.title == "X")
    assert 'href="/repo/b/y/#%E8%A6%8B%E5%87%BA%E3%81%97"' in html(page.html)
    assert 'src="/repo/a/i.png"' in html(page.html)
    assert made.problems == ()


def test_an_absolute_path_is_found_below_the_notes_or_in_static_or_in_the_site() -> None:
    text = note(
        "X", "![a](/images/a.png) [b](/b.pdf) [c](/archive/) [d](/old/)", redirect_from="old"
    )
    made = library({"x.md": text}, assets=("images/a.png",), static=("b.pdf",))
    assert made.problems == ()


@pytest.mark.parametrize(
    ("markdown", "message", "column"),
    [
        ("see [it](gone.md)", "`gone.md` does not exist", 10),
        ("![it](gone.png)", "the image `gone.png` does not exist", 7),
        ("[it](../../etc/passwd)", "`../../etc/passwd` does not exist", 6),
        ("[it](draft.md)", "`draft.md` is a draft or not yet published", 6),
        ("[gone.md](<gone.md>)", "`gone.md` does not exist", 12),
        ("`[it](a%20b.md)` [it](a%20b.md)", "`a b.md` does not exist", 23),
        ("> - see [it](gone.md)", "`gone.md` does not exist", 14),
        ("| a | b |\n|---|---|\n| [i](z.md) | `[i](y.md)` [i](y.md) |", "", 0),
        ("see [it] there\n\n[it]: gone.md", "`gone.md` does not exist", 5),
        ('<img alt="" src="gone.png">', "the image `gone.png` does not exist", 18),
        ('see <a\n href="gone.md">it</a>', "`gone.md` does not exist", 8),
        ("[it](#gone)", "there is no heading or id `gone` in this note", 6),
        ("[it](ok.md#gone)", "there is no heading or id `gone` in `ok.md`", 6),
    ],
)
def test_a_dead_link_is_a_warning_at_its_place(markdown: str, message: str, column: int) -> None:
    notes = {
        "x.md": note("X", markdown),
        "draft.md": note("D", draft="yes"),
        "ok.md": note("O"),
    }
    if not message:
        found = [(p.location.line, p.location.column) for p in library(notes).problems]
        assert found == [(7, 7), (7, 31)]
        return
    (problem,) = library(notes).problems
    assert (problem.level, problem.message) == ("warning", message)
    assert problem.location.line == 5 + (markdown.startswith("see <a"))
    assert problem.location.column == column


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("[a](sub/)", "/sub/"),
        ("[a](./sub)", "/sub/"),
        ("[a](f.pdf#page=3)", "/f.pdf#page=3"),
        ("[a](b.md#見出し)", "/b/#%E8%A6%8B%E5%87%BA%E3%81%97"),
        ("[a](b.md#Two_Words)", "/b/#two-words"),
        ("[a](b.md#b-title)", "/b/"),
        ("[a](#eq-1)", "#eq-1"),
        ("[a](#)", "#"),
        ("[a](#top)", "#top"),
        ("[a](#own)", "#own"),
        ("[a](b.md#note)", "/b/#note"),
        ('<a href="b.md#own">a</a>', "/b/#own"),
        ("<video src='f.pdf'></video>", "/f.pdf"),
        ("[a](/sub/?q=1&r=%20#x)", "/sub/?q=1&amp;r=%20#x"),
        ("[a](b.md?q=1#own)", "/b/?q=1#own"),
        ("[a](f.pdf?v=2#page=3)", "/f.pdf?v=2#page=3"),
        ("![a](i.png?v=2)", "/i.png?v=2"),
        ("<img alt='' src='i.png?v=&quot;'>", "/i.png?v=%22"),
        ("[a](v1.2)", "/v12/"),
        ("[a](v1.2#own)", "/v12/#own"),
        ("[a](v1.3)", "/v1.3"),
    ],
)
def test_a_link_leads_to_what_is_there(link: str, url: str) -> None:
    text = "## 見出し\n\n## Two words\n\n<i id=own class=x></i> <a class='y' name=\"note\">n</a>"
    text += "\n\n<p id='eq-1'>\n"
    notes = {
        "x.md": note("X", f"{link}\n\n{text}"),
        "b.md": note("", f"# B title\n\n{text}"),
        "sub/c.md": note("C"),
        "v1.2.md": note("V", text),
        "v1.3.md": note("W"),
    }
    made = library(notes, assets=("f.pdf", "i.png", "v1.3"))
    page = next(p for p in made.pages if p.card.title == "X")
    assert f'"{url}"' in html(page.html).replace("'", '"')
    assert made.problems == ()


@pytest.mark.parametrize("scheme", ["javascript", "VBScript", "data", "file"])
def test_a_link_that_is_refused_stays_text_and_is_a_warning(scheme: str) -> None:
    document = parse(
        source("x.md", f"a [b]( <{scheme}:text/html,x> ) [c](https://a.org)"), Options.of(Config())
    )
    (problem,) = document.problems
    assert (problem.level, problem.location.column) == ("warning", 3)
    assert problem.message == f"no link is made to a {scheme.lower()}: URL"


def test_an_old_path_redirects_and_one_that_is_taken_is_an_error() -> None:
    notes = {
        "a.md": note("A", redirect_from="[/old/]", aliases="[Another name, /older.html]"),
        "b.md": note("B", redirect_from="/a/"),
    }
    made = library(notes)
    assert made.redirects == (("/old/", "/a/"), ("/older.html", "/a/"))
    assert [problem.level for problem in made.problems] == ["error"]


# --- time -----------------------------------------------------------------------------------------


def _of_own_terms(number: int) -> dict[str, str]:
    return {f"{i}.md": note("T", tags=f"[t{i}, u{i}]", series=f"s{i}") for i in range(number)}


def _of_bundles(number: int) -> dict[str, str]:
    return {f"a/{i}/index.md": "Text." for i in range(number)}


def _of_folders(number: int) -> dict[str, str]:
    return {f"f{i}/x.md": "Text." for i in range(number)}


@pytest.mark.parametrize("made", [_of_own_terms, _of_bundles, _of_folders])
def test_time_grows_with_the_number_of_notes(made: Callable[[int], dict[str, str]]) -> None:
    def seconds(notes: list[Entry]) -> float:
        gc.disable()  # as a build does
        try:
            start = process_time()
            index(notes, (), (), Config(title="Site"), date(2026, 1, 1), lambda entry: 60)
            return process_time() - start
        finally:
            gc.enable()

    few, many = entries(made(500)), entries(made(2000))
    took = min(seconds(few) for _ in range(3)), min(seconds(many) for _ in range(3))
    assert took[1] < 9 * took[0], took  # four times the notes; the square would be 16
