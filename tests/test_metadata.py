"""What the head of a page says to search engines and to those who share it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from library import library, note
from rendering import BASE, Rendered, config, rendered

from notesite.config import Config

TITLE = 'A </script><b> & "q" 😀 ]]>'
NOTES = {
    "posts/_index.md": note("Posts", "All of them."),
    "posts/a.md": note(
        json.dumps(TITLE, ensure_ascii=False), "First. **Second.**",
        date="2025-01-05 10:20", updated="2025-03-01", tags="[情報, x]", image="https://example.com/i.png",
    ),
    "posts/b.md": note("B", "Text.", lang="ja", author="佐藤", image="/i.png"),
    "posts/c.md": note("C", "Text."),
}  # fmt: skip


@pytest.fixture(scope="module")
def site() -> Rendered:
    settings = config(author="田中", description="What I learn")
    return Rendered(library(NOTES, settings, static=("i.png",)), settings)


def head(page: bytes) -> Element:
    found = html5lib.parse(page, namespaceHTMLElements=False).find("head")
    assert found is not None
    return found


def metas(page: bytes) -> dict[str, str]:
    return {
        str(each.get("property") or each.get("name")): each.get("content", "")
        for each in head(page).iter("meta")
    }


def links(page: bytes, rel: str) -> list[dict[str, str]]:
    return [each.attrib for each in head(page).iter("link") if each.get("rel") == rel]


def graph(page: bytes) -> dict[str, Any]:
    """The JSON-LD of a page: type -> node."""
    (script,) = (s for s in head(page).iter("script") if s.get("type") == "application/ld+json")
    data = json.loads(script.text or "")
    assert data["@context"] == "https://schema.org"
    return {node["@type"]: node for node in data["@graph"]}


def test_a_note_is_described_for_those_who_share_it(site: Rendered) -> None:
    found = metas(site["posts/a/index.html"])
    assert found["description"] == found["og:description"] == "First. Second."
    assert found["og:type"] == "article"
    assert found["og:site_name"] == "Site"
    assert found["og:title"] == TITLE
    assert found["og:url"] == BASE + "posts/a/"
    assert found["og:image"] == "https://example.com/i.png"
    assert found["twitter:card"] == "summary_large_image"
    assert found["article:published_time"] == "2025-01-05T10:20:00+09:00"
    assert found["article:modified_time"] == "2025-03-01T00:00:00+09:00"


def test_an_image_of_the_site_has_a_whole_url_and_none_is_none(site: Rendered) -> None:
    assert metas(site["posts/b/index.html"])["og:image"] == BASE + "i.png"
    found = metas(site["posts/c/index.html"])
    assert "og:image" not in found
    assert found["twitter:card"] == "summary"
    assert "article:published_time" not in found


def test_a_listing_is_a_website(site: Rendered) -> None:
    found = metas(site["index.html"])
    assert (found["og:type"], found["og:url"], found["og:title"]) == ("website", BASE, "Site")
    assert found["og:description"] == "What I learn"
    assert metas(site["posts/index.html"])["og:description"] == "All of them."


def test_a_note_is_a_posting_for_search_engines(site: Rendered) -> None:
    posting = graph(site["posts/a/index.html"])["BlogPosting"]
    assert posting["headline"] == TITLE
    assert posting["url"] == posting["mainEntityOfPage"] == BASE + "posts/a/"
    assert posting["datePublished"] == "2025-01-05T10:20:00+09:00"
    assert posting["dateModified"] == "2025-03-01T00:00:00+09:00"
    assert posting["author"] == {"@type": "Person", "name": "田中", "url": BASE}
    assert posting["image"] == "https://example.com/i.png"
    assert posting["description"] == "First. Second."
    assert (posting["keywords"], posting["inLanguage"]) == (["情報", "x"], "en")


def test_what_a_note_does_not_say_its_posting_does_not_either(site: Rendered) -> None:
    posting = graph(site["posts/c/index.html"])["BlogPosting"]
    assert not {"datePublished", "dateModified", "image", "keywords"} & posting.keys()
    assert None not in posting.values()
    other = graph(site["posts/b/index.html"])["BlogPosting"]
    assert other["author"]["name"] == "佐藤"
    assert other["inLanguage"] == "ja"


def test_the_way_to_a_note_is_told_in_order(site: Rendered) -> None:
    way = graph(site["posts/a/index.html"])["BreadcrumbList"]["itemListElement"]
    assert [(item["position"], item["name"], item["item"]) for item in way] == [
        (1, "Home", BASE),
        (2, "Posts", BASE + "posts/"),
        (3, TITLE, BASE + "posts/a/"),
    ]


def test_a_title_cannot_end_the_script_that_it_stands_in(site: Rendered) -> None:
    page = site["posts/a/index.html"].decode()
    assert "</script><b>" not in page
    assert "]]>" not in page.partition("<body")[0]


def test_each_page_has_one_canonical_address_and_names_the_feeds(site: Rendered) -> None:
    for path in ("index.html", "posts/index.html", "posts/a/index.html", "tags/x/index.html"):
        page = site[path]
        assert [link["href"] for link in links(page, "canonical")] == [
            BASE + path.removesuffix("index.html")
        ]
        feeds = {link["type"]: link["href"] for link in links(page, "alternate")[-3:]}
        assert feeds == {
            "application/atom+xml": "/repo/feed.xml",
            "application/rss+xml": "/repo/rss.xml",
            "application/feed+json": "/repo/feed.json",
        }


def test_a_listing_names_its_own_feed_first(site: Rendered) -> None:
    found = links(site["tags/x/index.html"], "alternate")
    assert len(found) == 4
    assert (found[0]["href"], found[0]["title"]) == ("/repo/tags/x/feed.xml", "Site – x")
    assert len(links(site["posts/a/index.html"], "alternate")) == 3


def test_a_page_that_is_not_to_be_found_says_only_so(site: Rendered) -> None:
    found = metas(site["404.html"])
    assert found["robots"] == "noindex"
    assert not links(site["404.html"], "canonical")
    assert not [name for name in found if name.startswith(("og:", "twitter:"))]


def test_without_a_base_url_a_page_has_a_description_and_no_address() -> None:
    page = rendered(NOTES, Config(title="Site"))["posts/a/index.html"]
    assert metas(page)["description"] == "First. Second."
    assert not [name for name in metas(page) if name.startswith(("og:", "twitter:", "article:"))]
    assert not links(page, "canonical") + links(page, "alternate")
    assert b"ld+json" not in page


def loaded(page: bytes) -> Iterator[str]:
    """What a browser fetches with a page, or names in its head as something to fetch."""
    for element in html5lib.parse(page, namespaceHTMLElements=False).iter():
        if element.tag == "script" and element.get("src"):
            yield element.get("src", "")
        if element.tag == "link" and element.get("rel") not in ("canonical", "alternate"):
            yield element.get("href", "")


def test_no_page_loads_anything_from_another_host(site: Rendered) -> None:
    for path in site.outputs:
        if path.endswith(".html"):
            found = loaded(site[path])
            assert [url for url in found if not url.startswith(("/repo/", BASE))] == []
