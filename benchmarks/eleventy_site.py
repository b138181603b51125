"""A folder -> an Eleventy site with the pages that notesite makes; formulas are set by KaTeX when
it is built."""

from __future__ import annotations

import shutil
from functools import partial

from benchmarks.program import FOOT, NODE_MODULES, Program, write_files

CONFIG = r"""const markdownIt = require("markdown-it");
const katex = require("@vscode/markdown-it-katex").default;
const highlight = require("@11ty/eleventy-plugin-syntaxhighlight");

const byDate = (a, b) => b.date - a.date || (a.inputPath < b.inputPath ? -1 : 1);

module.exports = async function (config) {
  config.setLibrary("md", markdownIt({ html: true }).use(katex, { katex: require("katex") }));
  config.addPlugin(highlight);
  config.addFilter("excerpt", (html) => html.slice(0, html.indexOf("</p>") + 4));
  config.addFilter("day", (date) => date.toISOString().slice(0, 10));
  config.addCollection("notes", (all) => all.getFilteredByGlob("content/posts/*.md").sort(byDate));
  config.addCollection("tagPages", (all) => {
    const tags = new Map();
    for (const note of all.getFilteredByGlob("content/posts/*.md").sort(byDate))
      for (const tag of note.data.tags) tags.set(tag, [...(tags.get(tag) ?? []), note]);
    const pages = [];
    for (const [tag, notes] of tags)
      for (let first = 0; first < notes.length; first += 10)
        pages.push({ tag, number: first / 10 + 1, notes: notes.slice(first, first + 10) });
    return pages;
  });
  return {
    dir: { input: "content", includes: "../templates", output: "public" },
    markdownTemplateEngine: false,
  };
};
"""

BASE = f"""<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{{{{ title }}}}</title>
<link rel="stylesheet" href="/katex.css"></head><body>{{{{ content | safe }}}}
<p>{FOOT}</p></body></html>
"""
NOTE = """---
layout: base.njk
---
<article><h1>{{ title }}</h1><p>{{ page.date | day }}</p>
{% for tag in tags %}<a href="/tags/{{ tag }}/">{{ tag }}</a> {% endfor %}
{{ content | safe }}</article>
{% set previous = collections.notes | getPreviousCollectionItem %}
{% if previous %}<a href="{{ previous.url }}">{{ previous.data.title }}</a>{% endif %}
{% set next = collections.notes | getNextCollectionItem %}
{% if next %}<a href="{{ next.url }}">{{ next.data.title }}</a>{% endif %}
"""
ENTRIES = """{% for note in notes %}<article>
<h2><a href="{{ note.url }}">{{ note.data.title }}</a></h2>
<p>{{ note.date | day }}</p>{{ note.content | excerpt | safe }}
{% for tag in note.data.tags %}<a href="/tags/{{ tag }}/">{{ tag }}</a> {% endfor %}</article>
{% endfor %}
"""


def _listing(data: str, size: int, address: str, notes: str) -> str:
    """A template that is paged over a collection."""
    return f"""---
title: Bench
layout: base.njk
pagination: {{ data: {data}, size: {size}, alias: it }}
permalink: "{address}"
---
<h1>{{{{ title }}}}</h1>{{% set notes = {notes} %}}{{% include "entries.njk" %}}
{{% if pagination.href.next %}}<a href="{{{{ pagination.href.next }}}}">Next</a>{{% endif %}}
"""


_NUMBER = "{% if pagination.pageNumber %}page/{{ pagination.pageNumber + 1 }}/{% endif %}"
_TAG_NUMBER = "{% if it.number > 1 %}page/{{ it.number }}/{% endif %}"
FILES = {
    "eleventy.config.cjs": CONFIG,
    "templates/base.njk": BASE,
    "templates/note.njk": NOTE,
    "templates/entries.njk": ENTRIES,
    "content/posts/posts.json": '{"layout": "note.njk"}\n',
    "content/home.njk": _listing("collections.notes", 10, f"/{_NUMBER}index.html", "it"),
    "content/section.njk": _listing("collections.notes", 10, f"/posts/{_NUMBER}index.html", "it"),
    "content/tags.njk": _listing(
        "collections.tagPages", 1, f"/tags/{{{{ it.tag }}}}/{_TAG_NUMBER}index.html", "it.notes"
    ),
}

_PACKAGE = NODE_MODULES / "@11ty" / "eleventy"
_COMMAND = (shutil.which("node") or "", str(_PACKAGE / "cmd.cjs"))
PROGRAMS = (
    Program(
        name="eleventy",
        label="Eleventy, KaTeX",
        write=partial(write_files, files=FILES),
        command=(*_COMMAND, "--quiet"),
        foot="templates/base.njk",
        env={"NODE_PATH": str(NODE_MODULES)},
        version=(*_COMMAND, "--version"),
        installed=_PACKAGE.is_dir() and bool(_COMMAND[0]),
    ),
)
