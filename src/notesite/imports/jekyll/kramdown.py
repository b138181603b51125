"""What kramdown writes otherwise -> Markdown of notesite: math in a line, attributes of blocks.

`$$x$$` is a formula of the line it stands in unless it is a paragraph of its own. `{: .class}`
stands behind its block; here it stands before it, or at the end of a heading.
"""

from __future__ import annotations

import re

from notesite.imports.places import Code, Remark, line_around
from notesite.imports.scrapbox.phrases import formula
from notesite.markdown.syntax.attributes import parse

_MATH = re.compile(r"(?<![\\$])\$\$(?!\$)((?:(?!\n[ \t]*\n)[^$]|\\\$){1,10000}?)(?<!\\)\$\$(?!\$)")
_LINE = re.compile(r"[ \t]*\{:(?P<inside>[^{}\n]*)\}[ \t]*")
_BEHIND = re.compile(r"(?<=[)\]`])\{:(?P<inside>[^{}\n]*)\}")
_OTHER = re.compile(r"\{:[^{}\n]*\}")


def math(text: str) -> str:
    """The text with `$x$` where kramdown's `$$x$$` stands in a line."""
    code = Code(text)

    def written(found: re.Match[str]) -> str:
        if code.holds(found.start()) or _is_alone(text, *found.span()):
            return found[0]
        before, after = (
            text[max(found.start() - 1, 0) : found.start()],
            text[found.end() : found.end() + 1],
        )
        return formula(" ".join(found[1].split()), before, after)

    return _MATH.sub(written, text)


def attributes(text: str) -> tuple[str, tuple[Remark, ...]]:
    """The text with its attributes where notesite looks for them; remarks on those it has not."""
    code = Code(text)
    remarks: list[Remark] = []
    lines: list[str] = []
    at = 0
    for line in text.split("\n"):
        found = None if code.holds(at) else _LINE.fullmatch(line)
        inside = found["inside"].strip() if found else ""
        if found and parse(inside):
            _give(lines, inside)
        elif not found and "{:" in line:
            lines.append(_behind(line, at, code, remarks))
        else:
            lines.append(line)
            if found:
                remarks.append(_no_equal(at + line.index("{"), found[0].strip()))
        at += len(line) + 1
    return "\n".join(lines), tuple(remarks)


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether these offsets enclose a paragraph."""
    before, after = line_around(text, start)[0], line_around(text, end)[1]
    above = line_around(text, max(start - len(before) - 1, 0))[0] if start > len(before) else ""
    below = line_around(text, end + len(after) + 1)[1] if end + len(after) < len(text) else ""
    return not any(part.strip(" \t>") for part in (above, before, after, below))


def _give(lines: list[str], inside: str) -> None:
    """The attributes to the block that ends the lines; behind an empty line, to the next one."""
    start = len(lines)
    while start and lines[start - 1].strip():
        start -= 1
    if start == len(lines):
        lines.append(f"{{{inside}}}")
    elif re.match(r"#{1,6}\s", lines[-1]):
        lines[-1] = f"{lines[-1].rstrip().rstrip('#').rstrip()} {{{inside}}}"
    else:
        lines.insert(start, f"{{{inside}}}")


def _behind(line: str, at: int, code: Code, remarks: list[Remark]) -> str:
    """A line with the attributes of what stands in it: links, images, code."""

    def written(found: re.Match[str]) -> str:
        inside = found["inside"].strip()
        return f"{{{inside}}}" if parse(inside) and not code.holds(at + found.start()) else found[0]

    for found in _OTHER.finditer(line):
        known = _BEHIND.match(line, found.start())
        if not code.holds(at + found.start()) and not (known and parse(known["inside"].strip())):
            remarks.append(_no_equal(at + found.start(), found[0]))
    return _BEHIND.sub(written, line)


def _no_equal(at: int, shown: str) -> Remark:
    hint = "notesite makes a table of contents itself" if "toc" in shown else ""
    return Remark(at, f"`{shown}` has no equal, and stays as it is", hint)
