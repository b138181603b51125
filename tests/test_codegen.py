"""The templates that are compiled for speed print what Jinja2's own print (codegen.py)."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import DictLoader, StrictUndefined, UndefinedError
from markupsafe import Markup
from msgspec import Struct

from notesite.inlining import Inlining


class Note(Struct):
    title: str
    items: tuple[int, ...] = (1, 2)


class Marked(Struct):
    """What `finalize` prints in another way, as it does what is stored of notes."""

    html: str


NAMES = {
    "text": "a < b & 'c' \"d\"",
    "plain": "日本語",
    "html": Markup("<b>bold</b>"),
    "number": 3,
    "none": None,
    "marked": Marked("<i>kept</i>"),
    "note": Note("x > y"),
    "table": {"items": "a key", "own": "<own>", "deep": {"own": "<deeper>"}},
    "links": [{"title": "<1>", "url": "/a&b/"}, {"title": "2", "url": "/c/"}],
}

TEMPLATES = [
    "{{ text }}|{{ plain }}|{{ html }}|{{ number }}|{{ none }}|{{ marked }}",
    "{{ note.title }}|{{ note.items }}|{{ table.own }}|{{ table['own'] }}|{{ table.deep.own }}",
    "{% for key, value in table.items() %}{{ key }}={{ value }};{% endfor %}",
    "{{ text ~ html }}|{{ html ~ text }}|{{ plain ~ number }}",
    "{{ text|upper }}|{{ text|safe }}|{{ text|e }}|{{ html|e }}|{{ '<const>' }}",
    "{% autoescape false %}{{ text }}{{ marked }}{{ table.own }}{% endautoescape %}{{ text }}",
    "{% set kept %}{{ text }}{{ html }}{% endset %}{{ kept }}",
    "{% macro said(it) %}<p>{{ it }}</p>{% if caller is defined %}{{ caller() }}{% endif %}"
    "{% endmacro %}{{ said(text) }}"
    "{% call said(note.title) %}{{ text }}{% endcall %}",
    "{% for link in links if link.title %}{{ loop.index }}{{ link.title }}{{ link.url }}"
    "{{ loop.last }}{% endfor %}",
    "{% filter upper %}{{ text }}{{ note.title }}{% endfilter %}",
    "{% include 'part' %}{% block one %}{{ self.two() }}{% endblock %}{% block two %}<{{ number }}>"
    "{% endblock %}",
]
FAULTY = ["{{ nothing }}", "{{ note.nothing }}", "{{ table.nothing }}", "{{ none.nothing }}"]


def finalize(value: Any) -> Any:
    return Markup(value.html) if type(value) is Marked else value


def environment(source: str) -> Inlining:
    loader = DictLoader({"page": source, "part": "({{ text }}{{ note.title }}{{ table.own }})"})
    return Inlining(loader, {}, finalize, autoescape=True, undefined=StrictUndefined)


@pytest.mark.parametrize("source", TEMPLATES)
def test_a_template_prints_what_jinja_prints(source: str) -> None:
    jinja = environment(source)
    printed = jinja.get_template("page").render(NAMES)
    assert printed == jinja.plain.get_template("page").render(NAMES)
    assert printed


@pytest.mark.parametrize("source", FAULTY)
def test_what_is_not_there_is_an_error_in_the_same_words(source: str) -> None:
    jinja = environment(source)
    with pytest.raises(UndefinedError) as expected:
        jinja.plain.get_template("page").render(NAMES)
    with pytest.raises(UndefinedError) as found:
        jinja.get_template("page").render(NAMES)
    assert str(found.value) == str(expected.value)
