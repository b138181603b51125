"""Stored, and the pieces of notes -> HTML, with what it embeds in frames.

On the page of another note an id has the number of its frame before it, so that none stands there
twice. A link within the note leads to what is in the frame, else to the note's own page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape, unescape
from itertools import zip_longest
from urllib.parse import quote, unquote

from notesite.markdown.bodies import Pieces
from notesite.markdown.passages import ranges
from notesite.model import Embedded, Shortcode, Stored

Load = Callable[[Stored], Pieces]
Call = Callable[[Shortcode, str], str]

_FRAME = (
    '<aside class="callout embed" data-callout="quote">\n'
    '<p class="callout-title"><a href="{url}">{title}</a></p>\n'
    '<div class="callout-content">\n{html}\n</div>\n</aside>\n'
)
_MARK = re.compile("\0([0-9]+)\0")
_NAMED = r"id|name|for|aria-labelledby|aria-describedby"
_TAG = re.compile(rf"<[A-Za-z][^<>]*?\s(?:{_NAMED}|href)\s*=[^<>]*>")
_ID = re.compile(r"""\s(?:id|name)\s*=\s*["']?([^"'\s<>]+)""")
_ATTRIBUTE = re.compile(rf"""(\s(?:{_NAMED})\s*=\s*["']?|\shref\s*=\s*["']?#)([^"'\s<>]+)""")


def _written(shortcode: Shortcode, body: str) -> str:
    return shortcode.written + body


def printed(stored: Stored, load: Load, call: Call = _written) -> str:
    """The HTML that `stored` stands for, its links filled in; `call` gives what a macro makes of a
    shortcode and its body."""
    text, frames = _joined(load(stored), stored, call)
    return _with_frames(text, frames, "embed-", load, call)


def _joined(pieces: Sequence[str], html: Stored, call: Call) -> tuple[str, list[Embedded]]:
    """With its links and calls, and a mark where there is to be a frame."""
    frames: list[Embedded] = []
    opened: list[tuple[Shortcode, list[str]]] = []
    written: list[str] = []
    for text, link in zip_longest(pieces, html.links, fillvalue=""):
        written.append(text)
        if isinstance(link, str):
            written.append(link)
        elif isinstance(link, Embedded):
            frames.append(link)
            written.append(f"\0{len(frames)}\0")
        elif isinstance(link, Shortcode) and link.paired:
            opened.append((link, written))
            written = []
        elif isinstance(link, Shortcode):
            written.append(call(link, ""))
        elif opened:  # else the body began before this passage
            start, before = opened.pop()
            written = [*before, call(start, "".join(written))]
    for start, before in reversed(opened):
        written = [*before, call(start, "".join(written))]
    return "".join(written), frames


def _with_frames(text: str, frames: Sequence[Embedded], prefix: str, load: Load, call: Call) -> str:
    def framed(found: re.Match[str]) -> str:
        return _framed(frames[int(found[1]) - 1], f"{prefix}{found[1]}-", load, call)

    return _MARK.sub(framed, text) if frames else text


def _framed(embedded: Embedded, prefix: str, load: Load, call: Call) -> str:
    """The frame; `prefix` is that of the ids in it."""
    html = embedded.html
    text = "\0".join(load(html))
    if html.passage:
        start, end = ranges(text)[html.passage]
        text = text[start:end]
    url = escape(embedded.url)
    own, frames = _joined(text.split("\0"), html, call)
    shown = _with_frames(_renamed(own, prefix, url), frames, prefix, load, call)
    if shown.startswith("<li"):
        shown = f"<ul>\n{shown}\n</ul>"
    anchor = "#" + quote(html.passage) if html.passage else ""
    return _FRAME.format(url=url + anchor, title=embedded.title.__html__(), html=shown.strip())


def _renamed(text: str, prefix: str, url: str) -> str:
    """With other ids, and with links to them, or else to the page at `url`."""
    known = {unescape(found[1]) for tag in _TAG.finditer(text) for found in _ID.finditer(tag[0])}

    def renamed(found: re.Match[str]) -> str:
        before, value = found.groups()
        if unquote(unescape(value)) in known:
            return f"{before}{prefix}{value}"
        return f"{before[:-1]}{url}#{value}" if before.endswith("#") else found[0]

    return _TAG.sub(lambda tag: _ATTRIBUTE.sub(renamed, tag[0]), text)
