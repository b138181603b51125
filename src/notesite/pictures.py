"""The files of a site -> its images with their sizes, read from their headers.

What was read is remembered by content: a build reads an image once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from io import BytesIO
from pathlib import Path

from msgspec.structs import replace

from notesite.model import Picture, Source

SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".bmp")
SMALLER = (".png", ".jpg", ".jpeg", ".webp", ".avif")  # of which smaller ones are made
WIDTHS = (480, 960, 1440)  # pixels of these
LARGEST = 100_000_000  # pixels of an image that is made smaller: more is an accident, or a trap
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
    assets: Iterable[Source], static: Iterable[Source], known: Sizes,
    refused: Mapping[bytes, str], encoder: str,
) -> dict[str, Picture]:  # fmt: skip
    """The images by how problems name them. `known` are sizes that were read before; those that
    are read now are added. `encoder` makes smaller ones ("": there are none), but for those that
    it has `refused`."""
    found: dict[str, Picture] = {}
    for sources, is_static in ((assets, False), (static, True)):
        for source in sources:
            if source.path.lower().endswith(SUFFIXES):
                width, height = size_of(source, known)
                if width and height:
                    picture = Picture(source, width, height, is_static)
                    if encoder and source.path.lower().endswith(SMALLER):
                        picture = _with_smaller(picture, refused, encoder)
                    found[source.shown] = picture
    return found


def _with_smaller(picture: Picture, refused: Mapping[bytes, str], encoder: str) -> Picture:
    """With the widths of the smaller ones, which can be its own: that one is in another format."""
    width, digest = picture.width, picture.source.digest
    if width * picture.height > LARGEST:
        millions = width * picture.height // 1_000_000
        return replace(picture, problem=f"this image has {millions} million pixels")
    if digest in refused:
        return replace(picture, problem=refused[digest])
    widths = {each for each in WIDTHS if each < 0.8 * width} | {min(width, WIDTHS[-1])}
    return replace(picture, widths=tuple(sorted(widths)), encoder=encoder)


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
