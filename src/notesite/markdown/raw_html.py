"""Raw HTML as the author wrote it -> the text that a reader sees in it. No parser: linear, and
never wrong about safety, because what comes out is text and is escaped again."""

from __future__ import annotations

import html
import re

MORE = re.compile(r"<!--\s*more\s*-->", re.IGNORECASE)
# What is not prose goes with its content: to its end tag, or to the end of the block.
ELEMENT = r"<!--.*?(?:-->|\Z)|<({})\b.*?(?:</\1\s*>|\Z)|<![^>]*>?|<\?[^>]*>?"
UNREAD = re.compile(ELEMENT.format("script|style|template|svg|math|iframe"), re.S | re.I)
LEFT_OUT = re.compile(
    ELEMENT.format("script|style|template|svg|math|iframe|table|h[1-6]|pre"), re.S | re.I
)
TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
BREAK = re.compile(r"<br\b", re.IGNORECASE)
SCRIPT = re.compile(r"<(/?)(script|style|template|textarea)\b", re.IGNORECASE)
IMAGE = re.compile(r"<img\b", re.IGNORECASE)


def prose(markup: str) -> str:
    """All text that it shows."""
    return _plain(UNREAD.sub(" ", markup))


def readable(markup: str) -> str:
    """Its text without what an excerpt leaves out: headings, tables, code."""
    return _plain(LEFT_OUT.sub(" ", markup))


def images(markup: str) -> int:
    """How many images it shows."""
    return len(IMAGE.findall(markup))


def hides(tag: str, script: str) -> str:
    """The raw element whose content is not shown, after this inline tag; `script` is the one
    before it."""
    if found := SCRIPT.match(tag):
        closes, name = found[1], found[2].lower()
        if closes:
            return "" if name == script else script
        return script or name
    return script


def _plain(markup: str) -> str:
    return html.unescape(TAG.sub(" ", markup)).replace("\0", "")
