"""The files of a site -> its images with their sizes, read from their headers.

What was read is remembered by content: a build reads an image once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from io import BytesIO
from pathlib import Path

from notesite.model import Picture, Source

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".bmp")
Size = tuple[int, int]  # pixels, as it is shown; (0, 0): it has none that can be read
Sizes = dict[bytes, Size]  # by digest

# the first tag of an SVG; comments before it may hold another
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_SVG = re.compile(r"<(?:\w+:)?svg\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"\s(width|height|viewBox)\s*=\s*[\"']\s*([^\"']*?)\s*[\"']")
_LENGTH = re.compile(r"([0-9]*\.?[0-9]+)(px|cm|mm|in|pt|pc)?")
_PIXELS = {"": 1, "px": 1, "cm": 96 / 2.54, "mm": 9.6 / 2.54, "in": 96, "pt": 96 / 72, "pc": 16}
_HEAD = 64 * 1024  # bytes in which an SVG begins


def pictures(
    assets: Iterable[Source], static: Iterable[Source], known: Sizes
) -> dict[str, Picture]:
    """The images by how problems name them. `known` are sizes that were read before; those that
    are read now are added."""
    found: dict[str, Picture] = {}
    for sources, is_static in ((assets, False), (static, True)):
        for source in sources:
            if source.path.lower().endswith(SUFFIXES):
                width, height = size_of(source, known)
                if width and height:
                    found[source.shown] = Picture(source, width, height, is_static)
    return found


def size_of(source: Source, known: Sizes) -> Size:
    """Width and height; what the file no longer holds is not remembered."""
    if source.digest not in known:
        try:
            content = Path(source.file).read_bytes()
        except OSError:
            return 0, 0
        if blake2b(content, digest_size=16).digest() != source.digest:
            return 0, 0
        known[source.digest] = size(content, source.path)
    return known[source.digest]


def size(content: bytes, path: str) -> Size:
    """Of the image in these bytes, turned as its EXIF data say."""
    if path.lower().endswith(".svg"):
        return _svg(content[:_HEAD].decode("utf-8", "replace"))
    import imagesize  # takes its time, and a build that knows all sizes does not need it

    width, height = imagesize.get(BytesIO(content))
    return (int(width), int(height)) if width > 0 and height > 0 else (0, 0)


def _svg(text: str) -> Size:
    """Of its attributes; where they say none, of its view box."""
    tag = _SVG.search(_COMMENT.sub("", text))
    named = dict(_ATTRIBUTE.findall(tag[1])) if tag else {}
    width, height = (_pixels(named.get(name, "")) for name in ("width", "height"))
    box = [float(n) for n in re.findall(r"-?[0-9]*\.?[0-9]+", named.get("viewBox", ""))]
    if len(box) == 4 and box[2] > 0 and box[3] > 0 and not (width and height):
        across, down = box[2:]
        width = width or (height * across / down if height else across)
        height = height or width * down / across
        return max(round(width), 1), max(round(height), 1)
    return (max(round(width), 1), max(round(height), 1)) if width and height else (0, 0)


def _pixels(length: str) -> float:
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _PIXELS[found[2] or ""] if found else 0
