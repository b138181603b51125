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

from msgspec import Struct

from notesite.names import DOT_FOLDER
from notesite.problems import Location, Problem
from notesite.publish.commit import complete, recovered
from notesite.publish.left import Gone, Stamp, keys_of, stamp_of
from notesite.publish.lock import held
from notesite.publish.manifest import NEXT, Manifest, Stop, load_manifest, save
from notesite.publish.paths import (
    INTENT,
    MANIFEST,
    make_folder,
    refusal,
    remove_empty,
    unlink_owned,
)
from notesite.publish.stage import STAGE, Content, Made, Stage, discard

__all__ = [
    "Content", "Gone", "Made", "Published", "Stamp", "clean", "clean_cache", "keys_of", "publish",
    "recover", "stamp_of",
]  # fmt: skip

CACHE_FILES = ["stamp", *("cache.sqlite" + end for end in ("", "-journal", "-wal", "-shm"))]

_NO_KEYS: Mapping[str, str] = {}
Step = Callable[[str], None]  # told what was done last: tests end the process there
Spread = Callable[[Callable[[int], Made], int], Iterable[Made]]  # f(0), f(1) … f(count - 1)


class Published(Struct, frozen=True):
    """Counts of files. With problems nothing was published, unless a commit could not be completed:
    then the next command does that. `refused`: this folder is none that notesite may write to."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    problems: tuple[Problem, ...] = ()
    refused: bool = False
    made: dict[str, str] = {}  # path of each file whose content was made -> the key it had before


def publish(
    files: Iterable[tuple[str, Content]],
    output: Path,
    *,
    sources: Sequence[Path],
    keys: Mapping[str, str] = _NO_KEYS,
    anew: bool = False,
    beside: Stamp | None = None,
    shown: str = "",
    wait: float = 10.0,
    step: Step = lambda name: None,
    spread: Spread | None = None,
) -> Published:
    """Make `output` exactly these files (path, bytes or a file to copy), beside what others put
    there; or, `beside` those that it was left with under this stamp, make these anew. Raises Gone
    if it was not.

    Assets come first, then pages, then listings and feeds, else the order given. `sources` are what
    the output folder may not hold; `shown` is how problems name it. Waits up to `wait` seconds for
    another notesite to be done. An exception out of `files` changes nothing.

    A file that is there under its key of `keys` is not made, unless all is made `anew`. `spread`
    can have files made in many processes.
    """
    folder = _Folder(output, sources, shown or str(output), wait)
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
    return _Folder(output, sources, shown or str(output), wait).do(lambda root: Published())


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

    cleaned = _Folder(output, sources, shown or str(output), wait).do(work)
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


class _Folder(Struct, frozen=True):
    output: Path
    sources: Sequence[Path]
    shown: str
    wait: float

    def do(self, work: Callable[[Path], Published], make: bool = False) -> Published:
        """`work` on the real path of the folder, under its lock and after recovery; problems tell
        what went wrong. Without `make`, a folder that notesite never wrote to is left as it is."""
        root = Path(os.path.realpath(self.output))
        try:
            if reason := refusal(self.output, self.sources):
                message = f"the output folder is refused: {reason}"
                hint = "choose another with `output:` or --output, or empty it yourself"
                return self._failed(message, self.shown, hint, refused=True)
            if not make and not (root / DOT_FOLDER).is_dir():
                return Published()
            made = _make_root(root)
            with held(root / DOT_FOLDER, self.shown, self.wait):
                recovered(root)
                if made:
                    save(root / DOT_FOLDER / MANIFEST, Manifest(folders=("",)))
                return work(root)
        except Stop as stop:
            return Published(problems=stop.problems)
        except OSError as error:
            where = str(error.filename or self.shown).replace(str(root), self.shown)
            return self._failed(f"cannot publish: {error.strerror or error}", where, _advice(root))

    def _failed(self, message: str, where: str, hint: str, refused: bool = False) -> Published:
        problem = Problem("error", message, Location(where), hint, frame=True)
        return Published(problems=(problem,), refused=refused)


def _publish(
    files: Iterable[tuple[str, Content]],
    keys: Mapping[str, str],
    anew: bool,
    beside: Stamp | None,
    shown: str,
    step: Step,
    spread: Spread,
    root: Path,
) -> Published:
    dot = root / DOT_FOLDER
    if beside is not None and stamp_of(root) != beside:
        raise Gone(shown)
    manifest = load_manifest(dot) or Manifest()
    stage = Stage(root, manifest, shown, anew)
    try:
        make_folder(dot, STAGE, set())
        step("begin")
        for path in _staged(stage, files, keys, spread):
            step(f"stage {path}")
        if beside is not None:
            stage.keep_others()
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
        path: (manifest.files[path].key if path in manifest.files else "")
        for path in stage.made
        if path in keys
    }
    return Published(len(intent.renames), stage.unchanged, removed, made=changed)


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


def _make_root(root: Path) -> bool:
    made = not root.exists()
    root.mkdir(parents=True, exist_ok=True)
    if made:
        root.chmod(0o755)
    make_folder(root, DOT_FOLDER, set())
    return made


def _advice(root: Path) -> str:
    if (root / DOT_FOLDER / INTENT).exists():
        return "the site is half renamed; mend the cause, and the next command completes it"
    return "the site in this folder is as it was; mend the cause and build again"
