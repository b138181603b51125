"""A folder of a site -> the files in it that may be read, and their Sources.

Nothing is followed out of the site, nor to what is private in it, whatever links say.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterator
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from unicodedata import normalize

from notesite.model import Source
from notesite.problems import Level, Location, Problem
from notesite.seen import Seen

NOTE_SUFFIXES = (".md", ".markdown")
MAX_NOTE = 16 * 2**20  # bytes; more is no note but an accident
CACHE = ".notesite"

_MANIFEST = "manifest.json"  # below CACHE, in a folder that holds a published site
_NEVER = {"node_modules", CACHE}
_UNDERSCORED = re.compile(r"_index(\.[A-Za-z0-9_-]+)?\.(md|markdown)|_posts|_drafts")
_DOTTED = {".well-known", ".nojekyll"}  # what may begin with a dot in static/


class Walk:
    """One walk over folders, in the order of names, that notes what it must leave out."""

    def __init__(
        self,
        root: Path,
        top: Path,
        private: Collection[Path],
        problems: list[Problem],
        seen: Seen,
        ignore: tuple[str, ...] = (),
        underscored: bool = False,
    ) -> None:
        self.root, self.real_root = root, root.resolve()
        self.top, self.real_top = top, top.resolve()
        both = {path.resolve() for path in private} | {_absolute(path) for path in private}
        self.private = both - {self.real_root, _absolute(root)}
        self.shown_top = self._relative(top)
        self.private_names = {path.name for path in self.private}
        self.problems = problems
        self.seen = seen
        self.ignore = ignore
        self.underscored = underscored  # whether names that begin with `_` count, as in templates/

    def files(self) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """Every file below `top`: its path relative to it (`/`, NFC) and its entry there. Paths are
        strings all the way: a thousand `Path`s take longer than looking at a thousand files.

        A setting may name a folder outside of the site; a link that only looks like one inside
        may not lead there.
        """
        seems_inside = _absolute(self.top).is_relative_to(_absolute(self.root))
        linked = self.real_top != self.real_root / os.path.relpath(self.top, self.root)
        if self.top.is_dir() and (not seems_inside or not linked or self._inside("", self.top)):
            yield from self._folder(str(self.top), "", frozenset())

    def _folder(
        self, folder: str, prefix: str, above: frozenset[str]
    ) -> Iterator[tuple[str, os.DirEntry[str]]]:
        real = os.path.realpath(folder)
        if real in above:
            self._problem("warning", "this link leads back to a folder that holds it", prefix[:-1])
            return
        try:
            found = sorted((normalize("NFC", e.name), e.name, e) for e in os.scandir(folder))
        except OSError as error:
            message = f"the folder cannot be read: {error.strerror}"
            self._problem("error", message, prefix[:-1])
            return
        seen = ""
        for normal, name, entry in found:
            path = prefix + normal
            if self._left_out(path, normal, entry):
                continue
            if reason := _bad_name(path, seen):
                self._problem("error", reason, prefix + name)
                continue
            seen = path
            if entry.is_symlink() and not self._inside(path, Path(entry.path)):
                continue
            if entry.is_dir():
                if not self.underscored and os.path.isfile(f"{entry.path}/{CACHE}/{_MANIFEST}"):
                    continue  # a site that was published here
                if path.lower().endswith(NOTE_SUFFIXES):
                    self._problem("warning", "this is a folder with the name of a note", path)
                yield from self._folder(entry.path, path + "/", above | {real})
            else:
                yield path, entry

    def _left_out(self, path: str, name: str, entry: os.DirEntry[str]) -> bool:
        """Whether this file or folder is not for readers."""
        if self._hidden(path, name):
            return True
        if entry.name not in self.private_names:
            return False
        file = Path(entry.path)
        return not self.private.isdisjoint((_absolute(file), file.resolve()))

    def _hidden(self, path: str, name: str) -> bool:
        """Whether the name of it, the end of its path, says so, or a setting."""
        if name[0] == "." or name in _NEVER:
            return not (self.underscored and name in _DOTTED)
        if name[0] == "_" and not (self.underscored or _UNDERSCORED.fullmatch(name)):
            return True
        return bool(self.ignore) and any(_matches(path, pattern) for pattern in self.ignore)

    def _inside(self, path: str, file: Path) -> bool:
        try:
            real = file.resolve(strict=True)
        except (OSError, RuntimeError):
            self._problem("warning", "this link leads nowhere", path)
            return False
        if not real.is_relative_to(self.real_root):
            self._problem("error", "this link leads out of the site and is not followed", path)
            return False
        if self._is_private(real):
            message = "this link leads to what is not to be published and is not followed"
            self._problem("error", message, path)
            return False
        return True

    def _is_private(self, real: Path) -> bool:
        """Whether a walk to this file of the site would leave out a folder on the way, or it."""
        if not self.private.isdisjoint((real, *real.parents)):
            return True
        if real == self.real_root:
            return False
        in_top = real != self.real_top and real.is_relative_to(self.real_top)
        path = real.relative_to(self.real_top if in_top else self.real_root).as_posix()
        parts = path.split("/")
        return any(self._hidden("/".join(parts[: n + 1]), part) for n, part in enumerate(parts))

    def read(self, path: str, file: str | Path, updated: date | None) -> Source | None:
        """A Source with its bytes, none if the file has not changed since it was last read; None,
        and a problem, if it cannot be read."""
        return self._source(path, os.fspath(file), updated, keep=True)

    def asset(self, path: str, file: str | Path) -> Source | None:
        """A Source without bytes, which are copied from the file."""
        return self._source(path, os.fspath(file), None, keep=False)

    def _source(self, path: str, file: str, updated: date | None, keep: bool) -> Source | None:
        try:
            status = os.stat(file)
            if not stat.S_ISREG(status.st_mode):
                self._problem("warning", "this is not a file and is left out", path)
                return None
            if keep and status.st_size > MAX_NOTE:
                message = f"more than {MAX_NOTE // 2**20} MiB: too big for a note"
                self._problem("error", message, path)
                return None
            digest, content = self.seen.digest(file, status), None
            if digest is None:
                with open(file, "rb") as opened:
                    content = opened.read()
                digest = self.seen.remember(file, status, content)
        except OSError as error:
            self._problem("error", f"the file cannot be read: {error.strerror}", path)
            return None
        return Source(path, self._shown(path), digest, content if keep else None, file, updated)

    def _shown(self, path: str) -> str:
        """How problems name a file or folder of this path below `top`: relative to the site, a
        broken name made printable."""
        if not path:
            return self.shown_top
        shown = path if self.shown_top == "." else f"{self.shown_top}/{path}"
        return shown if shown.isascii() else _printable(shown)

    def _relative(self, file: Path) -> str:
        return _printable(os.path.relpath(file, self.root).replace(os.sep, "/"))

    def _problem(self, level: Level, message: str, path: str) -> None:
        self.problems.append(Problem(level, message, Location(self._shown(path))))


def _printable(name: str) -> str:
    return normalize("NFC", os.fsencode(name).decode("utf-8", "backslashreplace"))


def _bad_name(path: str, seen: str) -> str:
    """Why a file of this path (NFC) cannot be read, or "". `seen` is the path before it in
    order."""
    if not path.isascii():
        try:
            path.encode()
        except UnicodeEncodeError:
            return "this name is not UTF-8, so it cannot be a part of a URL; rename it"
    if path == seen:
        return f"another file here has the name {path} in another Unicode normal form"
    return ""


def _matches(path: str, pattern: str) -> bool:
    """Whether `ignore:` names this path: `drafts/`, `*.psd`, `/top.md`, `private/**`, `**/x`, as in
    a .gitignore."""
    anchored = pattern.startswith("/")
    pattern = pattern.strip("/").removeprefix("**/")
    if fnmatchcase(path, pattern):
        return True
    return not anchored and fnmatchcase(path.rsplit("/", 1)[-1], pattern)


def _absolute(path: Path) -> Path:
    """The path as it is written, its links not resolved."""
    return Path(os.path.abspath(path))
