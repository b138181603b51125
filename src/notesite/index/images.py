"""An image of a note -> the attributes that say where it is and how much room it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from html import escape

from msgspec.structs import replace

from notesite.index.links import Targets, href, resolve
from notesite.model import Asset, Entry, ImageLink, Location, Picture, Problem, Resized

COLUMN = 640  # CSS pixels: how wide a note is at most


def by_url(
    assets: Iterable[Asset], pictures: Mapping[str, Picture], base_path: str
) -> dict[str, Picture]:
    """The images of a site by the URL that pages show them by."""
    found = [
        replace(pictures[asset.source.shown], url="/" + asset.path)
        for asset in assets
        if asset.source.shown in pictures
    ]
    found += [
        replace(each, url="/" + each.source.path) for each in pictures.values() if each.static
    ]
    return {href(each.url, base_path): each for each in found}


def smaller(picture: Picture | None) -> dict[int, str]:
    """Width -> site path of the smaller images of an image. Their names hold a digest of what they
    are made of."""
    if picture is None:
        return {}
    stem, _, suffix = picture.url.rpartition(".")
    of = picture.source.digest + picture.encoder.encode()
    digest = blake2b(of, digest_size=4).hexdigest()
    return {width: f"{stem}.{suffix.lower()}.{digest}-{width}.webp" for width in picture.widths}


def used(
    notes: Iterable[tuple[Entry, str]], targets: Targets, problems: list[Problem]
) -> tuple[tuple[str, Resized], ...]:
    """The smaller images that are to be made, by output path: of those that notes show, each of
    which comes with the site path of its thumbnail."""
    found: dict[str, Resized] = {}
    if not any(each.encoder or each.problem for each in targets.pictures.values()):
        return ()
    for document, thumbnail in notes:
        urls = [href(thumbnail, targets.base_path)]
        holes = (hole for hole in document.body.holes if isinstance(hole, ImageLink))
        urls += [resolve(hole, document.path, targets, []) for hole in holes]
        for picture in filter(None, map(targets.pictures.get, urls)):
            if picture.problem:
                where, hint = Location(picture.source.shown), "it is shown as it is"
                problems.append(Problem("warning", picture.problem, where, hint))
            for width, path in smaller(picture).items():
                found[path.lstrip("/")] = Resized(picture.source, width, picture.encoder)
    return tuple(sorted(found.items()))


def attributes(image: ImageLink, url: str, picture: Picture | None, base_path: str) -> str:
    """` src="…" width="…" height="…"`: with a size, a page does not move when the image comes. A
    browser can choose among smaller ones."""
    width, height = _size(image, picture)
    named = {"src": escape(url) + image.rest, "width": escape(width), "height": escape(height)}
    if picture and picture.widths:
        shown = min(int(width), COLUMN) if width.isdecimal() else COLUMN
        paths = smaller(picture).items()
        named["srcset"] = ", ".join(f"{escape(href(path, base_path))} {w}w" for w, path in paths)
        named["sizes"] = f"(max-width: {shown}px) 100vw, {shown}px"
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
