"""Zenn's embeds, `@[card](url)`, `@[youtube](id)` -> plain links.

Nothing is fetched from another host.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from notesite.markdown.inline import starts

# the kinds are those of https://zenn.dev/zenn/articles/markdown-guide
_EMBED = re.compile(
    r"@\[(card|tweet|youtube|github|gist|figma|codepen|slideshare|speakerdeck|docswell|jsfiddle"
    r"|codesandbox|stackblitz|blueprintue)\]\(([^\s()<>\"]{1,2000})(?: [^()\n]{0,100})?\)"
)
_BY_ID = {
    "youtube": "https://www.youtube.com/watch?v=",
    "speakerdeck": "https://speakerdeck.com/player/",
    "slideshare": "https://www.slideshare.net/slideshow/embed_code/key/",
}


def plugin(md: MarkdownIt) -> None:
    """Install the rule."""
    md.inline.ruler.before("link", "card", _card)
    starts(md, "card", "@")


def _card(state: StateInline, silent: bool) -> bool:
    found = _EMBED.match(state.src, state.pos, state.posMax)
    if not found or state.linkLevel:
        return False
    kind, url = found[1], found[2]
    if not url.startswith(("http://", "https://")):
        if kind not in _BY_ID:
            return False
        url = _BY_ID[kind] + url
    href = state.md.normalizeLink(url)
    if not state.md.validateLink(href):
        return False
    if not silent:
        opening = state.push("link_open", "a", 1)
        opening.attrs = {"href": href}
        opening.info = "auto"
        state.push("text", "", 0).content = state.md.normalizeLinkText(url)
        state.push("link_close", "a", -1).info = "auto"
    state.pos = found.end()
    return True
