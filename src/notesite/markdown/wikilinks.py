"""`[[Title#Heading|label]]`, `![[Note]]`, `![[image.png|300]]` -> tokens, of whose targets links.py
makes holes; ` ^id` at the end of a block -> the block's id.

As Obsidian and Cosense write them: https://help.obsidian.md/links and .../embeds
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from notesite.markdown.embeds import embed_blocks
from notesite.markdown.inline import Rule, starts

# possessive: each character is looked at once. A formula may hold `|` and brackets
_PART = r"(?>\$(?:(?!\]\])[^$\n])+\$|[^\[\]|\n])"
_WIKILINK = re.compile(rf"!?\[\[({_PART}++)(?:\|((?:{_PART}|\|)*+))?\]\]")
_MARKDOWN = re.compile(r"\(\s*<?(?:[A-Za-z][A-Za-z0-9+.-]*:|[/.#])")  # `[[1]](https://…)`
_SIZE = re.compile(r"\s*([0-9]{1,4})(?:x([0-9]{1,4}))?\s*")
_BLOCK_ID = re.compile(r"(?:^|[ \t\n])(\^[A-Za-z0-9-]+)[ \t]*$")
_MEDIA = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "bmp"), "image"),
    **dict.fromkeys(("mp3", "m4a", "ogg", "wav", "flac", "3gp", "opus"), "audio"),
    **dict.fromkeys(("mp4", "webm", "ogv", "mov", "mkv"), "video"),
    "pdf": "object",
}
_FILE = re.compile(r"(.+\.(\w+))(#.*)?")  # `a.pdf#page=3`


def plugin(md: MarkdownIt) -> None:
    """Install the rules, before those of links and images. Needs the rule of formulas."""
    formula = next(rule.fn for rule in md.inline.ruler.__rules__ if rule.name == "math")

    def rule(state: StateInline, silent: bool) -> bool:
        return _wikilink(state, silent, formula)

    md.inline.ruler.before("link", "wikilink", rule)
    starts(md, "wikilink", "[!")
    md.core.ruler.after("inline", "block_ids", _block_ids)
    md.core.ruler.push("embeds", embed_blocks)
    md.add_render_rule("wikilink_open", _render_open)
    md.add_render_rule("embed", _render_embed)
    md.add_render_rule("media", _render_media)


def _wikilink(state: StateInline, silent: bool, formula: Rule) -> bool:
    start = state.pos
    embed = state.src[start] == "!"
    if not state.src.startswith("[[", start + embed):
        return False
    found = _WIKILINK.match(state.src, start, state.posMax)
    if not found or not found[1].strip(" \\") or _is_markdown(state, found):
        return False
    end = found.end()
    if not silent:
        target = found[1].removesuffix("\\").strip()  # `\|` in a table
        file = _FILE.fullmatch(target) if embed else None
        if file and (kind := _MEDIA.get(file[2].lower())):
            _media(state, kind, file[1], file[3] or "", found[2] or "")
        else:
            _link(state, found, target, formula)
    state.pos = end
    return True


def _is_markdown(state: StateInline, found: re.Match[str]) -> bool:
    """Whether it is a link of Markdown around brackets."""
    if _MARKDOWN.match(state.src, found.end(), state.posMax):
        return True
    return found[1].strip().upper() in state.env.get("references", ())


def _link(state: StateInline, found: re.Match[str], target: str, formula: Rule) -> None:
    opening = state.push("wikilink_open", "a", 1)
    opening.meta = {"wikilink": target, "at": found.start(1), "embed": found[0][0] == "!"}
    label, last = found[2] or "", state.posMax
    if label.strip():
        state.pos, state.posMax = found.start(2), found.end(2)
    elif "$" in target and "#" not in target:
        state.pos, state.posMax = found.start(1), found.end(1)
    else:
        state.pending += shown_as(target)
        state.pos = state.posMax = found.end(1)
    while state.pos < state.posMax:  # text as it stands, but for formulas
        sign = state.src[state.pos]
        if sign != "$" or not formula(state, False):
            state.pending += sign
            state.pos += 1
    state.posMax = last
    state.push("wikilink_close", "a", -1)


def shown_as(target: str) -> str:
    """A target without a label: `Title > Heading`, as Obsidian shows it."""
    parts = [part.strip() for part in target.split("#")]
    return " > ".join(part for part in parts if part) if parts[-1] else target


def _media(state: StateInline, kind: str, target: str, fragment: str, label: str) -> None:
    *words, last = label.split("|")
    size = _SIZE.fullmatch(last)
    text = "|".join(words if size else [*words, last]).strip()
    token = state.push(
        "image" if kind == "image" else "media", "img" if kind == "image" else kind, 0
    )
    token.attrs = {"src": target, "alt": ""}
    file = target.rpartition("/")[2]
    name = file if kind == "object" else file.rpartition(".")[0]
    token.content = text or name
    token.children = [Token("text", "", 0, content=token.content)]
    token.meta = {"named": True, "at": state.pos, "fragment": fragment}
    if size:
        token.attrs["width"] = size[1]
        if size[2]:
            token.attrs["height"] = size[2]


def _render_open(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return f"<a{tokens[index].meta['hole']}>"


def _render_embed(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return str(tokens[index].meta["hole"])


def _render_media(self: object, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    src, name = token.attrs["src"], escape(token.content)
    default = {"width": "100%", "height": "600"} if token.tag == "object" else {}
    sizes = {key: token.attrs.get(key) or default.get(key) for key in ("width", "height")}
    size = "".join(f' {key}="{value}"' for key, value in sizes.items() if value)
    if token.tag == "object":
        link = f'<a href="{src}">{name}</a>'  # where a browser does not show it
        return f'<object data="{src}" type="application/pdf"{size}>{link}</object>'
    return f'<{token.tag} controls src="{src}"{size} aria-label="{name}"></{token.tag}>'


# --- ids of blocks --------------------------------------------------------------------------------


def _block_ids(state: StateCore) -> None:
    if "^" not in state.src:
        return
    alone = []
    for index, token in enumerate(state.tokens):
        last = token.children[-1] if token.type == "inline" and token.children else None
        if last is None or last.type != "text":
            continue
        found = _BLOCK_ID.search(last.content)
        if not found:
            continue
        if token.content.strip() == found[1]:  # a paragraph of its own: that of the block before
            block = _before(state.tokens, index - 1)
            alone.append(index)
        else:
            opening = state.tokens[index - 1]
            block = state.tokens[index - 2] if opening.hidden and index > 1 else opening
            last.content = last.content[: found.start()]
        if block is not None and "id" not in block.attrs:
            block.attrs["id"] = found[1]
            state.env.setdefault("ids", set()).add(found[1])
    for index in reversed(alone):
        del state.tokens[index - 1 : index + 2]


def _before(tokens: Sequence[Token], index: int) -> Token | None:
    """What opens the block that ends before this one, in the same container."""
    level = tokens[index].level
    for token in reversed(tokens[:index]):
        if token.level < level:
            return None
        if token.level == level and token.nesting >= 0:
            return token
    return None
