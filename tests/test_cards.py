"""Share cards: drawn for notes without an image, with a font of the site that has all letters."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from histories import built
from hypothesis import given
from hypothesis import strategies as st
from library import note
from PIL import Image, ImageFont
from rendering import BASE

from notesite import cards
from notesite.model import Drawn, Font

LETTERS = "abcdefghijklmnopqrstuvwxyzAN 0123456789.…題名、。"


def font_file(path: Path) -> Path:
    """A font in which every letter of LETTERS is a box, and nothing else is anything."""
    names = {ord(c): f"u{ord(c):04X}" for c in LETTERS}
    pen = TTGlyphPen(None)
    for point, move in (((100, 0), pen.moveTo), ((100, 700), pen.lineTo), ((500, 700), pen.lineTo)):
        move(point)
    pen.closePath()
    box = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys([".notdef", *names.values()], box))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (600, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    builder.save(path)
    return path


@pytest.fixture(scope="module")
def font(tmp_path_factory: pytest.TempPathFactory) -> Font:
    file = font_file(tmp_path_factory.mktemp("font") / "boxes.ttf")
    return Font(str(file), b"digest", frozenset(cards.read_letters(str(file))))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "notesite.yaml").write_text(
        f"title: a site\nlanguage: en\nbase_url: {BASE}\ncards: {{font: fonts/boxes.ttf}}\n"
    )
    font_file(tmp_path / "static/fonts/boxes.ttf")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/a.md").write_text(note("a note", "some text."), "utf-8")
    return tmp_path


def head(site: Path, name: str) -> str:
    return (site / f"public/{name}/index.html").read_text("utf-8").partition("<body")[0]


def test_a_note_has_a_card_of_the_size_that_previews_ask_for(site: Path) -> None:
    report = built(site)
    assert report.published
    assert not report.problems
    with Image.open(site / "public/cards/a.png") as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert f'<meta property="og:image" content="{BASE}cards/a.png">' in head(site, "a")
    assert '"image":"https://example.org/repo/cards/a.png"' in head(site, "a")


def test_the_image_of_a_note_is_its_card(site: Path) -> None:
    (site / "notes/a.md").write_text(note("a note", "text", image="https://example.com/i.png"))
    built(site)
    assert not (site / "public/cards").exists()
    assert 'content="https://example.com/i.png"' in head(site, "a")


@pytest.mark.parametrize("letter", ["Z", "😀", "é", "語"])
def test_a_letter_that_the_font_lacks_means_no_card_and_a_warning(letter: str, site: Path) -> None:
    (site / "notes/a.md").write_text(note(f"a {letter}", "text"), "utf-8")
    report = built(site)
    (problem,) = report.problems
    assert problem.level == "warning"
    assert str(problem.location) == "notes/a.md"
    assert f"`{letter}` (U+{ord(letter):04X}) cannot be drawn" in problem.message
    assert not (site / "public/cards").exists()
    assert "og:image" not in head(site, "a")


def test_scripts_whose_letters_join_are_not_drawn_wrongly() -> None:
    every = Font("", b"", frozenset(range(0x110000)))
    assert cards.undrawable("سلام", every) == "س"
    assert cards.undrawable("हिन्दी", every) == "ि"
    assert cards.undrawable("שלום", every) == "ש"
    assert cards.undrawable(cards.plain("パリ, caf\u0065\u0301 — 題名"), every) == ""


def test_what_has_no_shape_is_not_missed(font: Font) -> None:
    assert cards.undrawable(cards.plain("a\u200d\ufe0f\tb\n c\x7f"), font) == ""
    assert cards.plain("a\u200d\ufe0f\tb\n c\x7f") == "a b c"


def test_a_card_is_drawn_again_when_what_it_shows_changes_and_only_then(site: Path) -> None:
    def made(body: str) -> list[str]:
        (site / "notes/a.md").write_text(note("a note", body), "utf-8")
        files = [line.partition(":")[0] for line in built(site, explain=True).made]
        return [file for file in files if not file.startswith("search/")]

    text = "text. " * 100
    made(text + "\n\nend.")
    before = (site / "public/cards/a.png").read_bytes()
    assert made(text + "\n\nthe end.") == ["a/index.html"]
    assert "cards/a.png" in made("new text.")
    assert (site / "public/cards/a.png").read_bytes() != before
    made(text + "\n\nend.")
    assert (site / "public/cards/a.png").read_bytes() == before


def test_a_font_that_is_not_there_or_none_is_an_error_of_the_settings(site: Path) -> None:
    file = site / "static/fonts/boxes.ttf"
    file.write_text("no font")
    (problem,) = built(site).problems
    assert (problem.level, problem.frame) == ("error", True)
    assert "static/fonts/boxes.ttf is no font" in problem.message
    file.unlink()
    (problem,) = built(site).problems
    assert "there is no font static/fonts/boxes.ttf" in problem.message


def test_without_the_libraries_the_error_says_how_to_install_them(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", absent)
    report = built(site)
    (problem,) = report.problems
    assert not report.published
    assert problem.level == "error"
    assert 'pip install "notesite[cards]"' in problem.hint


def test_the_same_words_give_the_same_bytes(font: Font) -> None:
    card = Drawn("a note", "some text, 題名。", "a site", font)
    once = cards.draw(card)
    assert cards.draw(card) == once
    assert cards.draw(Drawn("another", "some text, 題名。", "a site", font)) != once


@given(st.text(LETTERS, max_size=300), st.integers(1, 4))
def test_no_line_is_too_wide_and_no_word_is_lost(text: str, most: int) -> None:
    wide = ImageFont.load_default(20)
    assert isinstance(wide, ImageFont.FreeTypeFont)
    text = cards.plain(text)
    lines = list(cards._lines(text, wide, 300, most))
    assert len(lines) <= most
    shown = "".join(lines).replace(" ", "")
    if shown.endswith("..."):
        assert text.replace(" ", "").startswith(shown.removesuffix("..."))
    else:
        assert shown == text.replace(" ", "")
