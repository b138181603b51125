"""A formula -> the same formula fit to stand in a line of text.

In inline mode KaTeX 0.19 refuses `\\tag` and the environments align, alignat, gather, equation,
split and CD. All but CD have a twin that it takes there.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from notesite.model import Formula

TWINS = {
    "align": "aligned",
    "alignat": "alignedat",
    "gather": "gathered",
    "equation": "gathered",
    "split": "aligned",
}
ENVIRONMENT = re.compile(r"\\\\|\\(begin|end)\s*\{\s*(align|alignat|gather|equation|split)\*?\s*\}")
TAG = re.compile(r"\\\\|\\tag\*?\s*\{")
DISPLAY_ONLY = re.compile(
    r"\\tag(?![A-Za-z])|\\begin\s*\{\s*(?:CD|(?:align|alignat|gather|equation)\*?|split)\s*\}"
)


def as_inline(formula: Formula) -> Formula:
    """Without ids and, where it was displayed, tags; it stays displayed if only that can show
    it."""
    if not formula.display:
        return replace(formula, ids=()) if formula.ids else formula
    tex = ENVIRONMENT.sub(_twin, _without_tags(formula.tex))
    if DISPLAY_ONLY.search(tex) or DISPLAY_ONLY.search(
        formula.preamble
    ):  # a macro may stand for one
        return replace(formula, ids=())
    return replace(formula, tex=tex, display=False, ids=())


def _twin(match: re.Match[str]) -> str:
    return f"\\{match[1]}{{{TWINS[match[2]]}}}" if match[1] else match[0]


def _without_tags(tex: str) -> str:
    pieces = []
    position = 0
    while found := TAG.search(tex, position):
        end = found.end() if found[0] == "\\\\" else _closed(tex, found.end())
        if end < 0:
            break
        pieces.append(tex[position : found.start()] + (found[0] if found[0] == "\\\\" else ""))
        position = end
    return "".join(pieces) + tex[position:]


def _closed(tex: str, start: int) -> int:
    """Where the group that was opened before `start` has ended, -1 if it does not."""
    depth = 1
    for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(tex, start):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if not depth:
            return match.end()
    return -1
