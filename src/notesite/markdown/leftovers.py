"""Text that is the syntax of another program -> a warning: an import has missed it.

Scrapbox's brackets and Liquid's tags mean nothing in Markdown, and would be read by the reader.
What stands in code, or is escaped (`\\[* x]`), is meant.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from notesite.markdown.gathered import gathered

_LEFT = re.compile(
    r"(?P<Liquid>\{%-?\s*[a-z]\w*[^%\n]*%\}"
    r"|\{\{-?\s*(?:site|page|layout|include|post)\.[^{}\n]*\}\})"
    r"|(?P<Scrapbox>\[[*/_-]*\*[*/_-]*\s[^\[\]\n]+\]"  # [* strong]
    r"|\[\$\s[^\n]*?\]"  # [$ x^2]
    r"|\[[^\[\]\n]+\.icon(?:\*\d+)?\]"  # [name.icon]
    r"|\[/[\w-]+/[^\[\]\n]*\]"  # [/project/page]
    r"|\A(?:code|table):\S+\Z)"
)
_MAY_BE = ("{%", "{{", "[", "code:", "table:")
_HINTS = {
    "Liquid": "`notesite import jekyll` makes Markdown of it; write it as code if it is meant",
    "Scrapbox": "`notesite import scrapbox` makes Markdown of it; write it as code if it is meant",
}


def plugin(md: MarkdownIt) -> None:
    """Install the rule; by then, text is in one piece."""
    md.core.ruler.push("leftovers", _leftovers)


def _leftovers(state: StateCore) -> None:
    if not any(sign in state.src for sign in _MAY_BE):
        return
    note = gathered(state.env)
    for token in state.tokens:
        if token.type != "inline" or not token.map:
            continue
        for child in token.children or ():
            if child.type != "text":
                continue
            for found in _LEFT.finditer(child.content):
                if written := re.search(r"(?<!\\)" + re.escape(found[0]), token.content):
                    program = str(found.lastgroup)
                    message = f"`{found[0]}` is {program}'s, and is shown as text"
                    place = note.place(token.map[0], token.content, written.start())
                    note.problem("warning", message, *place, _HINTS[program])
