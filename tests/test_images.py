"""Images: their size is in every page, so that nothing moves when they come; those further down are
loaded later."""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from histories import TODAY, built, clean, tree
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from serving import served, write

from notesite import pictures, resizing
from notesite.build import build
from notesite.cli import main
from notesite.report import Options, Report

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


# --- smaller images -------------------------------------------------------------------------------

PHOTO: dict[str, Any] = {"width": 1600, "height": 800}


@pytest.fixture
def gallery(site: Path) -> Path:
    write(site, {"notesite.yaml": SETTINGS + "images: {resize: true}\n"})
    return write(site, {"notes/p.jpg": image("jpg", **PHOTO)})


def smaller(site: Path) -> dict[str, Image.Image]:
    """The smaller images that were published, by path."""
    return {
        path: Image.open(BytesIO(content))
        for path, content in tree(site / "public").items()
        if re.search(r"\.[0-9a-f]{8}-\d+\.webp$", path)
    }


def test_a_browser_can_choose_among_smaller_ones(gallery: Path) -> None:
    [tag], report = tags(gallery, "![x](p.jpg)")
    assert report.problems == ()
    srcset = re.search(r'srcset="([^"]*)"', tag)
    assert srcset
    listed = dict(each.split(" ") for each in srcset[1].split(", "))
    assert list(listed.values()) == ["480w", "960w", "1440w"]
    made = smaller(gallery)
    assert {f"/repo/{path}" for path in made} == set(listed)
    sizes = {f"{each.width}w": (each.format, each.size) for each in made.values()}
    assert sizes == {
        "480w": ("WEBP", (480, 240)),
        "960w": ("WEBP", (960, 480)),
        "1440w": ("WEBP", (1440, 720)),
    }
    assert 'src="/repo/p.jpg" width="1600" height="800"' in tag
    assert 'sizes="(max-width: 640px) 100vw, 640px"' in tag
    assert 'sizes="(max-width: 300px) 100vw, 300px"' in tags(gallery, "![[p.jpg|300]]")[0][0]


def test_a_small_image_is_only_given_in_the_other_format(gallery: Path) -> None:
    tags(gallery, "![x](a.png)")
    assert [each.size for each in smaller(gallery).values()] == [(40, 20)]


def test_images_that_no_note_shows_are_not_made_smaller(gallery: Path) -> None:
    tags(gallery, "[link](p.jpg)")
    assert smaller(gallery) == {}


