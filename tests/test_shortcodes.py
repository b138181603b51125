"""Macros of a site that notes call: `{{< name word key="value" >}}`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import PROJECT
from histories import built, clean, tree
from hypothesis import given
from hypothesis import strategies as st
from serving import served, write

from notesite.config import Config
from notesite.markdown.bodies import part
from notesite.markdown.note import Options, parse
from notesite.markdown.printing import printed
from notesite.model import Shortcode, ShortcodeEnd, Source, Stored
from notesite.report import Report

MACROS = """
{% macro key(name) %}<kbd>{{ name }}</kbd>{% endmacro %}
{% macro box(title="Box") %}<section>{{ title }}:{{ caller() }}</section>{% endmacro %}
{% macro many() %}{{ varargs|join("+") }}{{ kwargs.x }}{% endmacro %}
{% macro link_to(path) %}<a href="{{ path|url }}">{{ path }}</a>{% endmacro %}
{% macro _own() %}{% endmacro %}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    settings = "title: S\nbase_url: https://example.org/repo/\n"
    return write(
        tmp_path / "site",
        {
            "notesite.yaml": settings,
            "templates/shortcodes.html": MACROS,
            "notes/b.md": "No call.\n",
        },
    )


def made(site: Path, text: str) -> tuple[str, Report]:
    """The HTML of a note with this text."""
    write(site, {"notes/a.md": f"---\ntitle: A\n---\n\n{text}\n"})
    report = built(site, explain=True)
    if not report.published:
        return "", report
    page = (site / "public/a/index.html").read_text("utf-8")
    found = re.search(r'<div class="prose">\n(.*?)\n</div>\n?</article>', page, re.S)
    assert found
    return found[1].strip(), report


CALLS = {
    '{{< key "Ctrl" >}}': "<kbd>Ctrl</kbd>",
    "Press {{< key Ctrl >}}.": "<p>Press <kbd>Ctrl</kbd>.</p>",
    '{{< key name="a \\"b\\" <i>" >}}': "<kbd>a &#34;b&#34; &lt;i&gt;</kbd>",
    '{{< key `a "b` />}}': "<kbd>a &#34;b</kbd>",
    "{{< key a >}} {{< key b >}}": "<kbd>a</kbd> <kbd>b</kbd>",
    "{{< many a b x=1 >}}": "a+b1",
    "{{< link-to /b/ >}}": '<a href="/repo/b/">/b/</a>',
    "**{{< key a >}}**": "<p><strong><kbd>a</kbd></strong></p>",
    "- {{< key a >}}": "<ul>\n<li>\n<kbd>a</kbd>\n</li>\n</ul>",
    "{{< box >}}in *it*{{< /box >}}": "<section>Box:in <em>it</em></section>",
    "a {{< box B >}}{{< key x >}}{{< /box >}}": "<p>a <section>B:<kbd>x</kbd></section></p>",
    "{{< box >}}\n[b](b.md)\n{{< /box >}}": (
        '<section>Box:\n<p><a href="/repo/b/">b</a></p>\n</section>'
    ),
    "{{< box 1 >}}\n{{< box 2 >}}\n- x\n{{< /box >}}\n{{< /box >}}": (
        "<section>1:\n<section>2:\n<ul>\n<li>x</li>\n</ul>\n</section>\n</section>"
    ),
    "`{{< key a >}}`": "<p><code>{{&lt; key a &gt;}}</code></p>",
    "{{</* key a */>}}": "<p>{{&lt; key a &gt;}}</p>",
    "{{%/* key a */%}}": "<p>{{% key a %}}</p>",
    "{{ key }} {{<}}": "<p>{{ key }} {{&lt;}}</p>",
}


@pytest.mark.parametrize("text", CALLS)
def test_a_call_shows_what_its_macro_makes(text: str, site: Path) -> None:
    shown, report = made(site, text)
    assert report.problems == ()
    assert shown == CALLS[text]


def test_code_blocks_and_formulas_are_left_alone(site: Path) -> None:
    shown, report = made(
        site, "```\n{{< key a >}}\n```\n\n    {{< key b >}}\n\n$x$ $\\text{{< a >}}$"
    )
    assert report.problems == ()
    assert "<kbd>" not in shown


