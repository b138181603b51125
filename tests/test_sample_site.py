"""This repository's own site: each link leads somewhere, and it is the same wherever built."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest
from crawl import Site, broken, build, copy_of_this_site, elements, ids, reached

BASE_URLS = ["https://example.org/", "https://example.org/repo/"]


@pytest.fixture(scope="module", params=BASE_URLS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = copy_of_this_site(tmp_path_factory.mktemp("sample") / "site")
    return build(root, request.param, "--strict")


def test_every_link_leads_to_a_file_or_an_id_below_the_base_path(site: Site) -> None:
    assert len(site.pages()) > 20
    assert broken(site) == []


def test_every_page_can_be_reached_from_the_home_page(site: Site) -> None:
    alone = {file for file in site.pages() if is_redirect(file)} | {site.folder / "404.html"}
    assert set(site.pages()) - reached(site) - alone == set()


def is_redirect(file: Path) -> bool:
    return any(tag == "meta" and "http-equiv" in a for tag, a, _ in elements(file))


def test_no_page_has_an_id_twice(site: Site) -> None:
    twice = {file: i for file in site.pages() for i in ids(file) if ids(file).count(i) > 1}
    assert twice == {}


def test_a_page_links_the_style_of_math_exactly_when_it_shows_a_formula(site: Site) -> None:
    def has_formula(file: Path) -> bool:
        return any("katex" in a.get("class", "").split() for _, a, _ in elements(file))

    def has_style(file: Path) -> bool:
        hrefs = [a.get("href", "") for tag, a, _ in elements(file) if tag == "link"]
        return any("/katex." in href for href in hrefs)

    with_formula = {file for file in site.pages() if has_formula(file)}
    assert with_formula == {file for file in site.pages() if has_style(file)}
    assert site.folder / "index.html" in with_formula
    assert site.folder / "404.html" not in with_formula


def test_no_formula_of_the_sample_site_is_refused(site: Site) -> None:
    for file in site.pages():
        assert "math-error" not in " ".join(a.get("class", "") for _, a, _ in elements(file)), file


# --- The crawler can fail ------------------------------------------------------------------------

WORKING = {
    "index.html": '<a href="/repo/a/#x">a</a> <a href="https://elsewhere.org/">out</a>',
    "a/index.html": '<p id="x"><img src="../a.svg" srcset="../a.svg 1x, /repo/a.svg 2x"></p>',
    "a.svg": "<svg></svg>",
    "a.css": "p { background: url(a.svg) }",
}

BROKEN = {
    "a page that is not there": ("index.html", '<a href="/repo/b/">'),
    "a folder without its slash": ("index.html", '<a href="/repo/a">'),
    "an id that is not there": ("index.html", '<a href="a/#y">'),
    "an id of the same page": ("index.html", '<a href="#y">'),
    "outside the base path": ("index.html", '<a href="/a/">'),
    "the whole address of a page that is not there": (
        "index.html",
        '<link rel="canonical" href="https://example.org/repo/b/">',
    ),
    "an image that is not there": ("index.html", '<img src="b.svg">'),
    "an image of a set": ("index.html", '<img src="a.svg" srcset="a.svg 1x, b.svg 2x">'),
    "an image of another host": ("index.html", '<img src="https://elsewhere.org/a.svg">'),
    "an image of another host without a scheme": ("index.html", '<img src="//elsewhere.org/a">'),
    "a script of another host": ("index.html", '<script src="https://elsewhere.org/a.js"></script>'),
    "a style sheet of another host": (
        "index.html",
        '<link rel="stylesheet" href="https://elsewhere.org/a.css">',
    ),
    "a connection to another host": (
        "index.html",
        '<link rel="preconnect" href="https://elsewhere.org/">',
    ),
    "a font in CSS": ("a.css", "@font-face { src: url('b.woff2') }"),
    "a font in CSS of another host": ("a.css", 'p { cursor: url("https://elsewhere.org/f") }'),
    "an import in CSS": ("a.css", '@import "https://elsewhere.org/a.css";'),
    "a URL in a style element": ("index.html", "<style>p { background: url(b.svg) }</style>"),
    "a URL in a style attribute": ("index.html", '<p style="background: url(b.svg)">'),
    "a redirect": ("index.html", '<meta http-equiv="refresh" content="0; url=/repo/b/">'),
}  # fmt: skip


def written(folder: Path, files: dict[str, str]) -> Site:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Site(folder, "https://example.org/repo/")


def test_the_crawler_has_nothing_against_a_working_site(tmp_path: Path) -> None:
    assert broken(written(tmp_path, WORKING)) == []


@pytest.mark.parametrize(("file", "text"), BROKEN.values(), ids=BROKEN.keys())
def test_the_crawler_finds(file: str, text: str, tmp_path: Path) -> None:
    assert len(broken(written(tmp_path, WORKING | {file: text}))) == 1


# --- The same bytes ------------------------------------------------------------------------------

# Runs notesite with directories listed in another order than the file system gives.
SHUFFLED = """
import os, random, runpy, sys
dice, listdir, scandir = random.Random(7), os.listdir, os.scandir
def shuffled(names):
    names = sorted(names, key=str)
    dice.shuffle(names)
    return names
class Scan:
    def __init__(self, *where):
        with scandir(*where) as entries:
            self.entries = iter(shuffled_entries(entries))
    def __iter__(self): return self
    def __next__(self): return next(self.entries)
    def __enter__(self): return self
    def __exit__(self, *error): return None
    def close(self): return None
def shuffled_entries(entries):
    entries = sorted(entries, key=lambda entry: entry.name)
    dice.shuffle(entries)
    return entries
os.listdir = lambda *where: shuffled(listdir(*where))
os.scandir = Scan
sys.argv[0] = "notesite"
runpy.run_module("notesite", run_name="__main__")
"""


def test_a_site_is_the_same_wherever_it_is_built(tmp_path: Path) -> None:
    here = copy_of_this_site(tmp_path / "here")
    there = copy_of_this_site(tmp_path / "an other place/日本語")
    one = build(here, BASE_URLS[1], PYTHONHASHSEED="0", LC_ALL="C", TZ="UTC")
    old = os.umask(0o077)
    try:
        other = build(
            there, BASE_URLS[1], program=("-c", SHUFFLED),
            PYTHONHASHSEED="1", LC_ALL="tr_TR.UTF-8", LANG="ja_JP.UTF-8", TZ="Asia/Tokyo",
        )  # fmt: skip
    finally:
        os.umask(old)
    assert len(digests(one)) > 40
    assert digests(one) == digests(other)


def digests(site: Site) -> dict[str, tuple[str, int]]:
    """Digest and mode of each file; the dot folder is the record of the build, not the site."""
    return {
        file.relative_to(site.folder).as_posix(): (
            hashlib.sha256(file.read_bytes()).hexdigest(),
            stat.S_IMODE(file.stat().st_mode),
        )
        for file in site.folder.rglob("*")
        if file.is_file() and site.folder / ".notesite" not in file.parents
    }


def test_another_address_gives_other_pages(tmp_path: Path) -> None:
    """The control of the test above: it sees differences."""
    root = copy_of_this_site(tmp_path / "site")
    one = digests(build(root, BASE_URLS[0]))
    assert one != digests(build(root, BASE_URLS[1]))
