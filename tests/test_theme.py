"""The packaged theme: its templates, its words in every language, its colours, its weight."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
import pytest
import yaml
from jinja2 import Environment

from notesite.config import Config
from notesite.markdown.highlight_css import css
from notesite.model import (
    Archive,
    Archived,
    Backlink,
    Card,
    Heading,
    Hop,
    Html,
    Link,
    Node,
    Page,
    Pagination,
    Section,
    Series,
    Site,
    SiteMap,
    Stored,
    Taxonomy,
    Term,
    Text,
    Theme,
)
from notesite.render import environment

THEME = Path(__file__).resolve().parent.parent / "src" / "notesite" / "theme"
TEMPLATES = {
    path.relative_to(THEME / "templates").as_posix(): path.read_text("utf-8")
    for path in sorted((THEME / "templates").rglob("*.html"))
}
STRINGS: dict[str, dict[str, Any]] = {
    path.stem: {"language": path.stem} | yaml.safe_load(path.read_text("utf-8"))
    for path in sorted((THEME / "i18n").glob("*.yaml"))
}
STYLE = (THEME / "static" / "site.css").read_text("utf-8")
CODE = (THEME / "static" / "code.css").read_text("utf-8")
LINKS = (THEME / "static" / "links.css").read_text("utf-8")
SCRIPTS = [(THEME / "static" / name).read_text("utf-8") for name in ("theme.js", "toc.js")]

# Read by the program, not by a template: the filters, and the titles of generated pages.
READ_ELSEWHERE = {
    "date_format", "reading_seconds", "reading_minutes", "categories", "tags", "series",
    "archive", "not_found", "home", "language_name", "language", "map", "notes_count",
}  # fmt: skip
ASSETS = (
    "site.css", "theme.js", "toc.js", "code.css", "code.js", "katex.css", "links.css", "favicon",
    "search.js", "search.css",
    "fonts/KaTeX_Main-Regular.woff2", "fonts/KaTeX_Math-Italic.woff2",
)  # fmt: skip
EVERY_PAGE = sorted(name for name in TEMPLATES if "/" not in name and name != "base.html")
LIMIT = 30_000  # bytes of style and script (SPEC 10) of a page without formulas and code


# --- a small site, by hand ------------------------------------------------------------------------


def stored(html: str) -> Stored:
    return Stored(html.encode())


def pieces(stored: Stored) -> tuple[str, ...]:
    return (stored.digest.decode(),)


def card(**changes: Any) -> Card:
    values: dict[str, Any] = {
        "title": "KL<b>", "title_html": Html(("KL&lt;b&gt;",)), "url": "/posts/kl/",
        "date": date(2022, 6, 30), "updated": None, "excerpt": stored("<p>二つの分布の差</p>"),
        "excerpt_text": "", "reading_time": 20, "tags": (Link("情報<理論>", "/tags/情報理論/"),),
        "categories": (), "lang": "ja", "pinned": False, "weight": None, "author": "",
        "image": "", "math": False,
    }  # fmt: skip
    return Card(**(values | changes))


def archived() -> Archived:
    shown = card()
    return Archived(shown.title_html, shown.url, shown.date, shown.lang)


def page(*headings: tuple[int, str], **changes: Any) -> Page:
    values: dict[str, Any] = {
        "card": card(), "html": stored("<p>本文</p>"), "description": "", "breadcrumbs": (),
        "section": "/posts/", "series": (Series("基礎", "/series/x/", (Link("a", "/a/"),) * 3, 2),),
        "template": None, "toc": True, "math": False, "path": "posts/kl.md",
        "headings": tuple(
            Heading(level, f"h{n}", Text((text,))) for n, (level, text) in enumerate(headings)
        ),
    }  # fmt: skip
    return Page(**(values | changes))


def jinja(config: Config | None = None, own: Mapping[str, str] | None = None) -> Environment:
    """The theme's templates; those of a site, `own`, stand before them."""
    texts = (
        {"theme/" + name: text for name, text in TEMPLATES.items()} | TEMPLATES | dict(own or {})
    )
    theme = Theme(texts, {name: name for name in texts}, (), (), STRINGS)
    return environment(theme, config or Config(title="ノート", language="ja"), pieces)


