"""Callouts, as Obsidian and GitHub write them: `> [!note]- Title`. Other ways to write one are in
syntax/containers.py and syntax/admonitions.py.

Tokens: `callout_open` and `callout_close` around `callout_title_open`, inline,
`callout_title_close` and the content. `meta` of the first: `kind` (canonical), `fold` ("", "+"
open, "-" closed), `titled`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# https://help.obsidian.md/callouts#Supported+types; another kind keeps its own name
ALIASES = {
    "summary": "abstract",
    "tldr": "abstract",
    "hint": "tip",
    "important": "tip",
    "check": "success",
    "done": "success",
    "help": "question",
    "faq": "question",
    "caution": "warning",
    "attention": "warning",
    "fail": "failure",
    "missing": "failure",
    "error": "danger",
    "cite": "quote",
}
# the titles that Obsidian shows where a note has none
JAPANESE = {
    "note": "ノート", "abstract": "要約", "info": "情報", "todo": "ToDo", "tip": "ヒント",
    "success": "成功", "question": "質問", "warning": "注意", "failure": "失敗",
    "danger": "危険", "bug": "バグ", "example": "例", "quote": "引用",
    "important": "重要", "details": "詳細",
}  # fmt: skip
DEEPEST = 10  # containers in containers; each looks for its end, so the work grows with it

KIND = r"[A-Za-z][\w-]{0,39}"
_MARK = re.compile(rf"\[!({KIND})(?:\|[^\[\]]*)?\]([+-]?)[ \t]*(.*)")


def plugin(md: MarkdownIt) -> None:
    """Install the rules."""
    md.block.ruler.before("table", "callout", _titled_quote)
    md.core.ruler.after("block", "callouts", _close_quotes)
    for name in ("open", "title_open", "title_close", "close"):
        md.add_render_rule(f"callout_{name}", globals()[f"_render_{name}"])


# --- > [!note] ------------------------------------------------------------------------------------


def _titled_quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The first line of a quote, if it says that the quote is a callout."""
    if silent or not state.tokens or state.tokens[-1].type != "blockquote_open":
        return False
    first = state.bMarks[start] + state.tShift[start]
    found = _MARK.fullmatch(state.src[first : state.eMarks[start]].rstrip())
    if not found or state.is_code_block(start):
        return False
    name, fold, title = found.groups()
    _make_callout(state.tokens[-1], name, fold)
    _title(state, title, name, start)
    state.env["callouts"] = True
    state.line = start + 1
    return True


def _close_quotes(state: StateCore) -> None:
    """A quote was closed as a quote; make that the end of the callout it has become."""
    if not state.env.pop("callouts", False):
        return
    opened: list[Token] = []
    for token in state.tokens:
        if token.markup == ">" and token.nesting > 0:
            opened.append(token)
        elif token.markup == ">" and token.nesting < 0:
            opening = opened.pop()
            if opening.type == "callout_open":
                token.type, token.tag, token.meta = "callout_close", opening.tag, opening.meta


def _make_callout(token: Token, name: str, fold: str, *, titled: bool = True) -> None:
    kind = name.lower()
    if kind == "details":  # what it is for is to be folded
        fold = fold or "-"
    token.type = "callout_open"
    token.tag = "details" if fold else "div"
    token.meta = {"kind": ALIASES.get(kind, kind), "fold": fold, "titled": titled}


def _title(state: StateBlock, title: str, name: str, line: int) -> None:
    """`title`, or the usual one of this name in the note's language, `env["lang"]`."""
    opening = state.push("callout_title_open", "p", 1)
    opening.map = [line, line + 1]
    if not title:
        opening.meta["usual"] = True
        title = _usual(name, state.env.get("lang", ""))
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = title, [line, line + 1], []
    state.push("callout_title_close", "p", -1)


def _usual(name: str, lang: str) -> str:
    kind = name.lower()
    japanese = JAPANESE.get(kind) or JAPANESE.get(ALIASES.get(kind, ""))
    if japanese and lang.lower().partition("-")[0] == "ja":
        return japanese
    return name.capitalize().replace("-", " ")


# --- containers -----------------------------------------------------------------------------------


class Body(NamedTuple):
    """The lines of a callout's content, from 0, the last not among them; those after it go on at
    `after`. `indent` columns are not the content's own."""

    first: int
    last: int
    after: int
    indent: int = 0


def enclose(
    state: StateBlock, body: Body, name: str, title: str, fold: str = "", *, titled: bool = True
) -> None:
    """Make a callout of a line that opens it, the current one, and of its body."""
    opening = state.push("callout_open", "div", 1)
    _make_callout(opening, name, fold, titled=titled)
    opening.map = [state.line, body.after]
    if titled:
        _title(state, title, name, body.first - 1)
    old = state.lineMax, state.parentType, state.blkIndent
    state.lineMax, state.parentType = body.last, "container"  # no lazy line goes past the end
    state.blkIndent += body.indent
    state.env["containers"] = state.env.get("containers", 0) + 1
    state.md.block.tokenize(state, body.first, body.last)
    state.env["containers"] -= 1
    state.lineMax, state.parentType, state.blkIndent = old
    closing = state.push("callout_close", opening.tag, -1)
    closing.meta = opening.meta
    state.line = body.after


def too_deep(state: StateBlock) -> bool:
    """Whether there are so many containers around this place that another is text."""
    return bool(state.env.get("containers", 0) >= DEEPEST)


# --- HTML -----------------------------------------------------------------------------------------


def _render_open(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    meta = token.meta
    attributes = {name: value for name, value in token.attrs.items() if name != "class"}
    classes = "" if meta["kind"] == "details" else "callout"
    classes = f"{classes} {token.attrs.get('class', '')}".strip()
    if classes:
        attributes["class"] = classes
        attributes["data-callout"] = meta["kind"]
    written = "".join(f' {name}="{escape(str(value))}"' for name, value in attributes.items())
    if meta["fold"]:
        written += " open" if meta["fold"] == "+" else ""
    else:
        written += ' role="note"'
    content = "" if meta["titled"] else '<div class="callout-content">\n'
    return f"<{token.tag}{written}>\n{content}"


def _render_title_open(
    self: object, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    callout = tokens[index - 1]
    if callout.meta["kind"] == "details":
        return "<summary>"
    return f'<{"summary" if callout.tag == "details" else "p"} class="callout-title">'


def _render_title_close(
    self: object, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    details = tokens[index - 3].tag == "details"
    return f'</{"summary" if details else "p"}>\n<div class="callout-content">\n'


def _render_close(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f"</div>\n</{tokens[index].tag}>\n"