def test_a_smaller_one_is_turned_and_says_nothing_of_where_it_was_taken(gallery: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = TURNED
    exif[0x010F] = "a camera"
    write(gallery, {"notes/p.jpg": image("jpg", **PHOTO, exif=exif, comment=b"secret")})
    [tag], _ = tags(gallery, "![x](p.jpg)")
    assert 'width="800" height="1600"' in tag
    made = smaller(gallery)
    assert sorted(each.size for each in made.values()) == [(480, 960), (800, 1600)]
    for path, each in made.items():
        assert dict(each.getexif()) == {}
        content = (gallery / "public" / path).read_bytes()
        assert not any(word in content for word in (b"camera", b"secret", b"EXIF", b"XMP"))


def test_a_thumbnail_is_a_small_one(gallery: Path) -> None:
    write(gallery, {"notes/n.md": "---\ntitle: N\nimage: p.jpg\n---\n\nText.\n"})
    built(gallery)
    home = (gallery / "public/index.html").read_text("utf-8")
    assert re.search(r'src="/repo/p\.jpg\.[0-9a-f]{8}-480\.webp" alt="" width="1600"', home)


def test_what_moves_is_left_alone(gallery: Path) -> None:
    frames = [Image.new("RGB", (600, 300), color) for color in ("red", "blue")]
    for suffix in ("gif", "webp"):
        file = BytesIO()
        frames[0].save(file, suffix, save_all=True, append_images=frames[1:])
        write(gallery, {f"notes/m.{suffix}": file.getvalue()})
    shown, report = tags(gallery, "![x](m.gif) ![y](m.webp)")
    assert report.problems == ()
    assert not any("srcset" in tag for tag in shown)
    assert smaller(gallery) == {}


def test_an_image_that_would_fill_the_memory_is_not_opened(gallery: Path) -> None:
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (50_000).to_bytes(4, "big") * 2 + b"\x08\2\0\0\0"
    write(gallery, {"notes/bomb.png": header})
    [tag], report = tags(gallery, "![x](bomb.png)")
    [problem] = report.problems
    assert str(problem.location) == "notes/bomb.png"
    assert problem.message == "this image has 2500 million pixels"
    assert tag == '<img src="/repo/bomb.png" width="50000" height="50000" alt="x">'


def test_an_image_that_cannot_be_read_is_a_warning_at_each_build(
    gallery: Path, tmp_path: Path
) -> None:
    write(gallery, {"notes/p.jpg": image("jpg", **PHOTO)[:1000]})
    [tag], report = tags(gallery, "![x](p.jpg)")
    assert report.published
    [problem] = report.problems
    assert problem.level == "warning"
    assert problem.message == "this image is damaged, or of a kind that Pillow does not know"
    assert tag == '<img src="/repo/p.jpg" width="1600" height="800" alt="x">'
    assert tags(gallery, "![x](p.jpg) more")[1].problems == report.problems
    assert tree(gallery / "public") == clean(gallery, tmp_path / "elsewhere" / "site")[1]


def test_without_pillow_it_says_how_to_install_it(
    gallery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(gallery, {"notes/n.md": "![x](p.jpg)\n"})
    monkeypatch.setattr(resizing, "find_spec", lambda name: None)
    report = built(gallery)
    [problem] = report.problems
    assert (problem.level, problem.frame) == ("error", True)
    assert problem.hint == "install it: pip install 'notesite[images]'"
    assert not report.published


def test_the_same_images_give_the_same_bytes_with_any_number_of_jobs(gallery: Path) -> None:
    write(gallery, {"notes/q.png": image("png", **PHOTO), "notes/n.md": "![x](p.jpg) ![y](q.png)"})
    made = []
    for jobs in (1, 2):
        output = gallery / f"public{jobs}"
        resizing.clean(gallery)
        options = Options(jobs=jobs, force=True)
        assert build(gallery, output=output, options=options, today=lambda config: TODAY).published
        made.append(tree(output))
    assert made[0] == made[1]
    assert sum(path.endswith(".webp") for path in made[0]) == 6


def test_they_are_made_once_and_go_with_what_they_were_made_of(
    gallery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags(gallery, "![x](p.jpg)")
    before = set(smaller(gallery))
    with monkeypatch.context() as patch:
        patch.setattr(resizing, "_made", lambda *rest: pytest.fail("it was made again"))
        shutil.rmtree(gallery / "public")
        tags(gallery, "![x](p.jpg) more")
    assert set(smaller(gallery)) == before
    write(gallery, {"notes/p.jpg": image("jpg", 1600, 900)})
    built(gallery)
    assert not before & set(smaller(gallery))
    assert len(list((gallery / ".notesite/images").iterdir())) == 3
    assert tree(gallery / "public") == clean(gallery, tmp_path / "elsewhere" / "site")[1]
    assert main(["-C", str(gallery), "-q", "clean"]) == 0
    assert not (gallery / ".notesite").exists()


def test_serve_makes_them_when_they_are_asked_for(gallery: Path) -> None:
    write(gallery, {"notes/n.md": "![x](p.jpg)\n"})
    with served(gallery) as live:
        found = re.search(r"/repo/p\.jpg\.[0-9a-f]{8}-480\.webp", live.get("/repo/n/").text)
        assert found
        assert not (gallery / ".notesite/images").exists()
        answer = live.get(found[0])
        assert answer.headers["content-type"] == "image/webp"
        assert Image.open(BytesIO(answer.body)).size == (480, 240)
        assert len(list((gallery / ".notesite/images").iterdir())) == 1