def render(name: str, env: Environment | None = None, lang: str = "ja", **names: Any) -> str:
    term = Term("情報<理論>", "x", "/tags/x/", 2)
    below = (Link("下", "/posts/x/"),)
    section = Section("Posts", "/posts/", Stored(), below, (), "", None)
    context: dict[str, Any] = {
        "site": Site("ノート", "説明 & 引用", "", "ja", ""), "menu": (Link("<タグ>", "/tags/"),),
        "assets": {name: f"/assets/{name}" for name in ASSETS},
        "search": "/search/",
        "t": STRINGS[lang], "lang": lang, "title": "題<名>", "url": "/x/",
        "math": False, "code": False,
        "description": 'a "quoted" <description>', "breadcrumbs": (Link("ホーム", "/"),),
        "page": page((2, "一"), (3, "二")), "previous": Link("<前>", "/p/"), "next": None,
        "related": (Link("<関連>", "/r/"),), "section": section, "term": term,
        "backlinks": (Backlink("<戻>", "/b/", stored("文 &amp; <em>x</em>")),),
        "twohop": (Hop("<語>", "", (Link("<隣>", "/n/"), Link("題", "/x/"))),),
        "links": (Link("<先>", "/l/"), Link("<戻>", "/b/")), "graph": True, "map_url": "/map/",
        "map": SiteMap((Node("<地>", "/m/", 3, True), Node("図", "/w/", 0, False)), ((0, 1),), 9),
        "taxonomy": Taxonomy("tags", "/tags/", (term,)), "taxonomies": (), "sections": (),
        "pagination": Pagination(2, 3, ((1, "/"), (2, "/page/2/"), None), "/", "/page/3/"),
        "listing": (card(), card(pinned=True, image="/i.png", author="佐藤", date=None)),
        "archive": [Archive(2022, 6, (archived(),)), Archive(2021, 12, (archived(),))],
        "target": "/new/", "versions": (), "feed": "/x/feed.xml", "feeds": (), "noindex": False,
        "image": "",
    }  # fmt: skip
    return (env or jinja()).get_template(name).render({**context, **names})


def element_text(html: str, name: str) -> str:
    found = re.search(rf"<{name}\b[^>]*>(.*?)</{name}>", html, re.S)
    assert found, f"no <{name}>"
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])).strip()


# --- templates ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_compiles(name: str) -> None:
    jinja().get_template(name)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_no_template_turns_escaping_off(name: str) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", TEMPLATES[name])


@pytest.mark.parametrize("lang", sorted(STRINGS))
@pytest.mark.parametrize("name", EVERY_PAGE)
def test_every_page_is_valid_html_with_its_data_escaped(name: str, lang: str) -> None:
    html = render(name, lang=lang)
    html5lib.HTMLParser(strict=True).parse(html)
    for raw in (
        "<b>",
        "<理論>",
        "<タグ>",
        "<名>",
        "<前>",
        "<関連>",
        "<先>",
        "<戻>",
        "<地>",
        "<description>",
    ):
        assert raw not in html


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_a_page_has_one_first_heading_and_skips_no_level(name: str) -> None:
    levels = [int(n) for n in re.findall(r"<h([1-6])\b", render(name))]
    if name == "redirect.html":
        return
    assert levels.count(1) == 1
    assert all(level <= before + 1 for before, level in pairwise(levels))


def test_a_page_without_a_base_url_has_no_canonical_link() -> None:
    assert "canonical" not in render("page.html")
    own = jinja(Config(title="ノート", base_url="https://example.org/repo/"))
    assert '<link rel="canonical" href="https://example.org/repo/x/">' in render("page.html", own)


def test_only_a_page_with_a_formula_links_the_style_sheet_of_katex() -> None:
    assert "katex.css" not in render("page.html")
    assert "katex.css" in render("page.html", math=True)


def test_only_a_page_with_a_block_of_code_loads_what_code_needs() -> None:
    for name in ("code.css", "code.js"):
        assert name not in render("page.html")
        assert name in render("page.html", code=True)


