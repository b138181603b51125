"""Titles -> names of files that every system can hold, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from unicodedata import normalize

from notesite.markdown.front_matter import name_without_date
from notesite.names import LONGEST, slugify, unsafe_name

SUFFIX = ".md"

_LONGEST_STEM = LONGEST - len(SUFFIX) - 9  # room for a dash and a digest
# What Windows, a link in double brackets or a shell would trip over.
_FORBIDDEN = re.compile(r""" ?(?:[\x00-\x1f\x7f<>:"/\\|?*#^\[\]] ?)+""")
_TAKEN = ("index", "readme")  # names of introductions


class FileNames:
    """Gives names without suffix. None is given twice, nor one of `taken`, nor two that differ only
    by case, normal form or punctuation: their notes would want the same URL."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {_key(name) for name in (*_TAKEN, *taken)}

    def give(self, title: str) -> str:
        """The title as a file name; with eight hex digits behind it if it is taken or too long."""
        name = _plain(title)
        if unsafe_name(name + SUFFIX) or _key(name) in self._taken:
            name = f"{_short(name).replace('.', '-')}-{_digest(title)}"
        while _key(name) in self._taken:  # the digest of its digest, and so on
            name = f"{name[:-9]}-{_digest(name)}"
        self._taken.add(_key(name))
        return name


def _plain(title: str) -> str:
    title = re.sub(r"(?<=[A-Za-z])#", "sharp", title)
    name = _FORBIDDEN.sub("-", normalize("NFC", " ".join(title.split())))
    name = name.strip("-. ").lstrip("_.- ")
    return name or _digest(title)


def _short(name: str) -> str:
    cut = name.encode()[:_LONGEST_STEM].decode(errors="ignore")
    return cut.rstrip("-. ")


def _key(name: str) -> str:
    return slugify(name_without_date(name))


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=4).hexdigest()
