"""The pager, exactly as SPEC 6 gives it, for 1 to 30 pages; and the pages of a listing."""

from __future__ import annotations

from typing import Any

import pytest
from library import library, note

from notesite.config import Config, Listing
from notesite.model import Output, Template, Theme
from notesite.outputs.frame import Frame
from notesite.outputs.listings import WINDOW, listings, page_url, pagination

THEME = Theme({}, {}, (), (), {"en": {"home": "Home"}})
ONE = Config(title="Site", listing=Listing(1))


def shown(number: int, count: int) -> str:
    pager = pagination("/", number, count)
    return " ".join(str(slot[0]) if slot else "…" for slot in pager.slots) if pager else ""


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "1 2 3 4 5 … 26"),
        (10, "1 … 9 10 11 … 26"),
        (24, "1 … 22 23 24 25 26"),
        (4, "1 2 3 4 5 … 26"),
        (5, "1 … 4 5 6 … 26"),
        (22, "1 … 21 22 23 … 26"),
        (23, "1 … 22 23 24 25 26"),
        (26, "1 … 22 23 24 25 26"),
    ],
)
def test_the_pager_of_26_pages(number: int, expected: str) -> None:
    assert shown(number, 26) == expected


def test_a_single_page_has_no_pager() -> None:
    assert pagination("/", 1, 1) is None


@pytest.mark.parametrize("count", range(2, 31))
def test_every_pager_of_a_listing_is_complete_and_of_one_length(count: int) -> None:
    lengths = set()
    for number in range(1, count + 1):
        pager = pagination("/x/", number, count)
        assert pager is not None
        lengths.add(len(pager.slots))
        numbers = [slot[0] for slot in pager.slots if slot]
        near = range(max(1, number - WINDOW), min(count, number + WINDOW) + 1)
        assert numbers == sorted(set(numbers))
        assert {1, count, *near} <= set(numbers)
        for before, slot, after in zip(pager.slots, pager.slots[1:], pager.slots[2:], strict=False):
            if slot is None:  # an ellipsis stands for at least one number, and only for such
                assert before is not None
                assert after is not None
                assert after[0] - before[0] > 1
            elif before is not None:
                assert slot[0] - before[0] == 1
        assert pager.previous == (page_url("/x/", number - 1) if number > 1 else "")
        assert pager.next == (page_url("/x/", number + 1) if number < count else "")
    assert lengths == {min(count, 2 * WINDOW + 5)}


def outputs(count: int, per_page: int) -> dict[str, Output]:
    config = Config(title="Site", listing=Listing(per_page))
    made = library({f"p/{n:02}.md": note(f"N{n:02}", tags="[t]") for n in range(count)}, config)
    return {output.path: output for output in listings(Frame(config, made, THEME, {}))}


def test_page_one_has_one_url_and_each_note_stands_once() -> None:
    found = outputs(23, 10)
    pages = [f"{path}index.html" for path in ("", "page/2/", "page/3/")]
    assert [path for path in found if path in pages] == pages
    assert "page/1/index.html" not in found
    titles = [card.title for path in pages for card in context(found[path])["listing"]]
    assert titles == [f"N{n:02}" for n in range(23)]


def test_sections_and_terms_are_paged_too() -> None:
    found = outputs(11, 10)
    assert {"p/page/2/index.html", "tags/t/page/2/index.html"} <= set(found)


def test_the_first_page_of_a_section_or_term_shows_what_is_linked_with_its_introduction() -> None:
    notes = {
        "p/_index.md": note("P", "[[A]] と [[B]]"),
        "tags/t.md": note("T", "[[A]]"),
        "a.md": note("A", "[[P]] は式。[[T]]", tags="[t]"),
        "b.md": note("B", "[[P]] と [[A]]", tags="[t]"),
    }
    made = library({**notes, "p/c.md": note("C", tags="[t]"), "p/d.md": note("D")}, ONE)
    found = {output.path: context(output) for output in listings(Frame(ONE, made, THEME, {}))}

    def urls(path: str, name: str) -> list[str]:
        return [link.url for link in found[path][name]]

    assert urls("p/index.html", "links") == ["/a/", "/b/"]
    assert urls("p/index.html", "backlinks") == ["/a/", "/b/"]
    assert "/a/" in urls("p/index.html", "twohop")
    assert urls("tags/t/index.html", "backlinks") == ["/a/"]
    assert not any(found["p/page/2/index.html"][name] for name in ("links", "backlinks"))
    assert not any(found["index.html"][name] for name in ("links", "backlinks", "twohop"))


def context(output: Output) -> dict[str, Any]:
    assert isinstance(output.recipe, Template)
    return output.recipe.names
