"""Stored, and the pieces of notes -> HTML, with what it embeds in frames.

On the page of another note an id has the number of its frame before it, so that none stands there
twice. A link within the note leads to what is in the frame, else to the note's own page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from itertools import zip_longest
from urllib.parse import quote, unquote

from notesite.markdown.bodies import Pieces
from notesite.markdown.passages import ranges
from notesite.model import Embedded, Stored

Load = Callable[[Stored], Pieces]

_FRAME = (
    '<aside class="callout embed" data-callout="quote">\n'
    '<p class="callout-title"><a href="{url}">{title}</a></p>\n'
    '<div class="callout-content">\n{html}\n</div>\n</aside>\n'
)
_NAMED = r"id|name|for|aria-labelledby|aria-describedby"
_TAG = re.compile(rf"<[A-Za-z][^<>]*?\s(?:{_NAMED}|href)\s*=[^<>]*>")
_ID = re.compile(r"""\s(?:id|name)\s*=\s*["']?([^"'\s<>]+)""")
_ATTRIBUTE = re.compile(rf"""(\s(?:{_NAMED})\s*=\s*["']?|\shref\s*=\s*["']?#)([^"'\s<>]+)""")


def printed(stored: Stored, load: Load) -> str:
    """The HTML that `stored` stands for, its links filled in."""
    return "".join(
        text + (link if isinstance(link, str) else _framed(link, f"embed-{number}-", load))
        for number, (text, link) in enumerate(
            zip_longest(load(stored), stored.links, fillvalue=""), 1
        )
    )


def _framed(embedded: Embedded, prefix: str, load: Load) -> str:
    """The frame; `prefix` is that of the ids in it."""
    html = embedded.html
    text = "\0".join(load(html))
    if html.passage:
        start, end = ranges(text)[html.passage]
        text = text[start:end]
    url = escape(embedded.url)
    own = _renamed("".join(_filled(text.split("\0"), html)), prefix, url)
    frames = (link for link in html.links if not isinstance(link, str))
    inner = (_framed(link, f"{prefix}{number}-", load) for number, link in enumerate(frames, 1))
    shown = "".join(
        part + frame for part, frame in zip_longest(own.split("\0"), inner, fillvalue="")
    )
    if shown.startswith("<li"):
        shown = f"<ul>\n{shown}\n</ul>"
    anchor = "#" + quote(html.passage) if html.passage else ""
    return _FRAME.format(url=url + anchor, title=embedded.title.__html__(), html=shown.strip())


def _filled(pieces: list[str], html: Stored) -> Iterator[str]:
    """With its links, and a mark where there is to be a frame."""
    for text, link in zip_longest(pieces, html.links, fillvalue=""):
        yield text + (link if isinstance(link, str) else "\0")


def _renamed(text: str, prefix: str, url: str) -> str:
    """With other ids, and with links to them, or else to the page at `url`."""
    known = {unescape(found[1]) for tag in _TAG.finditer(text) for found in _ID.finditer(tag[0])}

    def renamed(found: re.Match[str]) -> str:
        before, value = found.groups()
        if unquote(unescape(value)) in known:
            return f"{before}{prefix}{value}"
        return f"{before[:-1]}{url}#{value}" if before.endswith("#") else found[0]

    return _TAG.sub(lambda tag: _ATTRIBUTE.sub(renamed, tag[0]), text)
