"""`{{< name arg key="value" >}}` and `{{< /name >}}` -> holes, which index checks and render fills
with what a macro of the site makes of them.

On a line of its own a call is a block, elsewhere part of the text; what stands between two that
belong together is Markdown. The grammar is Hugo's:
https://gohugo.io/content-management/shortcodes/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from notesite.markdown.gathered import Gathered, gathered
from notesite.markdown.inline import starts
from notesite.markdown.math.places import Places
from notesite.markdown.remarks import remember
from notesite.model import Location, Shortcode, ShortcodeEnd

# possessive and bounded: each character is looked at once, and a run of openers is soon over
_CALL = re.compile(
    r"\{\{<\s*(?P<end>/)?\s*(?P<name>[A-Za-z_][\w./-]{0,99}+)"
    r"(?P<arguments>(?:\s(?:[^\"`>]|\"(?:[^\"\\]|\\.)*+\"|`[^`]*+`|>(?!\}\})){0,1000}+)?)>\}\}",
    re.S,
)
_ARGUMENT = re.compile(
    r"(?:([A-Za-z_][\w-]*+)\s*=\s*)?(?:\"((?:[^\"\\]|\\.)*+)\"|`([^`]*+)`|([^\s\"`]++))\s*", re.S
)
_WRITTEN_OUT = re.compile(r"\{\{([<%])/\*([^\n]{0,1000}?)\*/([>%])\}\}")
_OPENS = re.compile(r"\{\{<\s*/?\s*[A-Za-z_]")


def plugin(md: MarkdownIt) -> None:
    """Install the rules."""
    alt: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("table", "shortcode", _line, alt)
    md.inline.ruler.before("escape", "shortcode", _inline)
    starts(md, "shortcode", "{")
    md.core.ruler.push("shortcodes", _holes)
    md.add_render_rule("shortcode", _render)


def _line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("{{<", first) or state.is_code_block(start):
        return False
    found = _CALL.fullmatch(state.src[first : state.eMarks[start]].rstrip())
    token = _token(found) if found else None
    if token is None:
        return False
    if not silent:
        token.block, token.level, token.map = True, state.level, [start, start + 1]
        state.tokens.append(token)
        state.line = start + 1
    return True


def _inline(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("{{", state.pos):
        return False
    if shown := _WRITTEN_OUT.match(state.src, state.pos, state.posMax):
        if not silent:
            state.pending += f"{{{{{shown[1]}{shown[2]}{shown[3]}}}}}"
        state.pos = shown.end()
        return True
    found = _CALL.match(state.src, state.pos, state.posMax)
    token = _token(found) if found else None
    if found is None or token is None:
        if not silent and _OPENS.match(state.src, state.pos, state.posMax):
            message = "this shortcode has no end, or arguments that cannot be read"
            hint = 'write {{< name word key="value" >}}, or {{</* name */>}} to show it as it is'
            remember(state, state.pos, "warning", message, hint)
        return False
    if not silent:
        token.meta["at"] = state.pos
        state.push("", "", 0)  # what waits as text comes before it
        token.level = state.level
        state.tokens[-1] = token
    state.pos = found.end()
    return True


def _token(found: re.Match[str]) -> Token | None:
    """None if the arguments are none."""
    written = re.sub(r"(?:^|\s)/$", "", found["arguments"].strip())  # Hugo's mark of no body
    words: list[str] = []
    named: list[tuple[str, str]] = []
    at = 0
    while at < len(written):
        argument = _ARGUMENT.match(written, at)
        if argument is None:
            return None
        key, quoted, raw, bare = argument.groups()
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else raw or bare or ""
        if key:
            named.append((key.replace("-", "_"), value))
        else:
            words.append(value)
        at = argument.end()
    token = Token("shortcode", "", 0, content=found[0])
    token.meta = {
        "name": found["name"], "words": tuple(words), "keys": tuple(named),
        "ends": bool(found["end"]),
    }  # fmt: skip
    return token


# --- which belong together ------------------------------------------------------------------------


def _holes(state: StateCore) -> None:
    if "{{<" not in state.src:
        return
    note = gathered(state.env)
    places = Places(note)
    _pair(state.tokens)
    for index, token in enumerate(state.tokens):
        if token.type == "shortcode":
            line = token.map[0] if token.map else 0
            _hole(token, note, note.place(line, token.content, 0))
        elif token.type == "inline" and "{{<" in token.content:
            children = token.children or []
            _pair(children)
            for child in children:
                if child.type == "shortcode":
                    _hole(child, note, places.of_offset(token, child.meta["at"]))
            if _is_nothing_else(children):
                state.tokens[index - 1].hidden = state.tokens[index + 1].hidden = True


def _pair(tokens: Iterable[Token]) -> None:
    """Give each end its start, `meta["of"]`, in the same block; and the start `paired`."""
    opened: list[list[Token]] = [[]]
    for token in tokens:
        if token.nesting > 0:
            opened.append([])
        elif token.nesting < 0 and len(opened) > 1:
            opened.pop()
        elif token.type == "shortcode" and not token.meta["ends"]:
            opened[-1].append(token)
        elif token.type == "shortcode":
            here = opened[-1]
            at = next((i for i in reversed(range(len(here))) if _is_end(token, here[i])), None)
            if at is not None:
                token.meta["of"] = here[at]
                here[at].meta["paired"] = True
                del here[at:]


def _is_end(token: Token, start: Token) -> bool:
    return bool(token.meta["name"] == start.meta["name"])


def _hole(token: Token, note: Gathered, place: tuple[int, int]) -> None:
    meta = token.meta
    shown = escape(token.content, quote=False)
    written = f"<p>{shown}</p>" if token.block else shown
    meta["hole"] = written
    if not meta["ends"]:
        where = Location(note.shown, *place)
        paired = meta.get("paired", False)
        meta["start"] = Shortcode(meta["name"], meta["words"], meta["keys"], written, where, paired)
        meta["hole"] = note.hole(meta["start"])
    elif start := meta.get("of"):
        meta["hole"] = note.hole(ShortcodeEnd(start.meta["start"], written))
    else:
        message = f"`{token.content}` ends nothing that begins in the same block"
        hint = "put both on lines of their own, or both into one paragraph"
        note.problem("warning", message, *place, hint)


def _is_nothing_else(children: Sequence[Token]) -> bool:
    """Whether a paragraph is made of calls alone, with all that is in pairs of them."""
    depth = 0
    for token in children:
        if token.type == "shortcode":
            if "of" in token.meta:
                depth -= 1
            elif token.meta.get("paired"):
                depth += 1
            elif token.meta["ends"]:
                return False
        elif not depth and ((token.type != "softbreak" and token.content.strip()) or token.nesting):
            return False
    return True


def _render(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    return f"{token.meta['hole']}\n" if token.block else str(token.meta["hole"])