def test_only_a_page_with_contents_loads_the_script_that_follows_them() -> None:
    assert "toc.js" in render("page.html")
    assert "toc.js" not in render("page.html", page=page(toc=False))
    assert "toc.js" not in render("home.html")


def test_a_site_extends_the_page_that_it_replaces_and_fills_the_hooks() -> None:
    own = {
        "page.html": '{% extends "theme/page.html" %}'
        "{% block content %}own {{ super() }}{% endblock %}",
        "partials/head_extra.html": '<meta name="mine">',
        "partials/after_content.html": "<p>after</p>",
    }
    html = render("page.html", jinja(own=own))
    assert "own <div" in html
    assert html.index('<meta name="mine">') < html.index("</head>")
    assert html.index("本文") < html.index("<p>after</p>") < html.index("</main>")


# --- an entry of a listing ------------------------------------------------------------------------


def test_an_entry_says_when_it_was_written_and_how_long_it_takes() -> None:
    line = element_text(render("home.html", listing=(card(excerpt=Html()),)), "article")
    assert line == "KL&lt;b&gt; 📅 作成日 2022/6/30 · ☕ 読了時間 約20秒 情報&lt;理論&gt;"


def test_an_update_is_told_only_if_it_differs_as_printed() -> None:
    assert "📝" not in render("home.html", listing=(card(updated=date(2022, 6, 30)),))
    html = render("home.html", listing=(card(updated=date(2022, 7, 1)),))
    assert '<time datetime="2022-07-01">2022/7/1</time>' in html


def test_the_author_is_told_only_if_it_is_not_the_site_s() -> None:
    assert "✍️" not in render("home.html", listing=(card(),))
    assert "佐藤" in render("home.html", listing=(card(author="佐藤"),))


def test_an_entry_in_another_language_than_its_page_says_so() -> None:
    assert '<article class="entry" lang="ja">' in render("home.html", lang="en", listing=(card(),))
    assert '<article class="entry">' in render("home.html", listing=(card(),))


def test_a_pager_links_its_neighbours_and_marks_the_current_page() -> None:
    html = render("home.html")
    assert re.search(r'<a [^>]*rel="prev" href="/"', html)
    assert re.search(r'<a [^>]*rel="next" href="/page/3/"', html)
    assert '<a href="/page/2/" aria-current="page">2</a>' in html
    assert "<span" in html[html.index("…") - 20 : html.index("…")]
    assert "pager" not in render("home.html", pagination=None)


def test_an_introduction_stands_on_the_first_page_only() -> None:
    term = Term("x", "x", "/x/", 1, stored("<p>序</p>"))
    assert "序" not in render("term.html", term=term)
    assert "序" in render("term.html", term=term, pagination=None)


def test_the_archive_is_offered_once_where_nothing_is_found() -> None:
    archive = Link("Archive", "/archive/")
    for menu in ((), (archive,)):
        html = render("404.html", menu=menu)
        main = html[html.index("<main") : html.index("</main>")]
        assert main.count('href="/archive/"') == 1


# --- contents -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([2, 2], "[0][1]"),
        ([2, 3, 3, 2], "[0[1][2]][3]"),
        ([3, 3, 2, 3], "[0][1][2[3]]"),
        ([3], "[0]"),
        ([2, 3], "[0[1]]"),
        ([1, 2, 4, 3, 6, 2], "[1[3]][5]"),
        ([4], ""),
        ([], ""),
    ],
)
def test_contents_are_a_nested_list_whatever_the_levels(levels: list[int], expected: str) -> None:
    headings = [(level, str(n)) for n, level in enumerate(levels)]
    html = render("page.html", page=page(*headings))
    html5lib.HTMLParser(strict=True).parse(html)
    toc = re.search(r'<nav class="toc".*?</nav>', html, re.S)
    inside = re.sub(r"<p.*?</p>", "", toc[0], flags=re.S) if toc else ""
    shape = inside.replace("<li>", "[").replace("</li>", "]")
    assert re.sub(r"<[^>]*>|\s", "", shape) == expected


