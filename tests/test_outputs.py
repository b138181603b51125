"""The plan: which files the site has, and what happens where two ask for one place."""

from __future__ import annotations

import re

import pytest
from library import asset, library, note
from msgspec.structs import replace

from notesite.config import Config
from notesite.model import Copy, Library, Link, Source, Template, Written
from notesite.outputs import Planned, plan
from notesite.theming import load_theme


def static(path: str) -> Source:
    return replace(asset(path), shown=f"static/{path}")


def planned(made: Library, *files: str) -> Planned:
    theme, problems = load_theme((), [static(path) for path in files])
    assert problems == []
    return plan(made, Config(title="Site"), theme)


def said(planned: Planned) -> list[str]:
    return [f"{p.location}: {p.level}: {p.message}" for p in planned.problems]


A = library({"posts/a.md": note("A")})


def test_a_site_of_one_note_has_no_problem() -> None:
    found = planned(A)
    assert said(found) == []
    assert {"index.html", "posts/index.html", "posts/a/index.html"} <= set(found.outputs)


@pytest.mark.parametrize("path", ["posts", "Posts"])
def test_a_file_where_the_site_needs_a_folder_stays_and_what_would_be_in_it_is_an_error(
    path: str,
) -> None:
    found = planned(A, path)
    assert said(found) == [
        f"notes/posts/a.md: error: static/{path} is a file where a folder must be for "
        "posts/a/index.html",
        f"the section /posts/: error: static/{path} is a file where a folder must be for "
        "posts/index.html",
    ]
    assert path in found.outputs
    assert "index.html" in found.outputs
    assert not [other for other in found.outputs if other.startswith("posts/")]


def test_a_folder_where_the_site_has_a_file_stays_and_the_file_is_an_error() -> None:
    found = planned(A, "index.html/x")
    assert said(found) == [
        "the section /: error: static/index.html/x needs a folder where the section / would be "
        "the file index.html"
    ]
    assert "index.html" not in found.outputs
    assert "index.html/x" in found.outputs


def test_of_two_static_files_that_differ_by_case_alone_the_first_is_published() -> None:
    found = planned(A, "A.txt", "a.txt")
    assert said(found) == ["static/a.txt: error: static/A.txt and static/a.txt both ask for a.txt"]
    assert "A.txt" in found.outputs
    assert "a.txt" not in found.outputs


def test_a_static_file_takes_the_place_of_a_generated_one_also_in_another_case() -> None:
    assert said(planned(A, "404.html")) == []
    found = planned(A, "404.HTML")
    assert said(found) == [
        "static/404.HTML: warning: static/404.HTML takes the place of 404.html, spelled otherwise"
    ]
    assert "404.html" not in found.outputs


@pytest.mark.parametrize("name", ["site.css", "theme.js", "code.css", "katex.css"])
def test_a_file_of_the_theme_is_replaced_by_one_in_static(name: str) -> None:
    found = planned(A, name)
    assert said(found) == []
    assert isinstance(found.outputs[name].recipe, Copy)
    stem, _, suffix = name.partition(".")
    assert not [p for p in found.outputs if re.fullmatch(rf"assets/{stem}\.\w+\.{suffix}", p)]
    page = found.outputs["index.html"].recipe
    assert isinstance(page, Template)
    assets = page.names["assets"]
    assert isinstance(assets, dict)
    assert assets[name] == "/" + name


def test_only_pages_that_show_a_block_of_code_need_its_colours() -> None:
    code = note("C", "`inline` and\n\n```py\n1\n```")
    made = library({"p/_index.md": code, "p/code.md": code, "p/inline.md": note("I", "`x`")})
    pages = {
        path: output.recipe.names["code"]
        for path, output in planned(made).outputs.items()
        if isinstance(output.recipe, Template)
    }
    assert {path for path, code in pages.items() if code} == {"p/index.html", "p/code/index.html"}


@pytest.mark.parametrize(
    ("files", "icon"),
    [
        ((), r"/assets/favicon\.\w+\.svg"),
        (("favicon.ico",), "/favicon.ico"),
        (("favicon.ico", "favicon.svg"), "/favicon.svg"),
    ],
)
def test_a_site_has_its_own_icon_or_the_packaged_one(files: tuple[str, ...], icon: str) -> None:
    found = planned(A, *files)
    page = found.outputs["index.html"].recipe
    assert isinstance(page, Template)
    assets = page.names["assets"]
    assert isinstance(assets, dict)
    assert re.fullmatch(icon, assets["favicon"])
    assert len([path for path in found.outputs if "favicon" in path]) == max(len(files), 1)


def test_a_font_in_static_is_the_one_that_formulas_are_set_in() -> None:
    found = planned(A, "fonts/KaTeX_Main-Regular.woff2")
    assert said(found) == []
    assert "fonts/KaTeX_Main-Regular.woff2" in found.outputs
    assert "assets/fonts/KaTeX_Main-Regular.woff2" not in found.outputs
    assert "assets/fonts/KaTeX_Main-Bold.woff2" in found.outputs
    (css,) = (o.recipe for p, o in found.outputs.items() if p.startswith("assets/katex."))
    assert isinstance(css, Written)
    assert b"url(../fonts/KaTeX_Main-Regular.woff2)" in css.content
    assert b"url(fonts/KaTeX_Main-Bold.woff2)" in css.content


def test_the_first_breadcrumb_is_in_the_language_of_its_page() -> None:
    made = library({"p/a.md": note("A", lang="ja"), "p/b.md": note("B")})
    found = planned(made).outputs
    homes = {}
    for path in ("p/a", "p/b", "p", "archive"):
        recipe = found[path + "/index.html"].recipe
        assert isinstance(recipe, Template)
        crumbs = recipe.names["breadcrumbs"]
        assert isinstance(crumbs, tuple)
        homes[path] = crumbs[0]
    english = Link("Home", "/")
    japanese = Link("ホーム", "/")
    assert homes == {"p/a": japanese, "p/b": english, "p": english, "archive": english}
