"""An Intent -> the output folder as it says, however often this is interrupted and done again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from notesite.names import DOT_FOLDER, unsafe_name
from notesite.problems import Location, Problem
from notesite.publish.content import named
from notesite.publish.manifest import NEXT, Intent, Stop, load_intent
from notesite.publish.paths import (
    INTENT,
    MANIFEST,
    listed,
    make_folder,
    remove_empty,
    unlink_owned,
)
from notesite.publish.stage import STAGE, discard


def complete(root: Path, intent: Intent, step: Callable[[str], None] = lambda name: None) -> None:
    """Rename, remove, then put the new manifest in place and forget the intent."""
    dot = root / DOT_FOLDER
    stage = f"{dot}/{STAGE}"
    _check(intent, dot)
    staged = set(listed(dot / STAGE))
    if all(name in staged for name, _ in intent.renames):  # else it was done
        for path in intent.makes_way:
            unlink_owned(root, path)
            step(f"make way {path}")
        remove_empty(root, intent.folders_in_the_way)
    known: set[str] = set()
    for name, path in intent.renames:
        if name not in staged:
            continue
        file, where = f"{stage}/{name}", f"{root}/{path}"
        make_folder(root, path.rpartition("/")[0], known)
        with named(where, file):
            os.replace(file, where)
        step(f"rename {path}")
    for path in intent.removals:
        unlink_owned(root, path)
        step(f"remove {path}")
    remove_empty(root, intent.empty)
    # No flush here: should a power cut undo a rename, the manifest has another inode for that file,
    # and the next build writes it again.
    if (dot / NEXT).exists():
        os.replace(dot / NEXT, dot / MANIFEST)
    step("manifest")
    unlink_owned(dot, INTENT)
    step("forget")
    discard(dot)


def recovered(root: Path) -> None:
    """Complete what was committed here; throw away what was not."""
    dot = root / DOT_FOLDER
    if intent := load_intent(dot):
        complete(root, intent)
    else:
        discard(dot)


def _check(intent: Intent, dot: Path) -> None:
    """An intent that came with a cloned repository could name anything."""
    for name, path in intent.renames:
        if unsafe_name(path) or not name.isdecimal():
            message = f"the commit in there would write {path}, which is no path of a site"
            hint = "remove the output folder yourself, then build again"
            raise Stop(Problem("error", message, Location(str(dot / INTENT)), hint, frame=True))