def test_a_note_may_do_without_contents() -> None:
    assert 'class="toc"' not in render("page.html", page=page((2, "一"), toc=False))


# --- words ----------------------------------------------------------------------------------------


def test_every_language_has_the_same_words() -> None:
    assert {"en", "ja"} <= STRINGS.keys()
    for strings in STRINGS.values():
        assert list(strings) == list(STRINGS["en"])
        assert all(strings.values())
        assert len(strings["months"]) == 12


def test_every_word_that_a_template_asks_for_exists_and_every_other_is_read_elsewhere() -> None:
    used = set(re.findall(r"""\bt(?:\.|\[["'])([a-z_]+)""", "".join(TEMPLATES.values())))
    assert used - STRINGS["en"].keys() == set()
    assert STRINGS["en"].keys() - used - READ_ELSEWHERE == set()


def test_every_language_fills_in_the_same_names() -> None:
    def names(value: object) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", str(value)))

    for strings in STRINGS.values():
        for key, value in strings.items():
            assert names(value) == names(STRINGS["en"][key]), key


# --- style ----------------------------------------------------------------------------------------


def palette() -> dict[str, tuple[str, str]]:
    """Custom property -> its colour in light and dark."""
    found = re.findall(r"--([a-z]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", STYLE)
    return {name: (light, dark) for name, light, dark in found}


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances."""

    def luminance(colour: str) -> float:
        channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "well"])
@pytest.mark.parametrize("text", ["ink", "muted", "accent", "good", "warn", "bad"])
def test_text_can_be_read_on_every_ground(text: str, ground: str, scheme: int) -> None:
    colours = palette()
    assert contrast(colours[text][scheme], colours[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_marked_text_can_be_read(scheme: int) -> None:
    colours = palette()
    assert contrast(colours["ink"][scheme], colours["marker"][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_code_can_be_read_on_marked_lines_and_in_diffs(scheme: int) -> None:
    style = Config().highlight
    day, night = (
        css(style.light, style.dark).split("@media")[0].split("\n:root[data-theme=dark]", 1)
    )
    colours = set(re.findall(r"[{;] color: (#[0-9a-f]{6})", (day, night)[scheme]))
    grounds = re.findall(
        r"(?:--line|\.(?:ins|del) .*?background): light-dark\((.*?), (.*?)\)", STYLE + CODE
    )
    assert len(grounds) == 3
    assert len(colours) > 5
    for ground in grounds:
        assert min(contrast(colour, ground[scheme]) for colour in colours) >= 4.5, ground


def test_the_contrast_formula_agrees_with_wcag_s_examples() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_style_and_script_are_light() -> None:
    assert sum(len(text.encode()) for text in (STYLE, LINKS, *SCRIPTS)) < LIMIT


def test_every_custom_property_that_is_used_is_defined() -> None:
    footnotes = {"--ref", "--fn", "--above"}  # each element has its own
    used = set(re.findall(r"var\((--[\w-]+)", STYLE + CODE + LINKS))
    assert used - set(re.findall(r"(--[\w-]+):", STYLE + CODE + LINKS)) == footnotes


NAMESPACES = {  # names of formats, which nobody fetches
    "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/modules/content/",
    "http://purl.org/dc/elements/1.1/", "https://jsonfeed.org/version/1.1",
    "http://www.sitemaps.org/schemas/sitemap/0.9", "https://schema.org",
    "http://www.w3.org/2000/svg",
}  # fmt: skip


def test_the_theme_names_no_other_host() -> None:
    for path in THEME.rglob("*"):
        if path.is_file():
            found = re.findall(r"(?:https?:)?//[\w.-]+\.\w[^\"\s]*", path.read_text("utf-8"))
            assert set(found) <= NAMESPACES, path
    assert "@import" not in STYLE
    assert "url(" not in STYLE


def test_pages_hold_no_script_of_their_own_so_that_a_strict_policy_lets_them_run() -> None:
    for name, text in TEMPLATES.items():
        text = text.replace(
            '<script type="application/ld+json">', ""
        )  # data, which no policy stops
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text), name
