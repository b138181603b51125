"""A folder in a git repository -> the day on which each file was last changed by a commit."""

from __future__ import annotations

import os
from datetime import date, datetime, tzinfo
from pathlib import Path
from unicodedata import normalize

from notesite.seen import Dated

_OF_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")


def git_dates(folder: Path, zone: tzinfo, known: Dated) -> tuple[Dated, bool]:
    """The days in `zone` (by paths below `folder`), and whether the clone is shallow. `known` are
    those of the last look: the history is not read again while it is the same.

    Empty where there is no git, no repository or no commit. In a shallow clone every file would
    seem to have changed with the newest commit, so no date is given at all (starlight#2084,
    usaco-guide#6510).
    """
    real = folder.resolve()
    if not any((above / ".git").exists() for above in (real, *real.parents)):
        return Dated(), False
    told = _git(folder, "rev-parse", "--is-shallow-repository", "HEAD", "--show-prefix")
    if told is None:
        return Dated(), False
    shallow, head, prefix = told.decode("utf-8", "backslashreplace").split("\n", 2)
    if shallow == "true":
        return Dated(), True
    of = f"{head} {prefix}{zone}"
    if of == known.of:
        return known, False
    days = _days(folder, zone, head)
    return (Dated() if days is None else Dated(of, days)), False


def _days(folder: Path, zone: tzinfo, head: str) -> dict[str, date] | None:
    """By the history of this commit; None if it cannot be read now."""
    log = _git(
        folder,
        "log",
        head,
        "--format=%x01%cI",
        "--name-only",
        "--relative",
        "--no-renames",
        "-z",
        "--",
        ".",
    )
    if log is None:
        return None
    dates: dict[str, date] = {}
    day: date | None = None
    for part in log.split(b"\0"):
        name = part.strip(b"\n")
        if name.startswith(b"\1"):
            day = datetime.fromisoformat(name[1:26].decode()).astimezone(zone).date()
            name = name[26:].strip(b"\n")
        if name and day:
            dates.setdefault(normalize("NFC", name.decode("utf-8", "replace")), day)
    return dates


def _git(folder: Path, *arguments: str) -> bytes | None:
    # a hook runs with these set, and then they mean the repository that is committed to
    environment = {name: value for name, value in os.environ.items() if name not in _OF_HOOKS}
    import subprocess  # which a site outside of a repository does not need

    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=60, check=False, env=environment
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
