"""Source code and the name of its language -> lines of HTML with Pygments' classes.

Colours are classes only. A language is never guessed. Lexers can be made slow (some are
quadratic), so code over a limit of length or time stays plain; the time limit works in a process'
main thread on Unix only.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import Literal, NamedTuple

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class, get_all_lexers
from pygments.token import STANDARD_TYPES
from pygments.token import _TokenType as TokenType

from notesite.limits import TimeLimit, time_limit
from notesite.markdown.highlight_css import UNSTYLED

LONGEST = 100_000  # characters
SLOWEST = 1.0  # seconds
_KEPT = 4_000  # characters: longer code is not kept in memory

PLAIN = frozenset(
    ["", "text", "txt", "plain", "plaintext", "none", "output", "nohighlight", "math", "diff"]
)
# Names in use that Pygments has not.
_MORE_NAMES = {
    "yml": "yaml",
    "jsonc": "json",
    "node": "javascript",
    "mjs": "javascript",
    "cjs": "javascript",
    "mts": "typescript",
    "cts": "typescript",
    "shellsession": "console",
    "terminal": "console",
    "cmd": "batch",
    "viml": "vim",
    "proto": "protobuf",
    "htm": "html",
    "patch": "diff",
    "conf": "ini",
    "latex": "tex",
    "f": "fortran",
    "m": "matlab",
}


class Highlighted(NamedTuple):
    """Lines of HTML without line ends, and why they have no colours if they should have."""

    lines: list[str]
    problem: Literal["", "unknown", "long", "slow"] = ""


def highlight(code: str, language: str) -> Highlighted:
    """`code` in `language` (any of Pygments' short names, in any case)."""
    code = code.removesuffix("\n")
    plain = escape(code).split("\n")
    name = language.lower()
    if name in PLAIN:
        return Highlighted(plain)
    lexer = _lexer(_MORE_NAMES.get(name, name))
    if lexer is None:
        return Highlighted(plain, "unknown")
    if len(code) > LONGEST:
        return Highlighted(plain, "long")
    try:
        lines = _kept_lines(lexer, code) if len(code) < _KEPT else _lines(lexer, code)
    except TimeLimit:
        return Highlighted(plain, "slow")
    return Highlighted(lines or plain)


@lru_cache(maxsize=512)
def _kept_lines(lexer: Lexer, code: str) -> list[str]:
    """While a note is being written, most of its code stays as it is."""
    return _lines(lexer, code)


def _lines(lexer: Lexer, code: str) -> list[str]:
    """No span goes over a line end, so that lines can be marked.

    No lines if the lexer does not give back what it got: some drop noise, such as a BOM.
    """
    lines: list[str] = []
    line: list[str] = []
    length = 0
    with time_limit(SLOWEST):
        for name, text in _runs(lexer, code + "\n"):
            length += len(text)
            for index, part in enumerate(text.split("\n")):
                if index:
                    lines.append("".join(line))
                    line = []
                if part:
                    part = escape(part)
                    line.append(f'<span class="{name}">{part}</span>' if name else part)
    return lines if length == len(code) + 1 else []


def _runs(lexer: Lexer, code: str) -> Iterator[tuple[str, str]]:
    """(class, text) of the tokens, neighbours of one class as one."""
    last, parts = "", [""]
    for token_type, text in lexer.get_tokens(code):
        name = _class(token_type)
        if name != last:
            yield last, "".join(parts)
            last, parts = name, []
        parts.append(text)
    yield last, "".join(parts)


@lru_cache(maxsize=1024)
def _class(token_type: TokenType) -> str:
    kind: TokenType | None = token_type
    while kind is not None and kind not in STANDARD_TYPES:
        kind = kind.parent
    name = STANDARD_TYPES[kind] if kind is not None else ""
    return "" if name in UNSTYLED else name


@lru_cache(maxsize=1)
def _full_names() -> dict[str, str]:
    # without plugins: what is installed beside notesite must not change a page
    return {
        alias.lower(): name
        for name, aliases, _, _ in get_all_lexers(plugins=False)
        for alias in aliases
    }


@lru_cache(maxsize=256)
def _lexer(name: str) -> Lexer | None:
    full = _full_names().get(name)
    found = find_lexer_class(full) if full else None
    return found(stripnl=False) if found else None
