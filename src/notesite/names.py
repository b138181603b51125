"""An output path -> whether it can be the name of a file everywhere; a name -> a part of a URL.

No I/O here: the pure stages ask too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from unicodedata import category, normalize

DOT_FOLDER = ".notesite"
LONGEST = 200  # bytes of one segment: file systems allow 255, temporary and zip names need the rest

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")  # what is one already
_PLAIN = re.compile(r"[\w-]{1,50}")  # in any script, and at most 200 bytes
_FORBIDDEN = frozenset('<>:"\\|?*')
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [port + digit for port in ("com", "lpt") for digit in "123456789¹²³"]
)


def unsafe_name(path: str) -> str | None:
    """Why `path` (below the output folder, with `/`) cannot be a file on every system, or None if
    it can.

    The answer completes the sentence "posts/a:b.png cannot be published: ...". Checked everywhere
    alike, so that a site built on Linux can be cloned and built on Windows.
    """
    if not path or path.startswith("/"):
        return "it is not a path below the output folder"
    parts = path.split("/")
    if parts[0].lower() == DOT_FOLDER:
        return f'"{DOT_FOLDER}" in the output belongs to notesite'
    for part in parts:
        if reason := _unsafe_segment(part):
            return reason
    return None


@lru_cache(maxsize=100_000)  # the same names again and again: folders, tags
def slugify(name: str) -> str:
    """A name as a part of a URL (SPEC 2): NFC, lower case, Unicode kept, white space and `_` to
    `-`, `#` to `sharp`, `+` kept, other punctuation dropped; a name of nothing else becomes eight
    hex digits."""
    if _SLUG.fullmatch(name):
        return name
    text = re.sub(r"[\s_]+", "-", normalize("NFC", name).strip().lower()).replace("#", "sharp")
    kept = "".join(c for c in text if c in "-+" or category(c)[0] in "LNM" or c in "\u200d\u200c")
    # what was dropped may have stood between a letter and its accent
    slug = normalize("NFC", re.sub("-+", "-", kept).strip("-\u200d\u200c"))
    return slug or blake2b(normalize("NFC", name).encode(), digest_size=4).hexdigest()


@lru_cache(maxsize=100_000)
def folded(path: str) -> str:
    """The path as a file system without case and normal forms sees it: equal keys are one file
    there."""
    if path.isascii():
        return path.lower()
    return normalize("NFC", normalize("NFC", path).lower())


def parents(path: str) -> Iterator[str]:
    """The folders that hold `path`, the nearest first: `a/b/c` -> `a/b`, `a`."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


class Taken:
    """The paths of a site, taken one by one; `files` are those that have a place, folded."""

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self._folders: dict[str, str] = {}  # a needed folder, folded -> a file in it

    def clash(self, path: str) -> tuple[str, str]:
        """Why this path cannot stand beside the others, `same`, `file` (it is in one) or `folder`
        (it would be one), with the other path; or ("", ""), and it is taken."""
        key = folded(path)
        if other := self.files.get(key):
            return "same", other
        folders: list[str] = []
        folder = key
        while (folder := folder.rpartition("/")[0]) and folder not in self._folders:
            if other := self.files.get(folder):
                return "file", other
            folders.append(folder)  # none above one that is needed already is a file
        if other := self._folders.get(key):
            return "folder", other
        self.files[key] = path
        self._folders.update(dict.fromkeys(folders, path))
        return "", ""


@lru_cache(maxsize=100_000)
def _unsafe_segment(part: str) -> str | None:
    if _PLAIN.fullmatch(part) and part.lower() not in _DEVICES:
        return None
    try:
        length = len(part.encode("utf-8"))
    except UnicodeEncodeError:
        return "its name is not valid UTF-8"
    if part in ("", ".", ".."):
        return "a part of its path is empty or made of dots"
    if any(char < " " or char == "\x7f" for char in part):
        return "a control character is in its name"
    if bad := sorted(_FORBIDDEN.intersection(part)):
        return f"{' '.join(bad)} cannot be in a file name on Windows"
    if part[-1] in ". ":
        return f'"{part}" ends in a dot or a space, which Windows drops'
    stem = part.split(".", 1)[0].rstrip(" ")
    if stem.lower() in _DEVICES:
        return f'"{stem}" is a device on Windows'
    if length > LONGEST:
        return f"a part of its path is {length} bytes long, and {LONGEST} is the most"
    return None
