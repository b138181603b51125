"""Theme and settings -> files that stand beside the pages: style sheets, fonts, 404, redirects,
assets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import PurePosixPath

from notesite.model import Copy, Output, Theme, Written
from notesite.outputs.frame import Frame


def theme_assets(theme: Theme) -> dict[str, Output]:
    """The theme's own files by name, published under names that hold a digest of their content, so
    that a browser may keep them for ever. One that the site has in static/ is replaced by it, under
    its own name."""
    own = {source.path: source for source in theme.static}
    outputs: dict[str, Output] = {}
    for source in theme.assets:
        assert source.content is not None
        name = source.path
        if name in own:
            outputs[name] = Output(name, Copy(own[name]), own[name].shown)
        elif not name.startswith("fonts/"):  # the fonts of KaTeX stand beside its style sheet
            outputs[name] = _hashed(name, _woff2_only(name, source.content))
    if "syntax.css" in own:
        outputs["syntax.css"] = Output(
            "syntax.css", Copy(own["syntax.css"]), own["syntax.css"].shown
        )
    else:
        outputs["syntax.css"] = _hashed("syntax.css", theme.syntax_css.encode())
    return outputs


def files(frame: Frame) -> Iterable[Output]:
    """Everything else: assets beside notes, fonts, redirects, 404.html, .nojekyll."""
    for asset in frame.library.assets:
        yield Output(asset.path, Copy(asset.source), asset.source.shown)
    for source in frame.theme.assets:
        if source.path.startswith("fonts/") and source.content is not None:
            yield Output(
                f"assets/{source.path}", Written(source.content), source.shown, generated=True
            )
    for old, new in frame.library.redirects:
        yield frame.page(old, "redirect.html", new, f"the redirect from {old}", {"target": new})
    yield frame.page("/404.html", "404.html", frame.word("not_found"), "the page 404.html", {})
    yield Output(".nojekyll", Written(b""), "the file .nojekyll", generated=True)


def static(theme: Theme) -> Iterable[Output]:
    """Files of static/, under their own names."""
    return (Output(source.path, Copy(source), source.shown) for source in theme.static)


def _hashed(name: str, content: bytes) -> Output:
    path = PurePosixPath(name)
    digest = blake2b(content, digest_size=5).hexdigest()
    return Output(
        f"assets/{path.stem}.{digest}{path.suffix}",
        Written(content),
        f"the theme's {name}",
        generated=True,
    )


def _woff2_only(name: str, content: bytes) -> bytes:
    """KaTeX's style sheet names woff and ttf copies of its fonts too; only woff2 is published."""
    if name != "katex.css":
        return content
    return re.sub(rb",url\([^)]*\.(?:woff|ttf)\) format\(\"[a-z]+\"\)", b"", content)
