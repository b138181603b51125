"""The files of a site -> an output folder, all in one commit, and what was written and removed.

A file is staged in the output's own dot folder. Before the commit (one rename, of the Intent)
nothing has changed; after it the next command completes it; a file is whole at every moment.
Exchanging whole trees would break git worktrees, mount points and open folders at the output path.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from notesite.names import DOT_FOLDER
from notesite.publish.commit import complete
from notesite.publish.folder import Folder, Published
from notesite.publish.left import Gone, Left, Look, Stamp, stamp_of
from notesite.publish.manifest import NEXT, Manifest, load_manifest, save
from notesite.publish.paths import (
    INTENT,
    MANIFEST,
    make_folder,
    remove_empty,
    unlink_owned,
)
from notesite.publish.stage import STAGE, Content, Made, Stage, discard

__all__ = [
    "Content", "Gone", "Left", "Look", "Made", "Published", "Stamp", "clean", "clean_cache",
    "publish", "recover", "stamp_of",
]  # fmt: skip

CACHE_FILES = ["stamp", *("cache.sqlite" + end for end in ("", "-journal", "-wal", "-shm"))]

_NO_KEYS: Mapping[str, str] = {}
Step = Callable[[str], None]  # told what was done last: tests end the process there
Spread = Callable[[Callable[[int], Made], int], Iterable[Made]]  # f(0), f(1) … f(count - 1)


def publish(
    files: Iterable[tuple[str, Content]],
    output: Path,
    *,
    sources: Sequence[Path],
    keys: Mapping[str, str] = _NO_KEYS,
    anew: bool = False,
    beside: Left | None = None,
    shown: str = "",
    wait: float = 10.0,
    step: Step = lambda name: None,
    spread: Spread | None = None,
) -> Published:
    """Make `output` exactly these files (path, bytes or a file to copy), beside what others put
    there; or `beside` those that it was left with, which stay. Raises Gone if they may not be
    there any more.

    Assets come first, then pages, then listings and feeds, else the order given. `sources` are what
    the output folder may not hold; `shown` is how problems name it. Waits up to `wait` seconds for
    another notesite to be done. An exception out of `files` changes nothing.

    A file that is there under its key of `keys` is not made, unless all is made `anew`. `spread`
    can have files made in many processes.
    """
    folder = Folder(output, sources, shown or str(output), wait)
    spread = spread or _one_by_one
    work = partial(_publish, files, keys, anew, beside, folder.shown, step, spread)
    return folder.do(work, make=True)


def recover(
    output: Path, *, sources: Sequence[Path], shown: str = "", wait: float = 10.0
) -> Published:
    """Complete what a killed command had committed and throw away what it had not.

    Every command does this first; the answer also says whether `output` is refused, so that a
    refusal costs nobody a build.
    """
    return Folder(output, sources, shown or str(output), wait).do(lambda root: Published())


def clean(
    output: Path, *, sources: Sequence[Path], shown: str = "", wait: float = 10.0
) -> Published:
    """Remove every file that the manifest lists, the folders notesite made, and its dot folder.

    Where others put files, an empty manifest stays, or the next build would take it for a strange
    folder and refuse it.
    """
    made: list[str] = []

    def work(root: Path) -> Published:
        manifest = load_manifest(root / DOT_FOLDER) or Manifest()
        made.extend(folder for folder in manifest.folders if not folder)
        removed = sum(unlink_owned(root, path) for path in manifest.files)
        remove_empty(root, set(manifest.folders) - {""})
        if set(os.listdir(root)) - {DOT_FOLDER}:  # files of others: it stays an output folder
            save(root / DOT_FOLDER / MANIFEST, Manifest(folders=tuple(made)))
        else:
            unlink_owned(root / DOT_FOLDER, MANIFEST)
        return Published(removed=removed)

    cleaned = Folder(output, sources, shown or str(output), wait).do(work)
    if not cleaned.problems:
        root = Path(os.path.realpath(output))
        remove_empty(root / DOT_FOLDER, [""])  # only now: the lock was in there
        remove_empty(root, made)
    return cleaned


def clean_cache(site: Path) -> None:
    """Remove the cache of a site, by the names of its files: what else is in its folder stays."""
    folder = site / DOT_FOLDER
    if folder.is_symlink():  # it is not ours, wherever it leads
        return
    for name in CACHE_FILES:
        unlink_owned(folder, name)
    remove_empty(folder, [""])


def _publish(
    files: Iterable[tuple[str, Content]],
    keys: Mapping[str, str],
    anew: bool,
    beside: Left | None,
    shown: str,
    step: Step,
    spread: Spread,
    root: Path,
) -> Published:
    dot = root / DOT_FOLDER
    stage = _begun(beside, root, shown, anew)
    try:
        make_folder(dot, STAGE, set())
        step("begin")
        for path in _staged(stage, files, keys, spread):
            step(f"stage {path}")
        intent = stage.intent()
        save(dot / NEXT, stage.manifest())
        step("staged")
        save(dot / INTENT, intent)
    except BaseException:
        with suppress(OSError):  # the first error is the one to tell; the next command discards too
            if not (dot / INTENT).exists():
                discard(dot)
        raise
    step("commit")
    try:
        complete(root, intent, step)
    except (KeyboardInterrupt, SystemExit):
        complete(root, intent, step)
        raise
    removed = len(intent.removals) + len(set(intent.makes_way) - set(stage.entries))
    changed = {
        path: (stage.old.files[path].key if path in stage.old.files else "")
        for path in stage.made
        if path in keys
    }
    stamp = None if stage.foreign else stamp_of(root)
    return Published(len(intent.renames), stage.unchanged, removed, stamp=stamp, made=changed)


def _begun(beside: Left | None, root: Path, shown: str, anew: bool) -> Stage:
    if beside is None:
        return Stage(root, load_manifest(root / DOT_FOLDER) or Manifest(), shown, anew)
    if stamp_of(root) != beside.stamp:
        raise Gone(shown)
    return Stage(root, beside.manifest, shown, anew, keeps=True)


def _staged(
    stage: Stage, files: Iterable[tuple[str, Content]], keys: Mapping[str, str], spread: Spread
) -> Iterator[str]:
    """Make and stage the files that the output does not hold; their paths, one by one."""
    wanted = [(path, content) for path, content in files if stage.wants(path, keys.get(path, ""))]

    def make(number: int) -> Made:
        path, content = wanted[number]
        return stage.make(number, path, content, keys.get(path, ""))

    for number, made in enumerate(spread(make, len(wanted))):
        path = wanted[number][0]
        stage.take(number, path, made)
        yield path


def _one_by_one(make: Callable[[int], Made], count: int) -> Iterable[Made]:
    return map(make, range(count))
