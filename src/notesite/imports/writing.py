"""Imported notes and files -> the notes folder, and what was done. An author's edits stay.

All new files are written to a folder of their own first, then renamed into place, then the ledger:
a file is whole at every moment. Who ends it in between has files without an entry; the next import
knows them by their bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from msgspec import Struct

from notesite.imports import ledger as ledgers
from notesite.imports.imported import Imported, Made
from notesite.imports.ledger import Entry, Ledger
from notesite.names import folded
from notesite.problems import Level, Location, Problem
from notesite.publish.content import flush, flush_folder, named, store
from notesite.publish.lock import held
from notesite.publish.manifest import Stop
from notesite.publish.paths import make_folder, remove_empty, unlink_owned

STAGE = ".importing"

_KEPT: Mapping[str, tuple[Level, str, str]] = {
    "edited": (
        "note",
        "this file was edited since it was imported, and is left as it is",
        "--force writes it as it is at the source",
    ),
    "deleted": (
        "note",
        "this file was deleted since it was imported, and is not written again",
        "--force brings it back",
    ),
    "foreign": (
        "warning",
        "a file of this name that no import wrote is there, and is left as it is",
        "rename that file, or replace it with --force",
    ),
}
State = Literal["new", "unchanged", "old", "edited", "deleted", "foreign"]


class Written(Struct, frozen=True):
    """Counts of files; `kept` are those that were left as the author had them, each with a
    problem."""

    written: int = 0
    unchanged: int = 0
    kept: int = 0
    problems: tuple[Problem, ...] = ()


def write(
    make: Callable[[Ledger], Made],
    folder: Path,
    shown: str,
    *,
    kind: str,
    force: bool = False,
    wait: float = 10.0,
) -> Written:
    """Make the notes folder hold what `make` makes, and its ledger know it. `shown` is how problems
    name the folder, `kind` is that of the sources. `force`: also over what the author changed.

    Nothing is written if `make` makes nothing. Waits up to `wait` seconds for another import.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        make_folder(folder, STAGE, set())
        with held(folder / STAGE, shown, wait):
            old = ledgers.load(folder, shown)
            if isinstance(old, Problem):
                return Written(problems=(old,))
            return _write(make(old), old, _Target(folder, shown), kind, force)
    except Stop as stop:
        return Written(problems=stop.problems)
    finally:
        remove_empty(folder, [STAGE])


class _Target(Struct, frozen=True):
    folder: Path
    shown: str

    def named(self, path: str) -> str:
        return f"{self.shown}/{path}"


def _write(made: Made, old: Ledger, target: _Target, kind: str, force: bool) -> Written:
    entries = dict(old.files)
    wanted: list[Imported] = []
    problems = list(made.problems)
    present = _present(target.folder, made.files)
    kept = 0
    for file in made.files:
        digest = ledgers.digest(file.content)
        state = _state(target.folder, file.path, digest, old.files.get(file.path), present)
        if state in _KEPT and not force:
            level, message, hint = _KEPT[state]
            problems.append(Problem(level, message, Location(target.named(file.path)), hint))
            kept += 1
            continue
        if state != "unchanged":
            wanted.append(file)
        entries[file.path] = Entry(digest, f"{kind}:{file.source}")
    _put(wanted, target)
    _save(Ledger(entries), old, target)
    unchanged = len(made.files) - len(wanted) - kept
    return Written(len(wanted), unchanged, kept, tuple(problems))


def _present(folder: Path, files: Iterable[Imported]) -> frozenset[str]:
    """What is in the folders of these files, as a file system without case sees it."""
    found = set()
    for below in {file.path.rpartition("/")[0] for file in files}:
        with suppress(FileNotFoundError):
            found |= {folded(f"{below}/{name}".lstrip("/")) for name in os.listdir(folder / below)}
    return frozenset(found)


def _state(
    folder: Path, path: str, digest: str, entry: Entry | None, present: frozenset[str]
) -> State:
    """How a file stands to what is to be written and to what was written last."""
    where = folder / path
    if not os.path.lexists(where):
        if entry:
            return "deleted"
        return "foreign" if folded(path) in present else "new"
    found = ledgers.digest(where) if where.is_file() and not where.is_symlink() else ""
    if found == digest:
        return "unchanged"
    if entry is None:
        return "foreign"
    return "old" if found == entry.digest else "edited"


def _put(files: Sequence[Imported], to: _Target) -> None:
    """Stage all of them, have them on the disk, rename them."""
    stage = to.folder / STAGE
    for name in os.listdir(stage):  # of an import that was ended
        if name.isdecimal():
            unlink_owned(stage, name)
    staged: dict[str, Path] = {}
    try:
        for number, file in enumerate(files):
            target = stage / str(number)
            staged[to.named(file.path)] = target
            with named(to.named(file.path), target):
                store(file.content, target)
        flush(staged)
        known: set[str] = set()
        for file, target in zip(files, staged.values(), strict=True):
            make_folder(to.folder, file.path.rpartition("/")[0], known)
            with named(to.named(file.path), target):
                os.replace(target, to.folder / file.path)
    except BaseException:
        for target in staged.values():
            with suppress(OSError):  # the first error is the one to tell
                unlink_owned(stage, target.name)
        raise


def _save(new: Ledger, old: Ledger, to: _Target) -> None:
    if new == old:
        return
    staged = to.folder / STAGE / "0"
    with named(to.named(ledgers.NAME), staged):
        store(ledgers.encode(new), staged)
        flush({str(staged): staged})
        os.replace(staged, to.folder / ledgers.NAME)
        flush_folder(to.folder)
