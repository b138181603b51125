"""Fenced and indented code -> `<div class="code">` with title, marked lines, diffs; Mermaid.

The info string is what GitHub, Zenn and Pandoc-like tools write: ```` ```py title="a.py" {1,3-5}
````, ```` ```py:a.py ````, ```` ```diff cpp ````. A language that is no plain name is none.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from msgspec import Struct

from notesite.markdown.gathered import gathered

_LANGUAGE = re.compile(r"\{?\.?([A-Za-z0-9][A-Za-z0-9_+#.-]{0,39})(?=[\s:{}]|$)(?::([^\s{}]+))?")
_LINES = re.compile(r"\{([\d\s,-]{1,200})\}")
_TITLE = re.compile(r"""(?:^|[\s{])(?:title|filename)=(?:"([^"]*)"|'([^']*)'|([^\s{}"']+))""")
_WORD = re.compile(r"[\s:]+([A-Za-z0-9][A-Za-z0-9_+#.-]{0,39})(?=[\s:{]|$)(?::([^\s{}]+))?")

_SIGNS = {"+": "ins", "-": "del"}


class Info(Struct, frozen=True):
    """What an info string says. `marked` are the numbers of lines, from 1."""

    language: str = ""
    title: str = ""
    marked: frozenset[int] = frozenset()
    diff: bool = False


def plugin(md: MarkdownIt) -> None:
    """Install the ways of showing, and the rule that finds a fence without an end."""
    md.core.ruler.after("block", "unclosed_fences", _unclosed)
    md.add_render_rule("fence", _fence)
    md.add_render_rule("code_block", _code_block)


def read_info(info: str, lines: int) -> Info:
    """The info string of a block of `lines` lines."""
    info = unescapeAll(info).strip()
    found = _LANGUAGE.match(info)
    language, title = (found[1], found[2] or "") if found else ("", "")
    diff = language.lower() == "diff"
    if found and diff and not title and (inner := _WORD.match(info, found.end())):
        language, title = inner[1], inner[2] or ""
    if named := _TITLE.search(info):
        title = named[1] or named[2] or named[3] or ""
    marked = _LINES.search(info)
    return Info(language, title, _numbers(marked[1], lines) if marked else frozenset(), diff)


def _numbers(written: str, lines: int) -> frozenset[int]:
    """`1,3-5` -> 1, 3, 4, 5, as far as there are such lines."""
    numbers: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:\s*-\s*(\d+))?", written):
        start, end = int(first[:9]), int((last or first)[:9])
        numbers.update(range(max(start, 1), min(end, lines) + 1))
    return frozenset(numbers)


# --- HTML -----------------------------------------------------------------------------------------


def _code_block(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return _block(tokens[index], Info(), env)


def _fence(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    info = read_info(token.info, token.content.count("\n") + 1)
    if info.language.lower() == "mermaid":
        return f'<pre class="mermaid">{escape(token.content)}</pre>\n'
    return _block(token, info, env)


def _block(token: Token, info: Info, env: MutableMapping[str, Any]) -> str:
    attributes = {"class": "code diff" if info.diff else "code"}
    if info.language:
        attributes["data-lang"] = info.language.lower()
    for name, value in token.attrs.items():
        attributes[name] = f"{attributes[name]} {value}" if name == "class" else str(value)
    opening = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    title = f'<div class="code-title">{escape(info.title)}</div>' if info.title else ""
    lines = _coloured(token, info, env)
    code = "".join(
        _line(line, _classes(number, source, info))
        for number, (line, source) in enumerate(zip(lines, _source(token), strict=True), 1)
    )
    if not token.content:
        code = ""
    return f'<div{opening}>{title}<pre tabindex="0"><code>{code}</code></pre></div>\n'


def _line(line: str, classes: str) -> str:
    """The line end belongs to the span, so that a line can be shown as a block."""
    return f'<span class="{classes}">{line}\n</span>' if classes else f"{line}\n"


def _classes(number: int, source: str, info: Info) -> str:
    names = ["hl"] if number in info.marked else []
    if info.diff and source[:1] in _SIGNS:
        names.append(_SIGNS[source[0]])
    return " ".join(names)


def _source(token: Token) -> list[str]:
    return token.content.removesuffix("\n").split("\n")


def _coloured(token: Token, info: Info, env: MutableMapping[str, Any]) -> list[str]:
    """The lines in colours; a diff is coloured without its signs, as what it is a diff of."""
    from notesite.markdown.highlight import highlight  # many a note has no code

    code = token.content
    signs: list[str] = []
    if info.diff:
        signs = [line[:1] if line[:1] in ("+", "-", " ") else "" for line in _source(token)]
        bare = [line[len(sign) :] for line, sign in zip(_source(token), signs, strict=True)]
        code = "\n".join(bare) + "\n"
    result = highlight(code, info.language)
    if result.problem:
        _complain(token, info.language, result.problem, env)
    if not info.diff:
        return result.lines
    return [sign + line for sign, line in zip(signs, result.lines, strict=True)]


# --- problems -------------------------------------------------------------------------------------


def _complain(token: Token, language: str, problem: str, env: MutableMapping[str, Any]) -> None:
    line = token.map[0] + 1 if token.map else 0
    if problem == "unknown":
        told: set[str] = env.setdefault("unknown_languages", set())
        if language.lower() in told:
            return
        told.add(language.lower())
        message = f'no colours for the language "{language}", which is not known'
        gathered(env).problem("note", message, line, 1, "write text for none")
        return
    from notesite.markdown.highlight import LONGEST, SLOWEST

    limit = f"{LONGEST // 1000} kB" if problem == "long" else f"{SLOWEST:g} s"
    message = f"this code has no colours, because it takes more than {limit}"
    gathered(env).problem("warning", message, line, 1)


def _unclosed(state: StateCore) -> None:
    for token in state.tokens:
        if token.type != "fence" or not token.map:
            continue
        lines = token.content.count("\n") + (
            not token.content.endswith("\n") and token.content != ""
        )
        if token.map[1] - token.map[0] <= lines + 1:
            message = f"this fence has no end: {token.markup} is missing"
            gathered(state.env).problem("warning", message, token.map[0] + 1, 1)
