"""Bytes over the wire, with gzip: of a listing of ten notes with formulas, and of the next page.

What is counted is a page with all that its head makes a browser fetch; the fonts of formulas are
counted apart.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from crawl import Site, build, copy_of_this_site, elements

FIRST_VISIT = 30_000
NEXT_PAGE = 15_000
FONTS = 50_000  # the two that every formula needs
FETCHED = {"stylesheet", "icon", "preload"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = copy_of_this_site(tmp_path_factory.mktemp("weight") / "site")
    return build(root, "https://example.org/")


def weight(*files: Path) -> int:
    """Style sheets, scripts and pages are compressed; fonts are already."""
    return sum(
        len(content if file.suffix == ".woff2" else gzip.compress(content, 6))
        for file in files
        for content in [file.read_bytes()]
    )


def fetched(site: Site, page: Path) -> set[Path]:
    """What the page's head makes a browser fetch, and the images of the page itself."""
    urls = set()
    for name, attributes, _ in elements(page):
        if name == "link" and FETCHED & set(attributes.get("rel", "").split()):
            urls.add(attributes["href"])
        elif name in ("script", "img") and "src" in attributes:
            urls.add(attributes["src"])
    found = {site.file(urljoin(site.url(page), url)) for url in urls}
    assert None not in found
    return {file for file in found if file}


def listed(site: Site, page: Path) -> list[Path]:
    """The notes of a listing."""
    urls = re.findall(r'<article class="entry.*?<a href="([^"]+)"', page.read_text("utf-8"), re.S)
    files = [site.file(urldefrag(urljoin(site.url(page), url))[0]) for url in urls]
    return [file for file in files if file]


def test_the_listing_is_of_ten_notes_with_formulas(site: Site) -> None:
    home = site.folder / "index.html"
    assert len(listed(site, home)) == 10
    assert 'class="katex"' in home.read_text("utf-8")


def test_a_first_visit_is_light(site: Site) -> None:
    home = site.folder / "index.html"
    files = fetched(site, home)
    fonts = {file for file in files if file.suffix == ".woff2"}
    assert len(fonts) == 2
    assert weight(home, *(files - fonts)) <= FIRST_VISIT
    assert weight(*fonts) <= FONTS


def test_the_page_after_it_is_lighter(site: Site) -> None:
    home = site.folder / "index.html"
    known = fetched(site, home)
    following = [site.folder / "page" / "2" / "index.html", *listed(site, home)]
    heavy = {file.parent.name: weight(file, *(fetched(site, file) - known)) for file in following}
    assert {name: size for name, size in heavy.items() if size > NEXT_PAGE} == {}
