"""Settings -> the Markdown parser of notes, without math and links."""

from __future__ import annotations

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin

from notesite.markdown import callouts, cjk, leftovers, remarks
from notesite.markdown.block import BlockRuler
from notesite.markdown.syntax import (
    admonitions,
    attributes,
    autolinks,
    cards,
    comments,
    containers,
    fences,
    footnotes,
    headings,
    marks,
    raw,
    ruby,
    tasks,
)

DEEPEST = 100  # levels of quotes, lists, emphasis; what lies deeper is left out


def make_parser(*, html: bool, typographer: bool, soft_breaks: str) -> MarkdownIt:
    """CommonMark and what SPEC 3 adds. `env` must hold the note's `Gathered` under "note"."""
    options = {"html": html, "xhtmlOut": False, "maxNesting": DEEPEST, "typographer": typographer}
    md = MarkdownIt("commonmark", options)
    md.block.ruler = BlockRuler(md.block.ruler)
    md.enable(["table", "strikethrough"])
    if typographer:
        md.enable(["replacements", "smartquotes"])
    cjk.plugin(md, soft_breaks)  # first: the others tell its inline parser where they start
    remarks.plugin(md)
    deflist_plugin(md)
    for plugin in (
        autolinks, cards, comments, marks, ruby, attributes, footnotes, headings, tasks, fences,
        callouts, containers, admonitions, raw, leftovers,
    ):  # fmt: skip
        plugin.plugin(md)
    return md
