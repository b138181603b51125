"""The path of a request, as it came -> the output that it means. Pure: no file system has a say.

A URL is decoded once. What is left in it that no output can have in its name is refused.
"""

from __future__ import annotations

import re
from collections.abc import Container
from unicodedata import normalize
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from notesite.index.links import href

LONGEST = 8192  # bytes
_RAW = re.compile(rb"/[!-~]*")  # visible ASCII, as RFC 9112 wants it
_NEVER = re.compile(r"[\x00-\x1f\x7f-\x9f\\]|(?:^|/)\.\.?(?:/|$)")


class Here(Struct, frozen=True):
    """The output at this path; "" if there is none."""

    path: str


class Elsewhere(Struct, frozen=True):
    """A path of this server to be led on to, escaped."""

    url: str


def decoded(raw: bytes) -> str | None:
    """The path in NFC, or None if it is none that a site can have."""
    if len(raw) > LONGEST or not _RAW.fullmatch(raw) or b"#" in raw:
        return None
    try:
        path = normalize("NFC", unquote_to_bytes(raw).decode())
    except UnicodeDecodeError:
        return None
    return None if _NEVER.search(path) else path


def found(path: str, base_path: str, outputs: Container[str]) -> Here | Elsewhere:
    """What a decoded path means for a site under `base_path` (not escaped, with both slashes)."""
    if not path.startswith(base_path):
        above = path == "/" or path + "/" == base_path
        return Elsewhere(href("/", base_path)) if above else Here("")
    below = path.removeprefix(base_path)
    if below == "" or below.endswith("/"):
        below += "index.html"
    if below in outputs:
        return Here(below)
    if f"{below}/index.html" in outputs:
        return Elsewhere(href(f"/{below}/", base_path))
    return Here("")
