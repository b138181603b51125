"""Text, code, URLs of another format -> Markdown that reads as just that, whatever is in them.

What could be taken for syntax of CommonMark or of notesite gets a backslash; what no backslash
makes safe becomes an entity or a percent escape. `[` is escaped and `]` is not, for `\\[x_1\\]` is
a formula.
"""

from __future__ import annotations

import re

# A line that begins so would be a list, a heading, a quote, a fence, a callout, a definition …
_STARTS = re.compile(
    r"#{1,6}(?=\s|$)|[-+](?=\s|$)|>|-{2,}|=+\s*$|~(?=\s|$)|:(?=\s|$)|:::|!!!|\?\?\?|%(?=\s|$)"
    r"|[|:-][\s|:-]*$"
)
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_SIGNS = re.compile(
    r"[*`\[<${]"
    r"|\\|_"
    r"|==+|~~+|%%+"
    r"|&(?=#?\w{1,40};)"
    r"|(?<!\S)[\^#](?=\S)"
    r"|[!^](?=\[)"
)
# What would end an address, or make it math, code or a cell of a table.
_ENDS_TARGET = re.compile(r"[\s()<>\"$\\`|{}\[\]]")
_ENDS_AUTOLINK = re.compile(r"[\s<>$\\`|]")
# Control characters make a note unreadable; a lone surrogate cannot be written at all.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0\ufffe\uffff]")


def text(words: str, *, starts: bool = False, before_link: bool = False, ends: bool = False) -> str:
    """Words as Markdown. `starts`: they begin a line; `ends`: they come right behind a link;
    `before_link`: something in brackets follows them."""
    quoted = _SIGNS.sub(lambda found: _escaped(found, words), words)
    if starts:
        quoted = _as_start(quoted)
    if ends and quoted.startswith("("):
        quoted = "\\" + quoted
    if before_link and quoted[-1:] in ("!", "@", "^"):
        quoted = f"{quoted[:-1]}\\{quoted[-1]}"
    return quoted


def label(words: str) -> str:
    """Words as the text of a link."""
    return text(words, before_link=True).replace("]", "&#93;")


def code(content: str) -> str:
    """A code span."""
    fence = "`" * (_longest_run(content) + 1)
    edges = content[:1] + content[-1:]
    padded = "`" in edges or (edges == "  " and content.strip(" "))
    space = " " if padded else ""
    return f"{fence}{space}{content}{space}{fence}"


def fence(lines: tuple[str, ...], language: str, title: str = "") -> list[str]:
    """A fenced block of code, line by line."""
    info = language or ("text" if title else "")
    if title:
        title = title.replace('"', "'") if "'" not in title or '"' not in title else title
        title = title.replace('"', "”").replace("&", "&amp;").replace("\\", "\\\\")
        info += f' title="{title}"'
    sign = "~" if "`" in info else "`"
    length = max([3, *(_longest_run(line, sign) + 1 for line in lines)])
    return [f"{sign * length}{info}", *lines, sign * length]


def url(address: str) -> str:
    """An address as the target of a link."""
    return _ENDS_TARGET.sub(_percent, address)


def autolink(address: str) -> str:
    """A link that is its own text."""
    return f"<{_ENDS_AUTOLINK.sub(_percent, address)}>"


def writable(words: str) -> str:
    """Words without what no note can hold: each such character becomes U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", words)


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def _escaped(found: re.Match[str], words: str) -> str:
    sign, start, end = found[0], found.start(), found.end()
    before, after = words[max(start - 1, 0) : start], words[end : end + 1]
    if sign == "_":
        return sign if before.isalnum() and after.isalnum() else "\\_"
    if sign == "\\":  # `\\(` is math where the settings say so
        return "&#92;" if after in tuple("()[]") else "\\\\"
    return "".join("\\" + char for char in sign)


def _as_start(quoted: str) -> str:
    if found := _NUMBER.match(quoted):
        sign = "\\." if found[2] == "." else "&#41;"
        return found[1] + sign + quoted[found.end() :]
    return "\\" + quoted if _STARTS.match(quoted) else quoted


def _longest_run(content: str, sign: str = "`") -> int:
    return max(map(len, re.findall(f"{sign}+", content)), default=0)
