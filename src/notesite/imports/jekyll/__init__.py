"""The files of a Jekyll site -> notes and files beside them: text to text, without I/O."""

from __future__ import annotations

from collections.abc import Mapping

from notesite.imports import quoting
from notesite.imports.imported import Made
from notesite.imports.jekyll import kramdown, liquid
from notesite.imports.sites import Page, Translated, assembled


def notes(pages: Mapping[str, Page]) -> Made:
    """`pages` are the files of the site, by their path."""
    posts = {
        path.rpartition("_posts/")[2].rpartition(".")[0]: path
        for path in pages
        if "_posts/" in path
    }

    def resolve(how: str, name: str) -> str:
        path = posts.get(name, "") if how == "post_url" else name.lstrip("/")
        return quoting.url(f"/{path}") if path in pages else ""

    def body(path: str, text: str) -> Translated:
        """Places are those of the text as it was: each step is asked about that."""
        plain, left = liquid.translate(text, resolve)
        written, _ = kramdown.attributes(kramdown.math(plain))
        _, more = kramdown.attributes(text)
        return Translated(written, tuple(sorted((*left, *more))))

    return assembled(pages, body)
