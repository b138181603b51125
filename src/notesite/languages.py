"""The path of a note or file -> the language that it names, and the path without that name.

A folder at the top (`en/posts/x.md`) names one, and so does a suffix (`posts/x.en.md`), if it is a
language of the site.
"""

from __future__ import annotations

from collections.abc import Sequence


def split(path: str, languages: Sequence[str]) -> tuple[str, str]:
    """(`en`, `posts/x.md`) of both `en/posts/x.md` and `posts/x.en.md`; (``, path) of a path that
    names no language. A suffix says more of a note than its folder."""
    folder, below = split_folder(path, languages)
    stem, _, extension = below.rpartition(".")
    name, _, tag = stem.rpartition(".")
    if name and not name.endswith("/") and (suffix := _language(tag, languages)):
        return suffix, f"{name}.{extension}"
    return folder, below


def split_folder(path: str, languages: Sequence[str]) -> tuple[str, str]:
    """The same by the folder alone: of a picture, `x.en.png` is its own name."""
    folder, _, below = path.partition("/")
    language = _language(folder, languages) if below else ""
    return (language, below) if language else ("", path)


def _language(tag: str, languages: Sequence[str]) -> str:
    """The language of the site that is meant: case does not count, nor `_` for `-`."""
    key = tag.replace("_", "-").lower()
    return next((language for language in languages if language.lower() == key), "")
