"""Work on an output folder -> Published: done under its lock, after recovery, all errors told."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from notesite.names import DOT_FOLDER
from notesite.problems import Location, Problem
from notesite.publish.commit import recovered
from notesite.publish.left import Stamp
from notesite.publish.lock import held
from notesite.publish.manifest import Manifest, Stop, save
from notesite.publish.paths import INTENT, MANIFEST, make_folder, refusal


class Published(Struct, frozen=True):
    """Counts of files. With problems nothing was published, unless a commit could not be completed:
    then the next command does that. `refused`: this folder is none that notesite may write to."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    problems: tuple[Problem, ...] = ()
    refused: bool = False
    # of the state that the folder is left in; none if a file of the site in it is not ours
    stamp: Stamp | None = None
    made: dict[str, str] = {}  # path of each file whose content was made -> the key it had before


class Folder(Struct, frozen=True):
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
