"""Staged files and an output folder -> what must make way for them, and what may not.

Where a file becomes a folder or the other way round, or changes only its case, our old one goes
first. What is not ours there stops the build.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from notesite.names import Taken, folded, parents
from notesite.publish.manifest import Manifest


class Way:
    """`files` and `folders` of ours that must go before `staged` can be put in place; `strangers`
    are what others have there."""

    def __init__(
        self, root: Path, old: Manifest, removals: set[str], staged: Iterable[str], taken: Taken
    ) -> None:
        self.root, self.old, self.removals = root, old, removals
        self.files = {path for path in removals if folded(path) in taken.files}
        self.folders: set[str] = set()
        self.strangers: list[str] = []
        for folder in sorted({folder for path in staged for folder in parents(path)}):
            if _kind(f"{root}/{folder}") == "file":
                if folder in removals:
                    self.files.add(folder)
                else:
                    self.strangers.append(folder)
        for path in staged:
            if _kind(f"{root}/{path}") == "folder":
                self._clear(path)

    def _clear(self, path: str) -> None:
        """All that is in this folder goes, if it is ours."""
        self.folders.add(path)
        for folder, folders, files in os.walk(self.root / path):
            here = Path(folder).relative_to(self.root).as_posix()
            self.folders |= {f"{here}/{name}" for name in folders}
            self.files |= {f"{here}/{name}" for name in files}
        strange = (self.files - self.removals) | (self.folders - set(self.old.folders))
        self.strangers += sorted(strange)


def may_write(root: Path, paths: Iterable[str]) -> None:
    """Ask for the rights that the commit of these files needs, while nothing has changed yet."""
    effective = os.access in os.supports_effective_ids
    for folder in sorted({f"{root}/{path.rpartition('/')[0]}" for path in paths}):
        if os.path.isdir(folder) and not os.access(
            folder, os.W_OK | os.X_OK, effective_ids=effective
        ):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)


def _kind(where: str) -> Literal["none", "file", "folder"]:
    """What is there; a link is a file, wherever it leads."""
    try:
        mode = os.lstat(where).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "none"
    return "folder" if stat.S_ISDIR(mode) else "file"
