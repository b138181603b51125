"""sitemap.xml and robots.txt: which pages search engines are told of."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote
from xml.etree.ElementTree import fromstring

import pytest
from histories import built
from library import note
from rendering import BASE, Rendered, config, rendered

from notesite.config import Config, Listing
from notesite.outputs import sitemap

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NOTES = {
    "posts/a.md": note("A", "[[wanted]]", date="2025-01-05", updated="2025-03-01", tags="[情報]"),
    "posts/b.md": note("B", "[[wanted]]", date="2025-01-06", redirect_from="/old/"),
    "c & d.md": note("C"),
}


def places(site: Rendered, path: str = "sitemap.xml") -> dict[str, str]:
    """URL below the base -> its lastmod."""
    return {
        (each.findtext(SPACE + "loc") or "").removeprefix(BASE): each.findtext(
            SPACE + "lastmod", ""
        )
        for each in fromstring(site[path])
    }


def test_the_map_names_each_page_once_with_the_day_of_its_last_change() -> None:
    found = places(rendered(NOTES))
    assert found == {
        "": "2025-03-01",
        "archive/": "",
        "c-d/": "",
        "map/": "",
        "posts/": "2025-03-01",
        "posts/a/": "2025-03-01",
        "posts/b/": "2025-01-06",
        "search/": "",
        "tags/": "",
        "tags/" + quote("情報") + "/": "2025-03-01",
    }


def test_redirects_the_404_page_and_pages_of_unwritten_words_are_left_out() -> None:
    site = rendered(NOTES)
    outputs = {path for path in site.outputs if path.endswith(".html")}
    assert {"404.html", "old/index.html", "words/wanted/index.html"} <= outputs
    assert not {"404.html", "old/", "words/wanted/"} & places(site).keys()
    for path in ("404.html", "old/index.html", "words/wanted/index.html"):
        assert b'<meta name="robots" content="noindex">' in site[path]
    assert b"noindex" not in site["posts/a/index.html"]


def test_of_a_listing_the_first_page_alone_is_named() -> None:
    site = rendered({f"{n}.md": note(f"N{n}") for n in range(3)}, config(listing=Listing(1)))
    assert "page/2/index.html" in site
    assert not [url for url in places(site) if "page/" in url]


def test_a_site_without_a_base_url_has_neither_map_nor_robots_txt() -> None:
    outputs = rendered(NOTES, Config(title="Site")).outputs
    assert not {"sitemap.xml", "robots.txt"} & outputs.keys()


def test_robots_txt_lets_all_in_and_names_the_map() -> None:
    text = rendered(NOTES)["robots.txt"].decode()
    assert text == f"User-agent: *\nDisallow:\n\nSitemap: {BASE}sitemap.xml\n"


@pytest.mark.parametrize(("limit", "files"), [(100, 0), (10, 0), (9, 2), (3, 4), (1, 10)])
def test_a_map_of_too_many_pages_is_an_index_of_maps(
    limit: int, files: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "LIMIT", limit)
    site = rendered(NOTES)
    whole = places(site)
    if files:
        assert list(whole) == [f"sitemap-{n}.xml" for n in range(1, files + 1)]
        parts = [places(site, path) for path in whole]
        assert all(len(part) <= limit for part in parts)
        assert list(whole.values()) == [max(part.values()) for part in parts]
        whole = {url: day for part in parts for url, day in part.items()}
    assert not [path for path in site.outputs if path.startswith("sitemap-")][files:]
    assert len(whole) == 10
    assert whole["posts/b/"] == "2025-01-06"


def test_fifty_thousand_urls_are_one_file() -> None:
    assert sitemap.LIMIT == 50_000


def test_an_edit_of_a_text_leaves_the_map_as_it_is_and_a_new_note_does_not(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notesite.yaml").write_text(f"title: S\nbase_url: {BASE}\n")
    file = tmp_path / "notes/a.md"
    file.write_text(note("A", "語" * 400 + "\n\nEnd."), "utf-8")
    built(tmp_path)
    file.write_text(note("A", "語" * 400 + "\n\nFin."), "utf-8")
    made = [line for line in built(tmp_path, explain=True).made if not line.startswith("search/")]
    assert made == ["a/index.html: page"]
    (tmp_path / "notes/b.md").write_text(note("B"))
    assert "sitemap.xml: places" in built(tmp_path, explain=True).made
    (tmp_path / "static").mkdir()
    (tmp_path / "static/robots.txt").write_text("User-agent: *\nDisallow: /\n")
    assert built(tmp_path).published
    assert (tmp_path / "public/robots.txt").read_text() == "User-agent: *\nDisallow: /\n"
