"""Images: their size is in every page, so that nothing moves when they come; those further down are
loaded later."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from histories import built, clean, tree
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from serving import write

from notesite import pictures
from notesite.report import Report

SETTINGS = "title: S\nbase_url: https://example.org/repo/\n"
FORMATS = ["png", "jpg", "gif", "webp", "avif", "bmp"]
TURNED = 6  # EXIF: to be turned by a quarter


def image(suffix: str, width: int = 40, height: int = 20, turned: int = 0, **saving: Any) -> bytes:
    """An image in which no two rows and columns are alike."""
    made = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    file = BytesIO()
    kind = {"jpg": "jpeg"}.get(suffix, suffix)
    if turned:
        exif = Image.Exif()
        exif[0x0112] = turned
        saving["exif"] = exif
    made.save(file, kind, **saving)
    return file.getvalue()


# --- sizes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_size_of_an_image_is_in_its_header(suffix: str) -> None:
    assert pictures.size(image(suffix), f"x.{suffix}") == (40, 20)


def test_an_image_that_is_shown_turned_has_the_size_that_is_shown() -> None:
    assert pictures.size(image("jpg", turned=TURNED), "x.jpg") == (20, 40)


SVG = {
    '<svg width="40" height="20">': (40, 20),
    "<svg width='40px' height='1in'>": (40, 96),
    '<?xml version="1.0"?>\n<!-- <svg width="1"> --><svg viewBox="0 0 40 20">': (40, 20),
    '<svg width="80" viewBox="0 0 40 20">': (80, 40),
    '<svg height="10" viewBox="0,0,40,20"><rect width="5"/>': (20, 10),
    '<svg width="100%" height="5em" viewBox="-1 -1 40.4 20">': (40, 20),
    '<svg:svg width="3" height="2">': (3, 2),
    '<svg data-a="a>b" width="3" height="2">': (3, 2),
    '<svg><rect width="5" height="6"/></svg>': (0, 0),
    '<svg stroke-width="2" height="3">': (0, 0),
    '<svg viewBox="0 0 0 0">': (0, 0),
    "": (0, 0),
}


@pytest.mark.parametrize("text", SVG)
def test_the_size_of_a_drawing_is_that_of_its_first_tag(text: str) -> None:
    assert pictures.size(text.encode(), "x.svg") == SVG[text]


@given(st.binary(max_size=200), st.sampled_from([*FORMATS, "svg"]), st.integers(0, 200))
def test_no_content_stops_a_build(junk: bytes, suffix: str, kept: int) -> None:
    content = junk if suffix == "svg" else image(suffix)[:kept] + junk
    width, height = pictures.size(content, f"x.{suffix}")
    assert (width > 0) == (height > 0)


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Path:
    files: dict[str, str | bytes] = {
        "notesite.yaml": SETTINGS,
        "notes/a.png": image("png"),
        "notes/deep/b.jpg": image("jpg", 30, 30),
        "notes/broken.png": b"no image",
        "static/s.gif": image("gif", 7, 9),
    }
    return write(tmp_path / "site", files)


def tags(site: Path, text: str) -> tuple[list[str], Report]:
    write(site, {"notes/n.md": f"---\ntitle: N\n---\n\n{text}\n"})
    report = built(site, explain=True)
    page = (site / "public/n/index.html").read_text("utf-8")
    return re.findall(r"<img(?:[^<>\"]|\"[^\"]*\")*>", page), report


SIZED = {
    "![x](a.png)": 'src="/repo/a.png" width="40" height="20" alt="x"',
    "![x](/s.gif)": 'src="/repo/s.gif" width="7" height="9" alt="x"',
    "![x](a.png){width=20}": 'src="/repo/a.png" width="20" height="10" alt="x"',
    "![x](a.png){height=10}": 'src="/repo/a.png" width="20" height="10" alt="x"',
    "![x](a.png){width=9 height=9}": 'src="/repo/a.png" width="9" height="9" alt="x"',
    "![[a.png|300]]": 'src="/repo/a.png" width="300" height="150" alt="a"',
    "![[a.png|300x20]]": 'src="/repo/a.png" width="300" height="20" alt="a"',
    "![[b.jpg]]": 'src="/repo/deep/b.jpg" width="30" height="30" alt="b"',
    "![x](a.png?v=1 'title')": 'src="/repo/a.png?v=1" width="40" height="20" alt="x" title="title"',
    "![x](broken.png)": 'src="/repo/broken.png" alt="x"',
    "![x](gone.png)": 'src="gone.png" alt="x"',
    "![x](https://example.org/a.png)": 'src="https://example.org/a.png" alt="x"',
    "<img src='a.png' alt=''>": 'src="/repo/a.png" width="40" height="20" alt=\'\'',
    '<img width="50%" src="a.png"/>': 'src="/repo/a.png" width="50%"',
}


@pytest.mark.parametrize("text", SIZED)
def test_an_image_says_its_size_and_keeps_its_ratio(text: str, site: Path) -> None:
    assert tags(site, text)[0] == [f"<img {SIZED[text]}>"]


def test_all_images_but_the_first_are_loaded_when_they_come_near(site: Path) -> None:
    text = "![1](a.png)\n\n![2](a.png)\n\n<img src='a.png'> ![4](a.png){loading=eager}"
    later = [re.findall(r'(loading|decoding)="(\w+)"', tag) for tag in tags(site, text)[0]]
    lazy = [("loading", "lazy"), ("decoding", "async")]
    assert later == [[], lazy, lazy, [("loading", "eager"), ("decoding", "async")]]


def test_a_thumbnail_has_a_size_too(site: Path) -> None:
    write(site, {"notes/n.md": "---\ntitle: N\nimage: a.png\n---\n\nText.\n"})
    built(site)
    home = (site / "public/index.html").read_text("utf-8")
    assert 'src="/repo/a.png" alt="" width="40" height="20" loading="lazy"' in home


# --- memory ---------------------------------------------------------------------------------------


def test_a_size_is_read_once(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tags(site, "![x](a.png)")
    monkeypatch.setattr(pictures, "size", lambda *rest: pytest.fail("an image was read again"))
    assert tags(site, "![x](a.png) more")[0] == [
        '<img src="/repo/a.png" width="40" height="20" alt="x">'
    ]


def test_an_edit_of_an_image_makes_the_page_that_shows_it_anew(site: Path, tmp_path: Path) -> None:
    tags(site, "![x](a.png)")
    write(site, {"notes/a.png": image("png", 50, 20)})
    report = built(site, explain=True)
    assert sorted(line.partition(":")[0] for line in report.made) == ["a.png", "n/index.html"]
    assert 'width="50" height="20"' in (site / "public/n/index.html").read_text("utf-8")
    assert tree(site / "public") == clean(site, tmp_path / "elsewhere" / "site")[1]
