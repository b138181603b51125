"""What stands in plain brackets, `[…]` -> a link, an image, an icon or a map.

Facts of the grammar are from https://github.com/progfay/scrapbox-parser.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from notesite.imports.scrapbox.nodes import Image, Node, Page, Web, Words

SITE = "https://scrapbox.io"

_URL = r"https?://[^\s\[\]]+"
_URL_FIRST = re.compile(rf"({_URL})(?:\s+(.*\S))?\s*")
_URL_LAST = re.compile(rf"(.*\S)\s+({_URL})\s*")
_IMAGE = re.compile(r"https?://\S+\.(?:png|jpe?g|gif|svg|webp)(?:[?#]\S*)?", re.IGNORECASE)
_GYAZO = re.compile(r"https?://(?:[0-9a-z-]+\.)?gyazo\.com/([0-9a-f]{32})(?:/\S*)?")
_PLACE = r"(?P<ns>[NS])(?P<lat>\d+(?:\.\d+)?),(?P<ew>[EW])(?P<lon>\d+(?:\.\d+)?)(?:,Z\d+)?"
_MAP = re.compile(rf"{_PLACE}(?:\s+(?P<label>.*))?")
_MAP_LAST = re.compile(rf"(?P<label>.*\S)\s+{_PLACE}")
_ICON = re.compile(r"(.*\S)\.icon(?:\*([1-9]\d{0,3}))?\s*")
_LINE_ID = re.compile(r"#[0-9a-f]{24}$")


def target(inside: str) -> tuple[Node, ...]:
    """The nodes that `[inside]` stands for; `inside` holds no brackets and is not blank."""
    if found := _URL_FIRST.fullmatch(inside):
        return (_web(found[1], found[2] or ""),)
    if found := _URL_LAST.fullmatch(inside):
        return (_web(found[2], found[1]),)
    if found := _MAP.fullmatch(inside) or _MAP_LAST.fullmatch(inside):
        return (_map(found),)
    if found := _ICON.fullmatch(inside):
        icon = _page(found[1], found[1].rpartition("/")[2] if found[1][0] == "/" else "")
        return (icon, Words(f"×{found[2]}")) if found[2] and found[2] != "1" else (icon,)
    return (_page(inside),)


def _web(url: str, other: str) -> Node:
    """An image stands for the address beside it, in either order."""
    if image := _image(url):
        return Image(image, other if re.fullmatch(_URL, other) else "")
    if image := _image(other):
        return Image(image, url)
    return Web(url, other)


def _image(url: str) -> str:
    """The address of the picture itself, or ""."""
    if found := _GYAZO.fullmatch(url):
        return f"https://gyazo.com/{found[1]}/thumb/1000"
    return url if _IMAGE.fullmatch(url) else ""


def _page(title: str, label: str = "") -> Page | Web:
    """A page of this project, or of another one: `/project/page`. The id of a line behind it means
    nothing here, but does there."""
    title = title.strip()
    line = found[0] if (found := _LINE_ID.search(title)) else ""
    if title.startswith("/") and title.strip("/"):
        project, _, page = title[1:].removesuffix(line).partition("/")
        path = "/".join(["", _path(project), *([_path(page)] if page else [])])
        return Web(SITE + path + line, label or title)
    title = title.removesuffix(line)
    return Page(title, "" if label == title else label)


def _path(name: str) -> str:
    """A title as a part of a URL; letters of all scripts stay readable."""
    return "".join(c if ord(c) > 0x7F and not c.isspace() else quote(c, safe="") for c in name)


def _map(found: re.Match[str]) -> Web:
    latitude = ("-" if found["ns"] == "S" else "") + found["lat"]
    longitude = ("-" if found["ew"] == "W" else "") + found["lon"]
    place = found["label"] or f"{latitude},{longitude}"
    return Web(f"https://www.google.com/maps?q={latitude},{longitude}", place)
