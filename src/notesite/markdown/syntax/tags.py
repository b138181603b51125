"""`#tag` and `#nested/tag` in the text of a note, as Obsidian has them -> links to the tags' pages.

https://help.obsidian.md/tags: after a space or at the start of a line, and not digits alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from notesite.markdown.inline import starts

# any signs but white space and punctuation, also that of Japanese (`・` is part of names)
_ASCII = re.escape("!\"#$%&'()*+,./:;<=>?@[\\]^`{|}~")
_WIDE = "\u2000-\u200c\u200e-\u206f\u2e00-\u2e7f、。〃〈-】〔-〟！-／：-＠［-｀｛-･"
_PART = rf"[^\s{_ASCII}{_WIDE}]+"
_TAG = re.compile(rf"#({_PART}(?:/{_PART})*)")


def plugin(md: MarkdownIt) -> None:
    """Install the rule. `env["tags"]` gathers what it finds."""
    md.inline.ruler.push("tag", _tag)
    starts(md, "tag", "#")
    md.add_render_rule("tag_open", _render_open)


def with_parents(names: tuple[str, ...]) -> tuple[str, ...]:
    """Each of these once, and with `a/b` also `a`."""
    found: dict[str, None] = {}
    for name in names:
        parts = name.split("/")
        found |= dict.fromkeys("/".join(parts[:end]) for end in range(len(parts), 0, -1))
    return tuple(found)


def _tag(state: StateInline, silent: bool) -> bool:
    if state.linkLevel or (state.pos and not state.src[state.pos - 1].isspace()):
        return False
    found = _TAG.match(state.src, state.pos, state.posMax)
    if not found or found[1].isdigit():
        return False
    if not silent:
        state.env.setdefault("tags", {})[found[1]] = None
        opening = state.push("tag_open", "a", 1)
        opening.meta = {"tag": found[1], "at": state.pos}
        state.push("text", "", 0).content = found[0]
        state.push("tag_close", "a", -1)
    state.pos = found.end()
    return True


def _render_open(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f"<a{tokens[index].meta['hole']}>"
