"""Templates and what they are given: filters, escaping, overriding, failures at their line."""

from __future__ import annotations

from datetime import date

import pytest

from notesite.config import Config
from notesite.faults import check
from notesite.model import Html, Location, Output, Problem, Source, Stored, Template, Theme
from notesite.render import absolute, environment, format_date, format_reading_time, link
from notesite.render import render as render_output
from notesite.theming import load_theme

REPO = Config(base_url="https://example.org/repo/")


def theme(**templates: str) -> Theme:
    sources = [
        Source(name.replace("__", "/") + ".html", f"templates/{name}.html", b"", text.encode(), "")
        for name, text in templates.items()
    ]
    made, problems = load_theme(sources, ())
    assert problems == []
    return made


def nothing(stored: Stored) -> tuple[str, ...]:
    raise KeyError(stored)


def render(made: Theme, name: str, **context: object) -> str | Problem:
    recipe = Template(name, context)
    result = render_output(
        Output("x/index.html", recipe, "notes/x.md"), recipe, environment(made, REPO, nothing), made
    )
    return result.decode() if isinstance(result, bytes) else result


# --- filters --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "base_path", "expected"),
    [
        ("/posts/x/", "/", "/posts/x/"),
        ("/posts/x/", "/repo/", "/repo/posts/x/"),
        ("/日本/", "/", "/%E6%97%A5%E6%9C%AC/"),
        ("/a b/100%/", "/", "/a%20b/100%25/"),
        ("/c++/#top", "/repo/", "/repo/c++/#top"),
        ("/#top", "/", "/#top"),
        ("/a.html#top", "/", "/a.html#top"),
        ("/posts/fig #1.png", "/", "/posts/fig%20%231.png"),
        ("/c#/x.png", "/repo/", "/repo/c%23/x.png"),
        ("https://example.com/a?b#c", "/repo/", "https://example.com/a?b#c"),
        ("//example.com/", "/repo/", "//example.com/"),
        ("#here", "/repo/", "#here"),
    ],
)
def test_a_site_path_is_linked_under_the_base_path(url: str, base_path: str, expected: str) -> None:
    assert link(url, base_path) == expected


def test_a_whole_url_needs_a_base_url() -> None:
    assert absolute("/é/", REPO) == "https://example.org/repo/%C3%A9/"
    assert absolute("/x/", Config()) == ""


def test_dates_follow_the_language_or_the_sites_own_format() -> None:
    strings = theme().strings
    day = date(2024, 3, 5)
    assert format_date(day, strings["en"]) == "Mar 5, 2024"
    assert format_date(day, strings["ja"]) == "2024/3/5"
    assert format_date(day, {**strings["en"], "date_format": "%Y-%m-%d"}) == "2024-03-05"


@pytest.mark.parametrize(
    "form", ["{", "{}", "{0}", "{year.__class__}", "{month!r}", "}{", "%", "%q"]
)
def test_a_date_format_is_no_program(form: str) -> None:
    strings = {**theme().strings["en"], "date_format": form + "{day}"}
    assert format_date(date(2024, 3, 5), strings) == form + "5"


@pytest.mark.parametrize(
    ("seconds", "en", "ja"),
    [(3, "10 sec read", "約10秒"), (21, "20 sec read", "約20秒"), (150, "3 min read", "約3分")],
)
def test_reading_time_is_said_in_the_language(seconds: int, en: str, ja: str) -> None:
    strings = theme().strings
    assert format_reading_time(seconds, strings["en"]) == en
    assert format_reading_time(seconds, strings["ja"]) == ja


# --- templates ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.html", "a.xml", "a.atom", "a.svg", "a.j2"])
def test_text_is_escaped_whatever_the_name_of_the_template_and_html_is_not(name: str) -> None:
    source = Source(name, f"templates/{name}", b"", b"{{ text }}{{ html }}", "")
    made, _ = load_theme([source], ())
    out = render(made, name, text="<script>\"'", html=Html(("<b>x</b>",)))
    assert out == "&lt;script&gt;&#34;&#39;<b>x</b>"


