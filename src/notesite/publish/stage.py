"""The files of a site -> those that differ from the output, staged; and the Intent."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from notesite.names import DOT_FOLDER, Taken, folded, parents, unsafe_name
from notesite.problems import Location, Problem
from notesite.publish.content import digest, flush, named, store
from notesite.publish.manifest import NEXT, Entry, Intent, Manifest, Stop
from notesite.publish.paths import remove_empty, unlink_owned

STAGE = "stage"
Content = bytes | Path | Callable[[], bytes | Path]

_LISTING = re.compile(
    r"index\.html|(.*/)?(feed\.xml|rss\.xml|feed\.json|sitemap\.xml|page/\d+/index\.html)"
)
_CLASHES = {
    "same": "and where case does not count they are one file",
    "file": "as a file",
    "folder": "so that this is a folder",
}


class Stage:
    """Takes the files one by one; `intent()` says what is to be done with what was staged.

    `add` compares a file with the manifest and with the output folder, and stages it if it differs.
    Nothing outside the dot folder is written.
    """

    def __init__(self, root: Path, old: Manifest, shown: str, anew: bool = False) -> None:
        self.root = root
        self.shown = shown
        self.old = old
        self.anew = anew
        self.entries: dict[str, Entry] = {}
        self.unchanged = 0
        self.made: list[str] = []  # paths whose content was made, in order
        self._staged: dict[str, Path] = {}  # output path -> staged file
        self._foreign: set[str] = set()  # equal files of someone else: published, but not ours
        self._taken = Taken()
        self._old_folded = {folded(path): path for path in old.files}
        self._problems: list[Problem] = []
        self._folder = root / DOT_FOLDER / STAGE

    def add(self, path: str, content: Content, key: str = "") -> None:
        """One file of the site; OSErrors that have no path of their own get this one's. Content
        that is a function is made only if the output does not hold it already, under this `key`."""
        if reason := self._wrong_path(path):
            self._stop(path, f"this file cannot be published: {reason}")
            return
        if key and not self.anew and self._is_current(path, key):
            self.unchanged += 1
            return
        self.made.append(path)
        if not isinstance(content, bytes | Path):
            content = content()
        wanted = digest(content)
        if self._same(path, *wanted, key):
            self.unchanged += 1
            return
        target = self._folder / str(len(self._staged))
        with named(f"{self.shown}/{path}", target):
            got, size = store(content, target)
            written = os.stat(target)
        self._staged[path] = target
        self.entries[path] = Entry(size, got, written.st_mtime_ns, written.st_ino, key)

    def intent(self) -> Intent:
        """What the commit will do; Stop if a file of someone else is in the way of one of ours."""
        removals = set(self.old.files) - set(self.entries)
        makes_way, folders = self._makes_way(removals)
        if self._problems:
            raise Stop(*self._problems)
        self._may_write(set(self._staged) | removals)
        needed = {folder for path in self.entries for folder in parents(path)}
        self.folders = self._made(needed)
        flush({f"{self.shown}/{path}": staged for path, staged in self._staged.items()})
        in_order = sorted(self._staged.items(), key=_rank)
        return Intent(
            makes_way=tuple(sorted(makes_way)),
            folders_in_the_way=tuple(sorted(folders)),
            renames=tuple((staged.name, path) for path, staged in in_order),
            removals=tuple(sorted(removals - makes_way)),
            empty=tuple(sorted(set(self.old.folders) - needed - {""})),
        )

    def manifest(self) -> Manifest:
        """The manifest after the commit that `intent` has prepared."""
        return Manifest(dict(sorted(self.entries.items())), self.folders)

    def _wrong_path(self, path: str) -> str | None:
        if reason := unsafe_name(path):
            return reason
        clash, other = self._taken.clash(path)
        return f"{other} is published too, {_CLASHES[clash]}" if clash else None

    def _is_current(self, path: str, key: str) -> bool:
        """Whether the output has the file that was made under this key, untouched since."""
        entry = self.old.files.get(path)
        if entry is None or entry.key != key:
            return False
        try:
            found = os.lstat(self.root / path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        if not stat.S_ISREG(found.st_mode) or not _trusted(entry, found):
            return False
        self.entries[path] = entry
        return True

    def _same(self, path: str, wanted: str, size: int, key: str) -> bool:
        """Whether the output has these bytes at `path` already. Looks into the file only when in
        doubt."""
        where = self.root / path
        entry = self.old.files.get(path)
        try:
            found = os.lstat(where)
        except (FileNotFoundError, NotADirectoryError):
            return False
        if entry is None and self._is_ours_by_another_name(path, found):
            return False
        if not stat.S_ISREG(found.st_mode):
            if entry is None and not stat.S_ISDIR(found.st_mode):
                self._someone_elses(path)
            return False
        if entry and _trusted(entry, found):
            on_disk = entry.digest
        else:
            on_disk = digest(where)[0] if found.st_size == size else ""
        if on_disk == wanted and entry is None:
            self._foreign.add(path)
        elif on_disk == wanted:
            self.entries[path] = Entry(size, wanted, found.st_mtime_ns, found.st_ino, key)
        elif entry is None:
            self._someone_elses(path)
        return on_disk == wanted

    def _is_ours_by_another_name(self, path: str, found: os.stat_result) -> bool:
        """On a file system without case, `Foo.html` of the last build is what lstat finds at
        `foo.html`."""
        other = self._old_folded.get(folded(path))
        try:
            return other is not None and os.path.samestat(os.lstat(self.root / other), found)
        except OSError:
            return False

    def _makes_way(self, removals: set[str]) -> tuple[set[str], set[str]]:
        """Our old files and folders that must go before ours can be written: where a file becomes a
        folder or the other way round, or changes only its case. What is not ours there stops the
        build."""
        files = {path for path in removals if folded(path) in self._taken.files}
        folders: set[str] = set()
        for folder in {folder for path in self._staged for folder in parents(path)}:
            where = self.root / folder
            if os.path.islink(where) or (os.path.lexists(where) and not where.is_dir()):
                if folder in removals:
                    files.add(folder)
                else:
                    self._someone_elses(folder)
        for path in self._staged:
            where = self.root / path
            if where.is_dir() and not where.is_symlink():
                folders |= self._ours_inside(path, removals, files)
        return files, folders

    def _ours_inside(self, path: str, removals: set[str], files: set[str]) -> set[str]:
        folders = {path}
        for folder, inner_folders, inner_files in os.walk(self.root / path):
            here = Path(folder).relative_to(self.root).as_posix()
            folders |= {f"{here}/{name}" for name in inner_folders}
            files |= {f"{here}/{name}" for name in inner_files}
        for strange in (files - removals) | (folders - set(self.old.folders)):
            self._someone_elses(strange)
        return folders

    def _may_write(self, paths: set[str]) -> None:
        """Ask for the rights that the commit needs while nothing has changed yet."""
        effective = os.access in os.supports_effective_ids
        for folder in sorted({self.root / path.rpartition("/")[0] for path in paths}):
            if folder.is_dir() and not os.access(
                folder, os.W_OK | os.X_OK, effective_ids=effective
            ):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))

    def _made(self, needed: set[str]) -> tuple[str, ...]:
        """Folders that are ours: those of the manifest still needed, and those that are not there
        yet."""
        old = set(self.old.folders)
        keep = {f for f in needed if f in old or not (self.root / f).is_dir()}
        return tuple(sorted(keep | (old & {""})))

    def _someone_elses(self, path: str) -> None:
        self._stop(
            path,
            "notesite did not write this file, and the site has one in its place",
            "move it to static/, or remove it",
        )

    def _stop(self, path: str, message: str, hint: str = "") -> None:
        where = Location(f"{self.shown}/{path}")
        self._problems.append(Problem("error", message, where, hint, frame=True))


def _trusted(entry: Entry, found: os.stat_result) -> bool:
    """Whether the file is the one that we wrote, as far as its size, time and inode tell."""
    return (entry.size, entry.mtime, entry.inode) == (
        found.st_size, found.st_mtime_ns, found.st_ino,
    )  # fmt: skip


def untouched(root: Path, manifest: Manifest) -> bool:
    """Whether all files of the manifest are as they were written."""
    try:
        return all(_trusted(e, os.lstat(root / path)) for path, e in manifest.files.items())
    except OSError:
        return False


def discard(dot: Path) -> None:
    """Throw away the stage of this dot folder."""
    for name in _listed(dot / STAGE):
        unlink_owned(dot, f"{STAGE}/{name}")
    for name in _listed(dot):
        if name == NEXT or name.endswith(".new"):
            unlink_owned(dot, name)
    remove_empty(dot, [STAGE])


def _rank(item: tuple[str, Path]) -> tuple[int, int]:
    """Assets, then pages, then listings and feeds, so that no page is there before what it shows;
    else in the order in which the files came."""
    path, staged = item
    if _LISTING.fullmatch(path):
        return 2, int(staged.name)
    return (1 if path.endswith(".html") else 0), int(staged.name)


def _listed(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except FileNotFoundError:
        return []
