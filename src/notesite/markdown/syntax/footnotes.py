"""`[^1]`, `[^1]: text`, `^[text]` -> footnotes at the end, with links both ways.

The plugin of mdit-py-plugins does the parsing, but for references, which it takes quadratic time
to refuse. Ids hold a colon (`fn:1`), as no heading's id can. A reference without a note and a
note without a reference are warnings. Names for CSS (`--ref`, `--fn`, and `--above`, which is the
note before) let a style sheet put a note beside its first reference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from notesite.markdown.gathered import gathered
from notesite.markdown.inline import starts
from notesite.markdown.remarks import remember

_REFERENCE = re.compile(r"\[\^([^\s\[\]]+)\]")


def plugin(md: MarkdownIt) -> None:
    """Install the rules."""
    footnote_plugin(md)
    md.inline.ruler.at("footnote_ref", _reference)
    md.core.ruler.before("footnote_tail", "footnotes_unused", _unused)
    starts(md, "footnote_inline", "^")
    starts(md, "footnote_ref", "[")
    md.add_render_rule("footnote_ref", _render_reference)
    md.add_render_rule("footnote_block_open", _render_block)
    md.add_render_rule("footnote_open", _render_note)
    md.add_render_rule("footnote_anchor", _render_back)


def _reference(state: StateInline, silent: bool) -> bool:
    found = _REFERENCE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    label = found[1]
    footnotes = state.env.setdefault("footnotes", {"refs": {}, "list": {}})
    number = footnotes.setdefault("refs", {}).get(":" + label)
    if number is None:
        if not silent:
            hint = f"write [^{label}]: and the note on a line of its own, or \\[^ for brackets"
            remember(state, state.pos, "warning", f"there is no footnote [^{label}]", hint)
        return False
    if not silent:
        notes = footnotes.setdefault("list", {})
        if number < 0:
            number = footnotes["refs"][":" + label] = len(notes)
            notes[number] = {"label": label, "count": 0}
        token = state.push("footnote_ref", "", 0)
        token.meta = {"id": number, "subId": notes[number]["count"], "label": label}
        notes[number]["count"] += 1
    state.pos = found.end()
    return True


def _unused(state: StateCore) -> None:
    references = state.env.get("footnotes", {}).get("refs", {})
    if -1 not in references.values():
        return
    for token in state.tokens:
        if token.type == "footnote_reference_open" and references[":" + token.meta["label"]] < 0:
            message = f"nothing refers to the footnote [^{token.meta['label']}], so it is not shown"
            gathered(state.env).problem("warning", message, token.map[0] + 1 if token.map else 0, 1)


# --- HTML -----------------------------------------------------------------------------------------


def _number(token: Token) -> str:
    """`1`, and `1:2` for the third reference to it."""
    again = token.meta.get("subId", 0)
    return f"{token.meta['id'] + 1}:{again}" if again > 0 else str(token.meta["id"] + 1)


def _render_reference(
    self: object, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    note = tokens[index].meta["id"] + 1
    first = f' style="--ref:--ref{note}"' if tokens[index].meta.get("subId", 0) == 0 else ""
    return (
        f'<sup class="footnote-ref"{first}><a href="#fn:{note}" id="fnref:{_number(tokens[index])}"'
        f' role="doc-noteref">[{note}]</a></sup>'
    )


def _render_block(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return '<section class="footnotes" role="doc-endnotes">\n<ol class="footnotes-list">\n'


def _render_note(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    note = tokens[index].meta["id"] + 1
    names = f"--fn:--fn{note};--above:--fn{note - 1};--ref:--ref{note}"
    return f'<li id="fn:{note}" class="footnote-item" style="{names}">'


def _render_back(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    number = _number(tokens[index])
    # U+FE0E: an arrow, not an emoji
    return (
        f' <a href="#fnref:{number}" class="footnote-backref" role="doc-backlink"'
        f' aria-label="↩ [{number}]">↩\ufe0e</a>'
    )