WRONG = {
    "{{< nothing >}}": "5:1: there is no shortcode `nothing`, so it is shown as text",
    "x {{< ky a >}}": "5:3: there is no shortcode `ky`, so it is shown as text",
    "{{< _own >}}": "5:1: there is no shortcode `_own`, so it is shown as text",
    "> {{< key >}}": "5:3: `key` needs the argument `name`",
    "{{< key a b >}}": "5:1: `key` cannot take the word `b`",
    "{{< key a name=b >}}": "5:1: `key` is given `name` twice",
    "{{< key nam=b >}}": "5:1: `key` takes no argument `nam`",
    "{{< key a >}}b{{< /key >}}": "5:1: `key` takes no body, and this one has an end",
    "x {{< /box >}}": "5:3: `{{< /box >}}` ends nothing that begins in the same block",
    '{{< key "a >}}': "5:1: this shortcode has no end, or arguments that cannot be read",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_call_is_a_warning_with_its_place_and_stays_text(text: str, site: Path) -> None:
    shown, report = made(site, text)
    assert [f"{p.location}: {p.message}" for p in report.problems] == [f"notes/a.md:{WRONG[text]}"]
    assert {p.level for p in report.problems} == {"warning"}
    assert report.problems[0].source_line == text
    assert "{{&lt;" in shown
    assert "<kbd>" not in shown


def test_a_call_in_a_site_without_macros_is_a_warning_too(site: Path) -> None:
    (site / "templates/shortcodes.html").unlink()
    shown, report = made(site, "{{< key a >}}")
    assert shown == "<p>{{&lt; key a &gt;}}</p>"
    [problem] = report.problems
    assert problem.hint == "make the macro `key` in templates/shortcodes.html"


def test_a_macro_that_fails_names_the_note_and_its_own_line(site: Path) -> None:
    write(site, {"templates/shortcodes.html": "{% macro bad(x) %}\n{{ x.y.z }}\n{% endmacro %}"})
    _, report = made(site, "text {{< bad 1 >}}")
    assert not report.published
    [problem] = report.problems
    assert str(problem.location) == "notes/a.md:5:6"
    assert problem.message == (
        "the shortcode `bad` fails: 'str object' has no attribute 'y' (while rendering notes/a.md)"
    )
    assert problem.hint == "in templates/shortcodes.html:2:1"


def test_macros_that_do_not_compile_are_told_once(site: Path) -> None:
    write(site, {"templates/shortcodes.html": "{% macro bad( %}"})
    _, report = made(site, "{{< bad 1 >}} {{< worse >}}")
    assert not report.published
    assert [str(p.location) for p in report.problems] == ["templates/shortcodes.html:1:1"]


def test_an_excerpt_knows_the_body_and_not_the_macro(site: Path) -> None:
    made(site, "{{< box Title >}}\nThe **text**.\n{{< /box >}}")
    home = (site / "public/index.html").read_text("utf-8")
    assert "<p>The <strong>text</strong>.</p>" in home
    assert "Title" not in home


def test_an_edit_of_the_macros_makes_pages_with_calls_anew_and_parses_nothing(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(site, "{{< key a >}}")
    monkeypatch.setattr("notesite.markdown.note.parse", lambda *rest: pytest.fail("it was parsed"))
    write(site, {"templates/shortcodes.html": MACROS.replace("<kbd>", "<kbd class=k>")})
    report = built(site, explain=True)
    assert report.made == ("a/index.html: page",)
    assert "<kbd class=k>a" in (site / "public/a/index.html").read_text("utf-8")
    monkeypatch.undo()
    assert tree(site / "public") == clean(site, tmp_path / "elsewhere")[1]


def test_an_edit_of_what_the_macros_include_is_seen(site: Path) -> None:
    write(site, {"templates/shortcodes.html": MACROS + "{% include 'x.html' %}"})
    write(site, {"templates/x.html": "1"})
    made(site, "{{< key a >}}")
    write(site, {"templates/x.html": "2"})
    assert built(site, explain=True).made == ("a/index.html: page",)


def test_serve_shows_an_edit_of_the_macros_and_of_the_call(site: Path) -> None:
    write(site, {"notes/a.md": "{{< key a >}}\n"})
    with served(site) as live:
        assert "<kbd>a</kbd>" in live.get("/repo/a/").text
        live.save("templates/shortcodes.html", MACROS.replace("kbd>", "b>"))
        assert "<b>a</b>" in live.get("/repo/a/").text
        live.save("notes/a.md", "{{< key z >}}\n")
        assert "<b>z</b>" in live.get("/repo/a/").text


def test_the_example_of_the_manual_does_what_it_says(site: Path) -> None:
    manual = (PROJECT / "notes/manual/extending.md").read_text("utf-8")
    shown = dict(re.findall(r'^```\S+ title="([^"]+)"\n(.*?)^```$', manual, re.S | re.M))
    [note] = re.findall(r"^```markdown\n(.*?)^```$", manual, re.S | re.M)
    write(site, {"templates/shortcodes.html": shown["templates/shortcodes.html"]})
    html, report = made(site, note)
    assert report.problems == ()
    assert html.startswith('<p>Press <kbd>Ctrl</kbd>.</p>\n<aside class="wide">\n<p>By the way</p>')
    assert "<p>This is <strong>Markdown</strong>, with " in html


PIECES = [
    "{{< a >}}",
    "{{< /a >}}",
    "{{< b x >}}",
    "{{< /b >}}",
    "text",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "*",
]


@given(st.lists(st.sampled_from(PIECES), max_size=15))
def test_calls_nest_whatever_stands_around_them(parts: list[str]) -> None:
    source = Source("a.md", "notes/a.md", b"", "".join(parts).encode(), "")
    document = parse(source, Options.of(Config()))
    entry, body, _ = part(document, b"x")
    calls = tuple(h for h in entry.body.holes if isinstance(h, Shortcode | ShortcodeEnd))
    stored = Stored(b"x", links=calls)
    shown = printed(stored, lambda stored: body, lambda call, inner: f"<start>{inner}<end>")
    assert shown.count("<start>") == shown.count("<end>")
    assert shown.count("<start>") == sum(isinstance(call, Shortcode) for call in calls)
