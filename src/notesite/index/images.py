"""An image of a note -> the attributes that say where it is and how much room it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from notesite.index.links import href
from notesite.model import Asset, ImageLink, Picture


def by_url(
    assets: Iterable[Asset], pictures: Mapping[str, Picture], base_path: str
) -> dict[str, Picture]:
    """The images of a site by the URL that pages show them by."""
    found = {
        href("/" + asset.path, base_path): pictures[asset.source.shown]
        for asset in assets
        if asset.source.shown in pictures
    }
    static = (picture for picture in pictures.values() if picture.static)
    return found | {href("/" + each.source.path, base_path): each for each in static}


def attributes(image: ImageLink, url: str, picture: Picture | None) -> str:
    """` src="…" width="…" height="…"`: with a size, a page does not move when the image comes."""
    width, height = _size(image, picture)
    named = {"src": escape(url) + image.rest, "width": escape(width), "height": escape(height)}
    return "".join(f' {name}="{value}"' for name, value in named.items() if value)


def _size(image: ImageLink, picture: Picture | None) -> tuple[str, str]:
    """As the author says; one that he leaves out keeps the ratio."""
    width, height = image.width, image.height
    if picture is None or (width and height):
        return width, height
    if not width and not height:
        return str(picture.width), str(picture.height)
    if not (width or height).isdecimal():
        return width, height  # `50%`
    if width:
        return width, str(max(round(int(width) * picture.height / picture.width), 1))
    return str(max(round(int(height) * picture.width / picture.height), 1)), height
