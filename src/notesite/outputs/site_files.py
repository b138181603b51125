"""Theme and settings -> files that stand beside the pages: style sheets, fonts, 404, redirects,
assets."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from hashlib import blake2b
from pathlib import PurePosixPath

from notesite.index.graph import MAP
from notesite.model import Copy, Output, Source, Theme, Written
from notesite.outputs.frame import Frame

_FONTS = "fonts/"
_ICONS = ("favicon.svg", "favicon.png", "favicon.ico")  # the first is packaged


def theme_assets(theme: Theme) -> dict[str, Output]:
    """The theme's own files by name, published under names that hold a digest of their content, so
    that a browser may keep them for ever. One that the site has in static/ is replaced by it, under
    its own name; the fonts of KaTeX keep theirs, which its style sheet knows. `favicon` is an icon
    of the site, of whatever kind, or else the packaged one."""
    own = {source.path: source for source in theme.static}
    contents = {source.path: source.content or b"" for source in theme.assets}
    contents["code.css"] += theme.syntax_css.encode()
    if "katex.css" in contents:
        contents["katex.css"] = _with_fonts(contents["katex.css"], own)
    found = {
        name: _replaced(own[name]) if name in own else _published(name, content)
        for name, content in contents.items()
    }
    packaged = found.pop(_ICONS[0])
    icons = (_replaced(own[name]) for name in _ICONS if name in own)
    return {**found, "favicon": next(icons, packaged)}


def files(frame: Frame) -> Iterable[Output]:
    """Everything else: assets beside notes, fonts, redirects, 404.html, .nojekyll."""
    for asset in frame.library.assets:
        yield Output(asset.path, Copy(asset.source), asset.source.shown)
    for path, recipe in frame.library.images:
        yield Output(path, recipe, recipe.source.shown)
    for old, new in frame.library.redirects:
        names = {"target": new, "noindex": True}
        yield frame.page(old, "redirect.html", new, f"the redirect from {old}", names)
    if found := frame.library.map:
        names = {"map": found, "breadcrumbs": (frame.home(),)}
        yield frame.page(MAP, "map.html", frame.word("map"), "the map", names)
    names = {"noindex": True}
    yield frame.page("/404.html", "404.html", frame.word("not_found"), "the page 404.html", names)
    yield Output(".nojekyll", Written(b""), "the file .nojekyll", generated=True)


def static(theme: Theme) -> Iterable[Output]:
    """Files of static/, under their own names."""
    return (Output(source.path, Copy(source), source.shown) for source in theme.static)


def _published(name: str, content: bytes) -> Output:
    if not name.startswith(_FONTS):
        path = PurePosixPath(name)
        name = f"{path.stem}.{blake2b(content, digest_size=5).hexdigest()}{path.suffix}"
    return Output(f"assets/{name}", Written(content), f"the theme's {name}", generated=True)


def _replaced(source: Source) -> Output:
    """A file of static/ in the place of the theme's: it is planned there already."""
    return Output(source.path, Copy(source), source.shown, generated=True)


def _with_fonts(css: bytes, own: Container[str]) -> bytes:
    """KaTeX's style sheet names woff and ttf copies of its fonts too; only woff2 is published. A
    font that the site has in static/ is read from there."""
    css = re.sub(rb",url\([^)]*\.(?:woff|ttf)\) format\(\"[a-z]+\"\)", b"", css)

    def place(match: re.Match[bytes]) -> bytes:
        return b"url(../" + match[1] + b")" if match[1].decode() in own else match[0]

    return re.sub(rb"url\((fonts/[^)]*)\)", place, css)
