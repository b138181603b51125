"""`- [ ] open`, `- [x] done` -> list items with a checkbox that is named by the item's text.

markdown-it finds the boxes (its option "tasklists", linear); how they are shown is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from notesite.markdown.syntax.headings import readable


def plugin(md: MarkdownIt) -> None:
    """Install the option and the way of showing."""
    md.options["tasklists"] = True
    md.add_render_rule("list_item_open", _item)
    md.add_render_rule("bullet_list_open", _list)
    md.add_render_rule("ordered_list_open", _list)


def _list(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    _rename(tokens[index], "contains-task-list", "tasks")
    return self.renderToken(tokens, index, options, env)


def _item(self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    if "checked" not in token.meta:
        return self.renderToken(tokens, index, options, env)
    _rename(token, "task-list-item", "task")
    checked = " checked" if token.meta["checked"] else ""
    label = escape(_text(tokens, index))
    opening = self.renderToken(tokens, index, options, env)
    return f'{opening}<input type="checkbox" disabled{checked} aria-label="{label}"> '


def _rename(token: Token, old: str, new: str) -> None:
    """markdown-it's class -> ours; classes that the author gave stay."""
    if "class" in token.attrs:
        names = str(token.attrs["class"]).split()
        token.attrs["class"] = " ".join(new if name == old else name for name in names)


def _text(tokens: Sequence[Token], index: int) -> str:
    """The text of the item's first paragraph, or a box where it has none."""
    follows = tokens[index + 1 : index + 3]
    if len(follows) == 2 and follows[0].type == "paragraph_open":
        return readable(follows[1].children or []) or "☐"
    return "☐"
