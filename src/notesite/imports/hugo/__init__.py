"""The files of a Hugo site -> notes and files beside them: text to text, without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import join, normpath

from notesite.imports import quoting
from notesite.imports.hugo.shortcodes import Resolve, translate
from notesite.imports.imported import Made
from notesite.imports.sites import Page, Translated, assembled

INTRODUCTIONS = ("index", "_index")


def notes(pages: Mapping[str, Page], callouts: Mapping[str, str]) -> Made:
    """`pages` are the files of `content` and `static`, by their path below the notes."""
    names = _names(pages)

    def body(path: str, text: str) -> Translated:
        written, remarks = translate(text, callouts, _resolver(path, names))
        return Translated(written, remarks)

    return assembled(pages, body)


def _names(pages: Mapping[str, Page]) -> dict[str, str]:
    """What a page may be called -> its path; a name that several have is none."""
    names: dict[str, str] = {}
    for path in pages:
        stem, dot, suffix = path.rpartition(".")
        if suffix not in ("md", "markdown") or not dot:
            continue
        folder, _, name = stem.rpartition("/")
        logical = folder if name in INTRODUCTIONS else stem
        for called in {f"/{path}", f"/{stem}", f"/{logical}"}:
            names[called.lower()] = path
        for called in {path.rpartition("/")[2], logical.rpartition("/")[2]}:
            names[called.lower()] = "" if called.lower() in names else path
    return names


def _resolver(path: str, names: Mapping[str, str]) -> Resolve:
    folder = path.rpartition("/")[0]

    def resolve(wanted: str) -> str:
        target, sign, anchor = wanted.partition("#")
        if not target:
            return wanted
        target = target.rstrip("/").lower()
        beside = normpath(join(f"/{folder.lower()}", target))
        found = names.get(beside) or names.get(f"/{target.lstrip('/')}") or names.get(target, "")
        return quoting.url(f"/{found}{sign}{anchor}") if found else ""

    return resolve
