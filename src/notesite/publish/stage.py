"""The files of a site -> those that differ from the output, staged; and the Intent."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from notesite.names import DOT_FOLDER, Taken, folded, parents, unsafe_name
from notesite.problems import Location, Problem
from notesite.publish.content import digest, flush, named, store
from notesite.publish.manifest import NEXT, Entry, Intent, Manifest, Stop
from notesite.publish.paths import listed, remove_empty, unlink_owned
from notesite.publish.way import Way, may_write

STAGE = "stage"
Content = bytes | Path | Callable[[], bytes | Path]

_LISTING = re.compile(
    r"index\.html|(.*/)?(feed\.xml|rss\.xml|feed\.json|sitemap(-\d+)?\.xml|page/\d+/index\.html)"
)
_CLASHES = {
    "same": "and where case does not count they are one file",
    "file": "as a file",
    "folder": "so that this is a folder",
}


class Made(Struct, frozen=True):
    """What became of a file whose content was made: `staged`, because the output has another or
    none; `same`, because it has this one; `foreign`, if this one is there but not by us; `blocked`,
    if someone else's file is in its place."""

    state: Literal["staged", "same", "foreign", "blocked"]
    entry: Entry


class Stage:
    """Takes the files one by one; `intent()` says what is to be done with what was staged.

    `wants` compares a file's key with the manifest, `make` its bytes with the output folder, and
    stages it if they differ, `take` notes what came of that. `make` changes nothing here, so that
    many processes can do it at once. Nothing outside the dot folder is written.
    """

    def __init__(
        self, root: Path, old: Manifest, shown: str, anew: bool = False, keeps: bool = False
    ) -> None:
        """`keeps`: what the output has besides stays."""
        self.root = root
        self.keeps = keeps
        self.shown = shown
        self.old = old
        self.anew = anew
        self.entries: dict[str, Entry] = {}
        self.unchanged = 0
        self.foreign = False  # whether the site has a file that someone else wrote
        self.made: list[str] = []  # paths whose content was made, in order
        self._staged: dict[str, str] = {}  # output path -> staged file
        self._taken = Taken()
        self._problems: list[Problem] = []
        self._folder = f"{root}/{DOT_FOLDER}/{STAGE}"
        self._old_folded: dict[str, str] | None = None  # made for the first that asks

    def wants(self, path: str, key: str = "") -> bool:
        """Whether this file of the site has to be made: it may be published, and the output does
        not hold it already under this `key`."""
        if reason := self._wrong_path(path):
            message = f"this file cannot be published: {reason}"
            self._problems.append(self._problem(path, message))
            return False
        if key and not self.anew and self._is_current(path, key):
            self.unchanged += 1
            return False
        return True

    def make(self, number: int, path: str, content: Content, key: str = "") -> Made:
        """Make the content, and stage it as file `number` unless the output holds it; OSErrors that
        have no path of their own get this one's."""
        if not isinstance(content, bytes | Path):
            content = content()
        known = digest(content)
        found = self._compared(path, *known, key)
        if found.state in ("same", "foreign"):
            return found
        target = f"{self._folder}/{number}"
        with named(f"{self.shown}/{path}", target):
            got, size = store(content, target, known)
            written = os.stat(target)
        return Made(found.state, Entry(size, got, written.st_mtime_ns, written.st_ino, key))

    def take(self, number: int, path: str, made: Made) -> None:
        """Note what `make` did with file `number`."""
        self.made.append(path)
        if made.state == "blocked":
            self._problems.append(self._someone_elses(path))
        if made.state in ("staged", "blocked"):
            self._staged[path] = f"{self._folder}/{number}"
        else:
            self.unchanged += 1
        if made.state == "foreign":  # it is published, but not ours
            self.foreign = True
        else:
            self.entries[path] = made.entry

    def intent(self) -> Intent:
        """What the commit will do; Stop if a file of someone else is in the way of one of ours."""
        others = self.old.files.keys() - self.entries.keys()
        if self.keeps:
            self.entries |= {path: self.old.files[path] for path in others}
            self.unchanged += len(others)
        removals = set() if self.keeps else others
        way = Way(self.root, self.old, removals, self._staged, self._taken)
        self._problems += map(self._someone_elses, way.strangers)
        if self._problems:
            raise Stop(*self._problems)
        may_write(self.root, set(self._staged) | removals)
        self.folders = self.old.folders
        empty: tuple[str, ...] = ()
        if not self.keeps:
            needed = {folder for path in self.entries for folder in parents(path)}
            self.folders = self._made(needed)
            empty = tuple(sorted(set(self.old.folders) - needed - {""}))
        flush({f"{self.shown}/{path}": staged for path, staged in self._staged.items()})
        in_order = sorted(self._staged.items(), key=_rank)
        return Intent(
            makes_way=tuple(sorted(way.files)),
            folders_in_the_way=tuple(sorted(way.folders)),
            renames=tuple((_name(staged), path) for path, staged in in_order),
            removals=tuple(sorted(removals - way.files)),
            empty=empty,
        )

    def manifest(self) -> Manifest:
        """The manifest after the commit that `intent` has prepared."""
        return Manifest(self.entries, self.folders)

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
            found = os.lstat(self._at(path))
        except (FileNotFoundError, NotADirectoryError):
            return False
        if not stat.S_ISREG(found.st_mode) or not trusted(entry, found):
            return False
        self.entries[path] = entry
        return True

    def _compared(self, path: str, wanted: str, size: int, key: str) -> Made:
        """Whether the output has these bytes at `path` already. Looks into the file only when in
        doubt."""
        where = self._at(path)
        entry = self.old.files.get(path)
        to_stage = Made("staged", Entry(size, wanted, 0, 0, key))
        try:
            found = os.lstat(where)
        except (FileNotFoundError, NotADirectoryError):
            return to_stage
        blocked = Made("blocked", to_stage.entry)
        if entry is None and self._is_ours_by_another_name(path, found):
            return to_stage
        if not stat.S_ISREG(found.st_mode):
            return blocked if entry is None and not stat.S_ISDIR(found.st_mode) else to_stage
        if entry and trusted(entry, found):
            on_disk = entry.digest
        else:
            on_disk = digest(Path(where))[0] if found.st_size == size else ""
        if on_disk == wanted:
            as_found = Entry(size, wanted, found.st_mtime_ns, found.st_ino, key)
            return Made("foreign" if entry is None else "same", as_found)
        return blocked if entry is None else to_stage

    def _is_ours_by_another_name(self, path: str, found: os.stat_result) -> bool:
        """On a file system without case, `Foo.html` of the last build is what lstat finds at
        `foo.html`."""
        if self._old_folded is None:
            self._old_folded = {folded(path): path for path in self.old.files}
        other = self._old_folded.get(folded(path))
        try:
            return other is not None and os.path.samestat(os.lstat(self._at(other)), found)
        except OSError:
            return False

    def _made(self, needed: set[str]) -> tuple[str, ...]:
        """Folders that are ours: those of the manifest still needed, and those that are not there
        yet."""
        old = set(self.old.folders)
        keep = {f for f in needed if f in old or not os.path.isdir(self._at(f))}
        return tuple(sorted(keep | (old & {""})))

    def _at(self, path: str) -> str:
        """Where a file or folder of the site is: a string, for ten thousand of them."""
        return f"{self.root}/{path}"

    def _someone_elses(self, path: str) -> Problem:
        message = "notesite did not write this file, and the site has one in its place"
        return self._problem(path, message, "move it to static/, or remove it")

    def _problem(self, path: str, message: str, hint: str = "") -> Problem:
        return Problem("error", message, Location(f"{self.shown}/{path}"), hint, frame=True)


def trusted(entry: Entry, found: os.stat_result) -> bool:
    """Whether the file is the one that we wrote, as far as its size, time and inode tell."""
    return (entry.size, entry.mtime, entry.inode) == (
        found.st_size, found.st_mtime_ns, found.st_ino,
    )  # fmt: skip


def discard(dot: Path) -> None:
    """Throw away the stage of this dot folder."""
    for name in listed(dot / STAGE):
        unlink_owned(dot, f"{STAGE}/{name}")
    for name in listed(dot):
        if name == NEXT or name.endswith(".new"):
            unlink_owned(dot, name)
    remove_empty(dot, [STAGE])


def _name(staged: str) -> str:
    return staged.rpartition("/")[2]


def _rank(item: tuple[str, str]) -> tuple[int, int]:
    """Assets, then pages, then listings and feeds, so that no page is there before what it shows;
    else in the order in which the files came."""
    path, staged = item
    if _LISTING.fullmatch(path):
        return 2, int(_name(staged))
    return (1 if path.endswith(".html") else 0), int(_name(staged))
