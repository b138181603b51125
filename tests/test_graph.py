"""The graph around a note and the map of a site: what is on them, and that all of it can be
read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import blake2b
from itertools import combinations
from math import dist
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library import library, note

from notesite.config import Config
from notesite.drawing import fan as fans
from notesite.drawing import sheet as maps
from notesite.drawing.fan import Fan, fan
from notesite.drawing.labels import EM, cut, measure
from notesite.drawing.sheet import FONTS, Sheet, sheets
from notesite.drawing.stress import spread
from notesite.index.graph import EDGES, MAP, NODES
from notesite.keys import Digests, closures, key, mentioned
from notesite.markdown.graphemes import clusters
from notesite.model import Library, Link, Node, SiteMap, Template
from notesite.outputs import plan
from notesite.outputs.frame import path_of
from notesite.render import environment
from notesite.theming import load_theme

SITE = Config(title="Site")
THEME, _ = load_theme((), [])
JINJA = environment(THEME, SITE, lambda stored: ())
CLOSURES = closures(THEME, partial(mentioned, JINJA), b"")
FAMILY = "👨‍👩‍👧"  # one grapheme of five code points


def outputs(found: Library, config: Config = SITE) -> Mapping[str, str]:
    """Output path -> the key that it is made under."""
    digests = Digests()
    planned = plan(found, config, THEME).outputs
    return {path: key(output, CLOSURES, digests) for path, output in planned.items()}


def stale(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {path for path in before.keys() | after if before.get(path) != after.get(path)}


def around(found: Library, url: str) -> Fan:
    by_url = (dict(found.links), dict(found.backlinks), dict(found.twohop))
    links, backlinks, twohop = by_url
    return fan(links.get(url, ()), backlinks.get(url, ()), twohop.get(url, ()))


# --- what is on them ------------------------------------------------------------------------------


def test_around_a_note_stand_what_links_here_what_it_links_to_and_what_is_both() -> None:
    found = library(
        {
            "a.md": note("A", "[[b]] [[c]] [[word]] [[nowhere]] [d](d.md)"),
            "b.md": note("B", "[[a]]"),
            "c.md": note("C", "[[word]]"),
            "d.md": note("D"),
            "e.md": note("E", "[[a]] [[d]] [[c]]"),
        }
    )
    drawn = {g.kind: [(d.title, d.url) for d in g.dots] for g in around(found, "/a/").groups}

    assert drawn == {
        "from": [("E", "/e/")],
        "both": [("B", "/b/")],
        "to": [("C", "/c/"), ("word", "/words/word/"), ("D", "/d/")],
    }


def test_chords_join_neighbours_that_are_linked_to_each_other() -> None:
    texts = {"b.md": note("B", "[[c]]"), "c.md": note("C"), "d.md": note("D")}
    found = library({"a.md": note("A", "[[b]] [[c]] [[d]]"), **texts})
    [group] = around(found, "/a/").groups
    b, c, _ = group.dots

    assert re.fullmatch(rf"M{b.x} {b.y}Q\d+ \d+ {c.x} {c.y}", around(found, "/a/").chords)


def test_a_note_with_very_many_neighbours_shows_a_few_and_says_how_many_more() -> None:
    body = " ".join(f"[[n{number}]]" for number in range(50))
    texts = {f"n{number}.md": note(f"N{number}", "[[hub]]") for number in range(70)}
    found = library({"hub.md": note("Hub", body), **texts})
    groups = around(found, "/hub/").groups

    assert [(g.kind, len(g.dots), g.more) for g in groups] == [("from", 6, 14), ("both", 6, 44)]


def test_the_map_shows_every_note_and_wanted_word_with_a_link() -> None:
    found = library(
        {
            "a.md": note("A", "[[word]] [[b]] [[only here]]"),
            "b.md": note("B", "[[word]]"),
            "alone.md": note("Alone"),
        }
    ).map

    assert found == SiteMap(
        (
            Node("A", "/a/", 0, True),
            Node("B", "/b/", 0, True),
            Node("word", "/words/word/", 0, False),
        ),
        ((0, 1), (0, 2), (1, 2)),
        3,
    )


def test_a_large_site_s_map_shows_the_most_linked_and_says_of_how_many() -> None:
    count = NODES + 60
    links = {n: " ".join(f"[[n{(n * k) % 40}]]" for k in range(1, 12)) for n in range(count)}
    found = library({f"n{n}.md": note(f"N{n}", links[n]) for n in links}).map
    assert found

    assert len(found.nodes) == NODES
    assert found.linked == count
    assert {f"/n{n}/" for n in range(40)} <= {node.url for node in found.nodes[:41]}
    assert [node.size for node in found.nodes] == sorted(n.size for n in found.nodes)[::-1]
    assert len(found.edges) == EDGES
    assert max(len(sheet.lines) for sheet in sheets(found, 350, 1180)) < 20 * EDGES


names = st.sampled_from("abcdefgh")
webs = st.dictionaries(names, st.lists(st.sampled_from("abcdefghxyz"), max_size=6), min_size=1)


@given(webs)
@settings(max_examples=40, deadline=None)
def test_whatever_is_on_them_leads_to_a_page_that_exists(web: Mapping[str, list[str]]) -> None:
    found = library(
        {f"{name}.md": note(name, " ".join(f"[[{to}]]" for to in web[name])) for name in web}
    )
    there = outputs(found)
    shown = {node.url for node in found.map.nodes} if found.map else set()
    for name in web:
        shown |= {dot.url for g in around(found, f"/{name}/").groups for dot in g.dots}

    assert {path_of(url) for url in shown} <= there.keys()
    assert (path_of(MAP) in there) == bool(shown)


# --- what an edit makes stale ---------------------------------------------------------------------

TEXTS = {
    "a.md": note("A", "[[b]]"),
    "b.md": note("B", "Text."),
    "c.md": note("C", "[[b]]"),
    "d.md": note("D", "Text."),
}
BEFORE = outputs(library(TEXTS))


def test_an_edit_that_changes_no_link_leaves_the_map_as_it_is() -> None:
    after = outputs(library(TEXTS | {"b.md": note("B", "Other text.")}))

    assert path_of(MAP) not in stale(BEFORE, after)


def test_a_new_link_changes_the_map_and_the_pages_of_the_notes_that_show_it() -> None:
    after = outputs(library(TEXTS | {"d.md": note("D", "Text. [[a]]")}))
    notes = {path for path in stale(BEFORE, after) if re.match(r"(.|map)/", path)}

    assert notes == {"d/index.html", "a/index.html", path_of(MAP)}


# --- the setting, and the address -----------------------------------------------------------------


def rendered(texts: Mapping[str, str], config: Config, url: str) -> str:
    output = plan(library(texts, config), config, THEME).outputs[path_of(url)]
    assert isinstance(output.recipe, Template)
    return JINJA.get_template(output.recipe.name).render(output.recipe.names)


def test_without_the_setting_there_is_neither_graph_nor_map() -> None:
    on, off = SITE, Config(title="Site", graph=False)

    assert library(TEXTS, off).map is None
    assert path_of(MAP) not in outputs(library(TEXTS, off), off)
    for text in ('<svg viewBox="0 0 360', f'href="{MAP}"'):
        assert text in rendered(TEXTS, on, "/a/")
        assert text not in rendered(TEXTS, off, "/a/")
    assert 'class="related backlinks"' in rendered(TEXTS, off, "/b/")


def test_a_note_without_links_shows_nothing_and_loads_no_style_for_it() -> None:
    page = rendered(TEXTS, SITE, "/d/")

    assert 'class="related' not in page
    assert "links." not in page
    assert "links." in rendered(TEXTS, SITE, "/b/")


def test_a_site_without_links_has_no_map_and_no_link_to_it() -> None:
    texts = {"d.md": TEXTS["d.md"]}

    assert path_of(MAP) not in outputs(library(texts))
    assert MAP not in rendered(texts, SITE, "/d/")


def test_a_menu_may_lead_to_the_map_where_there_is_one() -> None:
    config = Config(title="Site", menu=(Link("Map", MAP),))

    assert library(TEXTS, config).problems == ()
    [problem] = library({"d.md": TEXTS["d.md"]}, config).problems
    assert problem.message == "the menu leads to `/map/`, which does not exist"


@pytest.mark.parametrize("path", ["map.md", "map/x.md"])
def test_a_note_or_section_of_that_address_takes_the_place_of_the_map(path: str) -> None:
    found = library(TEXTS | {path: note("My map", "[[a]]")})

    assert found.problems == ()
    assert found.map is None
    assert path_of(MAP) in outputs(found)


# --- labels ---------------------------------------------------------------------------------------


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)

    def within(self, width: float, height: float) -> bool:
        return self.left >= 0 <= self.top and self.right <= width and self.bottom <= height


def box(x: float, y: float, label: str, font: float) -> Box:
    return Box(x, y - 0.65 * font, x + measure(label) * font / EM, y + 0.65 * font)


def assert_readable(boxes: Sequence[Box], width: int, height: int) -> None:
    assert [one for one in boxes if not one.within(width, height)] == []
    assert [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])] == []


titles = st.one_of(
    st.text(min_size=1, max_size=60),
    st.text("漢字かなABCWmil. ー。" + FAMILY, min_size=1, max_size=60),
)


@given(titles, st.integers(EM, 30 * EM))
@settings(deadline=None)
def test_a_label_is_the_title_or_whole_graphemes_of_it_that_fit(title: str, most: int) -> None:
    label = cut(title, most)

    assert measure(label) <= most
    if label != title:
        assert label.endswith("…")
        kept = list(clusters(label[:-1]))
        assert list(clusters(title))[: len(kept)] == kept


def test_a_label_is_never_cut_within_a_grapheme() -> None:
    assert cut("漢" + FAMILY * 4, 4 * EM) == "漢" + FAMILY * 2 + "…"
    assert cut("がぎぐ", 2 * EM) == "が…"


@st.composite
def neighbourhoods(draw: st.DrawFn) -> tuple[list[Link], list[Link]]:
    texts = draw(st.lists(titles, max_size=50))
    links = [Link(text, f"/{number}/") for number, text in enumerate(texts)]
    first, last = sorted(draw(st.tuples(*[st.integers(0, len(links))] * 2)))
    return links[:last], links[first:]


@given(neighbourhoods())
@settings(deadline=None)
def test_no_labels_of_a_graph_overlap_or_leave_it(links: tuple[list[Link], list[Link]]) -> None:
    drawn = fan(links[0], links[1], ())
    boxes = [
        box(dot.x - fans.GAP / 2, dot.y, dot.label, drawn.font)._replace(
            right=dot.x + fans.GAP + measure(dot.label) * drawn.font / EM
        )
        for group in drawn.groups
        for dot in group.dots
    ]
    for group in drawn.groups:
        boxes.append(box(group.x, group.y, "x" * 20, 10.5))
        boxes += [box(group.end[0], group.end[1], "and 100 more", 10.5)] * bool(group.more)

    assert_readable(boxes, drawn.width, drawn.height)
    assert sum(len(group.dots) for group in drawn.groups) <= fans.MOST


@st.composite
def site_maps(draw: st.DrawFn) -> SiteMap:
    texts = draw(st.lists(titles, min_size=1, max_size=40))
    nodes = tuple(
        Node(text, f"/{number}/", draw(st.integers(0, 3)), draw(st.booleans()))
        for number, text in enumerate(texts)
    )
    ends = st.integers(0, len(nodes) - 1)
    edges = draw(st.sets(st.tuples(ends, ends).filter(lambda edge: edge[0] < edge[1]), max_size=80))
    return SiteMap(nodes, tuple(sorted(edges)), len(nodes))


def boxes_of(sheet: Sheet) -> list[Box]:
    found = []
    for mark in sheet.marks:
        label = box(mark.x + sheet.gap, mark.y, mark.label, mark.font)
        found.append(label._replace(left=mark.x - 3))  # with its dot
    return found


@given(site_maps())
@settings(max_examples=60, deadline=None)
def test_no_labels_of_a_map_overlap_or_leave_it(site: SiteMap) -> None:
    for sheet in sheets(site, 350, 1180):
        assert_readable(boxes_of(sheet), sheet.width, sheet.height)
        assert [mark.url for mark in sheet.marks] == [node.url for node in site.nodes]
        assert sheet.lines.count("M") == len(site.edges)


def test_boxes_that_overlap_or_leave_are_found() -> None:
    """The control of the tests above."""
    with pytest.raises(AssertionError):
        assert_readable([Box(0, 0, 10, 10), Box(9, 9, 20, 20)], 30, 30)
    with pytest.raises(AssertionError):
        assert_readable([Box(20, 0, 31, 10)], 30, 30)
    assert_readable([Box(0, 0, 10, 10), Box(10, 0, 20, 10)], 30, 30)


# --- the layout of the map ------------------------------------------------------------------------


def test_what_is_linked_stands_near_each_other() -> None:
    ring = [(n, (n + 1) % 24) for n in range(24)]
    places = spread(24, ring)

    linked = [dist(places[a], places[b]) for a, b in ring]
    assert min(linked) > 0.5
    assert max(linked) < 1.5
    assert dist(places[0], places[12]) > 5


def test_every_machine_draws_the_same_map() -> None:
    """All arithmetic is exact by IEEE 754; were it not, the last bits would differ somewhere."""
    edges = [(n, n * n % 97) for n in range(97) if n != n * n % 97]
    digest = blake2b(repr(spread(97, edges)).encode(), digest_size=8).hexdigest()

    assert digest == "29dd7c35b5aff872"


def test_a_map_without_any_edge_or_with_one_node_is_drawn_too() -> None:
    lone = SiteMap((Node("A", "/a/", 0, True),), (), 1)
    [sheet] = sheets(lone, 350)

    assert [(mark.label, mark.font) for mark in sheet.marks] == [("A", FONTS[0])]
    assert (sheet.height, sheet.lines) == (maps.ROW, "")