def test_a_template_of_the_site_extends_the_one_that_it_replaces() -> None:
    made = theme(
        **{
            "page": '{% extends "theme/page.html" %}{% block main %}mine{% endblock %}',
            "partials__after_content": "<p>everywhere</p>",
        }
    )
    assert "theme/page.html" in made.templates
    assert made.templates["page.html"] != made.templates["theme/page.html"]
    assert made.templates["partials/after_content.html"] == "<p>everywhere</p>"


def test_a_name_that_no_template_knows_is_a_problem_at_its_line() -> None:
    problem = render(theme(x="line one\n  {{ sight }}\n"), "x.html")
    assert isinstance(problem, Problem)
    assert problem.frame
    assert problem.location == Location("templates/x.html", 2, 3)
    assert problem.source_line == "  {{ sight }}"
    assert "'sight' is undefined" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("{{ 1 / 0 }}", 1, "division"),
        ("\n{% include 'gone.html' %}", 2, "`gone.html` does not exist"),
        ("{% include 'x.html' %}", 1, "without end"),
        ("{{ [1][5].y }}", 1, "no element"),
        ("{{ none.x }}", 1, "no attribute"),
        ("\n{{ 5|url }}", 2, "no attribute"),
        ("{{ 'today'|date({'months': []}) }}", 1, "no attribute"),
    ],
)
def test_a_template_that_fails_is_a_problem_and_not_a_traceback(
    text: str, line: int, words: str
) -> None:
    problem = render(theme(x=text), "x.html")
    assert isinstance(problem, Problem)
    assert words in problem.message
    assert problem.location.line == line


def test_every_template_that_does_not_compile_is_told() -> None:
    made = theme(u="{{ t(a=1, a=2) }}", x="{% if %}", y="ok", z="\n{{ a }")
    problems = check(environment(made, REPO, nothing), made)
    assert [str(problem.location) for problem in problems] == [
        "templates/u.html",
        "templates/x.html:1:1",
        "templates/z.html:2:1",
    ]
    assert problems[0].message == "keyword argument repeated: a"


def test_a_language_of_the_site_falls_back_to_english_for_words_it_lacks() -> None:
    source = Source("i18n/fr.yaml", "templates/i18n/fr.yaml", b"", b"home: Accueil", "")
    made, problems = load_theme([source], ())
    assert problems == []
    assert made.strings["fr"]["home"] == "Accueil"
    assert made.strings["fr"]["next_note"] == made.strings["en"]["next_note"]


@pytest.mark.parametrize("name", ["logo.png", "README", "README.md", "i18n/notes.yml", "x.yaml"])
def test_what_is_no_template_by_its_name_is_left_out_with_a_note(name: str) -> None:
    source = Source(name, f"templates/{name}", b"", b"\x89PNG\xff{% if %}", "")
    made, problems = load_theme([source], ())
    assert [(p.level, p.frame, str(p.location)) for p in problems] == [
        ("note", False, f"templates/{name}")
    ]
    assert name not in made.templates


@pytest.mark.parametrize("name", ["a.html", "a.xml", "a.txt", "p/a.svg", "A.HTML", "a.j2"])
def test_a_template_is_read_by_its_name(name: str) -> None:
    made, problems = load_theme([Source(name, name, b"", b"x", "")], ())
    assert problems == []
    assert made.templates[name] == "x"


def test_the_page_404_links_with_its_host_because_it_is_shown_at_any_address() -> None:
    made = theme(x="{{ '/a/'|url }} {{ '#b'|url }}")
    assert render(made, "x.html", url="/404.html") == "https://example.org/repo/a/ #b"
    assert render(made, "x.html", url="/x/") == "/repo/a/ #b"
