"""The folders of a site -> Sources: notes, assets, templates and static files, and the theme's own.

The only stage that reads the author's files. Nothing is followed out of the site, whatever links
say.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from unicodedata import normalize

from msgspec import Struct

from notesite.config import FILE_NAME, Config
from notesite.gitdates import git_dates
from notesite.model import Source
from notesite.problems import Level, Location, Problem
from notesite.seen import Seen

NOTE_SUFFIXES = (".md", ".markdown")
MAX_NOTE = 16 * 2**20  # bytes; more is no note but an accident
CACHE = ".notesite"

_NEVER = {"node_modules", CACHE}
_UNDERSCORED = {"_index.md", "_index.markdown", "_posts", "_drafts"}
_DOTTED = {".well-known", ".nojekyll"}  # what may begin with a dot in static/
# what editors and systems leave beside notes: backups, half-written copies, locks
_LITTER = re.compile(
    r".*~|#.*#|4913|___jb_.*|.*\.sw[a-z]|.*\.(?:md|markdown)\.[^.]+|Thumbs\.db|desktop\.ini",
    re.I | re.S,
)


class Scanned(Struct, frozen=True):
    """The files of a site, each list by path."""

    notes: tuple[Source, ...]
    assets: tuple[Source, ...]
    templates: tuple[Source, ...]
    static: tuple[Source, ...]
    problems: tuple[Problem, ...]


def scan(root: Path, config: Config, output: Path, seen: Seen) -> Scanned:
    """All Sources below `root`; the folder `output` is never a source."""
    problems: list[Problem] = []
    folder = notes_folder(root, config)
    if not folder.is_dir():
        hint = f"make the folder, or set `notes:` in {FILE_NAME}"
        where = Location(config.notes)
        problems.append(
            Problem("error", "the folder of notes does not exist", where, hint, frame=True)
        )
    skipped = {output.resolve(), (root / "templates").resolve(), (root / "static").resolve()}
    walk = _Walk(root, config.ignore, skipped, problems, seen)
    dates, shallow = git_dates(folder, config.zone)
    if shallow:
        hint = "fetch the whole history (fetch-depth: 0), or write `updated` into the notes"
        message = "this is a shallow clone, so the dates of last changes are not known"
        problems.append(Problem("warning", message, Location("."), hint))
    notes, assets = [], []
    for path, file in walk.files(folder):
        if file.name == FILE_NAME or _LITTER.fullmatch(file.name):
            continue
        if path.lower().endswith(NOTE_SUFFIXES):
            if note := walk.read(path, file, dates.get(path)):
                notes.append(note)
        elif asset := walk.asset(path, file):
            assets.append(asset)
    walk = _Walk(root, (), {output.resolve()}, problems, seen, underscored=True)
    templates = _Walk(root, (), {output.resolve()}, problems, Seen(), underscored=True)
    return Scanned(
        tuple(notes),
        tuple(assets),
        tuple(
            s for p, f in templates.files(root / "templates") if (s := templates.read(p, f, None))
        ),
        tuple(s for p, f in walk.files(root / "static") if (s := walk.asset(p, f))),
        tuple(problems),
    )


def notes_folder(root: Path, config: Config) -> Path:
    """`notes:` of the settings; the root itself where the default folder does not exist."""
    folder = root / config.notes
    return root if config.notes == Config().notes and not folder.is_dir() else folder


class _Walk:
    """One walk over folders, in the order of names, that notes what it must leave out."""

    def __init__(
        self,
        root: Path,
        ignore: tuple[str, ...],
        skipped: set[Path],
        problems: list[Problem],
        seen: Seen,
        underscored: bool = False,
    ) -> None:
        self.root = root
        self.real_root = root.resolve()
        self.ignore = ignore
        self.skipped = skipped
        self.problems = problems
        self.seen = seen
        self.underscored = underscored  # whether names that begin with `_` count, as in templates/

    def files(self, top: Path) -> Iterator[tuple[str, Path]]:
        """Every file below `top`: its path relative to it (`/`, NFC) and where it is.

        A setting may name a folder outside of the site; a link that only looks like one inside
        may not lead there.
        """
        seems_inside = Path(os.path.abspath(top)).is_relative_to(os.path.abspath(self.root))
        if top.is_dir() and (not seems_inside or self._inside(top)):
            yield from self._folder(top, "", frozenset())

    def _folder(
        self, folder: Path, prefix: str, above: frozenset[Path]
    ) -> Iterator[tuple[str, Path]]:
        real = folder.resolve()
        if real in above:
            self._problem("warning", "this link leads back to a folder that holds it", folder)
            return
        try:
            entries = sorted(os.scandir(folder), key=lambda e: (normalize("NFC", e.name), e.name))
        except OSError as error:
            self._problem("error", f"the folder cannot be read: {error.strerror}", folder)
            return
        seen = ""
        for entry in entries:
            file = Path(entry.path)
            path = prefix + normalize("NFC", entry.name)
            if self._left_out(path, file):
                continue
            if reason := _bad_name(path, seen):
                self._problem("error", reason, file)
                continue
            seen = path
            if entry.is_symlink() and not self._inside(file):
                continue
            if entry.is_dir():
                if path.lower().endswith(NOTE_SUFFIXES):
                    self._problem("warning", "this is a folder with the name of a note", file)
                yield from self._folder(file, path + "/", above | {real})
            else:
                yield path, file

    def _left_out(self, path: str, file: Path) -> bool:
        name = file.name
        if name.startswith(".") or name in _NEVER:
            return not (self.underscored and name in _DOTTED)
        if name.startswith("_") and name not in _UNDERSCORED and not self.underscored:
            return True
        if any(_matches(path, pattern) for pattern in self.ignore):
            return True
        return file.is_dir() and file.resolve() in self.skipped

    def _inside(self, file: Path) -> bool:
        try:
            real = file.resolve(strict=True)
        except (OSError, RuntimeError):
            self._problem("warning", "this link leads nowhere", file)
            return False
        if real.is_relative_to(self.real_root):
            return True
        self._problem("error", "this link leads out of the site and is not followed", file)
        return False

    def read(self, path: str, file: Path, updated: date | None) -> Source | None:
        """A Source with its bytes, none if the file has not changed since it was last read; None,
        and a problem, if it cannot be read."""
        return self._source(path, file, updated, keep=True)

    def asset(self, path: str, file: Path) -> Source | None:
        """A Source without bytes, which are copied from the file."""
        return self._source(path, file, None, keep=False)

    def _source(self, path: str, file: Path, updated: date | None, keep: bool) -> Source | None:
        try:
            status = file.stat()
            if not stat.S_ISREG(status.st_mode):
                self._problem("warning", "this is not a file and is left out", file)
                return None
            if keep and status.st_size > MAX_NOTE:
                message = f"more than {MAX_NOTE // 2**20} MiB: too big for a note"
                self._problem("error", message, file)
                return None
            digest, content = self.seen.digest(file, status), None
            if digest is None:
                content = file.read_bytes()
                digest = self.seen.remember(file, status, content)
        except OSError as error:
            self._problem("error", f"the file cannot be read: {error.strerror}", file)
            return None
        return Source(
            path, self._shown(file), digest, content if keep else None, str(file), updated
        )

    def _shown(self, file: Path) -> str:
        """How problems name a file: relative to the site, a broken name made printable."""
        name = os.fsencode(os.path.relpath(file, self.root)).decode("utf-8", "backslashreplace")
        return normalize("NFC", name).replace(os.sep, "/")

    def _problem(self, level: Level, message: str, file: Path) -> None:
        self.problems.append(Problem(level, message, Location(self._shown(file))))


def _bad_name(path: str, seen: str) -> str:
    """Why a file of this path (NFC) cannot be read, or "". `seen` is the path before it in
    order."""
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
