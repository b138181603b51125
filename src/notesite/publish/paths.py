"""A folder -> whether notesite may write there; and the only code that removes a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from notesite.names import DOT_FOLDER, parents, unsafe_name

MANIFEST = "manifest.json"
INTENT = "commit.json"

# In an output folder that is not ours yet, these do not count: a git worktree (its .git is a file),
# and what a desktop leaves behind.
_IGNORED = {DOT_FOLDER, ".git", ".DS_Store"}


def refusal(output: Path, sources: Sequence[Path]) -> str | None:
    """Why nothing may be written to this folder, or None. Nothing is written or made to find out.

    `sources` are the notes, templates, static files and settings, existing or not. jekyll#534 and
    #902 (an output of `..` that deleted sources and .git) are why this is asked first.
    """
    if output.name == "..":
        return 'its path ends in ".."'
    if output.is_symlink() and not output.exists():
        return "it is a link that leads nowhere"
    real = Path(os.path.realpath(output))
    if real == real.parent:
        return "it is the root of the file system"
    if any(_holds(real, home) for home in _homes()):
        return "it is the home folder, or holds it"
    for source in sources:
        if _holds(real, source):
            return f"{source.name or source} is a source, and it is in there"
    return _not_ours(real) if real.exists() else None


def make_folder(root: Path, folder: str, known: set[str]) -> None:
    """Make `root`/`folder` and its parents, with mode 755 whatever the umask; `known` are there
    already.

    A link on the way is an OSError: it could lead out of the output folder.
    """
    if not folder or folder in known:
        return
    for path in (*reversed(list(parents(folder))), folder):
        if path in known:
            continue
        where = f"{root}/{path}"
        try:
            mode = os.lstat(where).st_mode
        except FileNotFoundError:
            os.mkdir(where)
            os.chmod(where, 0o755)
        else:
            if not stat.S_ISDIR(mode):
                raise NotADirectoryError(20, "Not a folder, or a link to one", where)
        known.add(path)


def listed(folder: Path) -> list[str]:
    """Names in this folder, sorted; none if it is not there."""
    try:
        return sorted(os.listdir(folder))
    except FileNotFoundError:
        return []


def unlink_owned(root: Path, path: str) -> bool:
    """Remove the file `path` below `root`, which the caller knows to be ours; True if it was there.

    Every removal of notesite is here and in remove_empty(). A path that leads out of `root`,
    through a link for instance, and anything that is not a file or a link itself, stays.
    """
    where = root / path
    if not _is_inside(root, path):
        return False
    try:
        if stat.S_ISDIR(os.lstat(where).st_mode):
            return False
        os.unlink(where)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def remove_empty(root: Path, folders: Iterable[str]) -> None:
    """Remove those of our folders below `root` that are empty, the deepest first ("" is `root`
    itself)."""
    for folder in sorted(folders, key=lambda path: (-path.count("/"), not path, path)):
        where = root / folder
        if folder and not _is_inside(root, folder):
            continue
        try:
            if not os.path.islink(where) and not os.listdir(where):
                os.rmdir(where)
        except (FileNotFoundError, NotADirectoryError):
            continue


def _is_inside(root: Path, path: str) -> bool:
    """Whether no folder on the way from `root` to `path` is a link."""
    return not unsafe_name(path) and not any(os.path.islink(root / way) for way in parents(path))


def _holds(folder: Path, path: Path) -> bool:
    """Whether `folder` is `path` or one of the folders that it is in, also by another name or
    mount."""
    real = Path(os.path.realpath(path))
    return any(
        ancestor == folder or (folder.exists() and ancestor.exists() and ancestor.samefile(folder))
        for ancestor in (real, *real.parents)
    )


def _homes() -> Iterator[Path]:
    if home := os.environ.get("HOME"):
        yield Path(home)
    try:
        import pwd
    except ImportError:  # Windows
        yield Path.home()
        return
    try:
        yield Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:  # a container's user without an entry
        return


def _not_ours(real: Path) -> str | None:
    if not real.is_dir():
        return "it is not a folder"
    dot = real / DOT_FOLDER
    if dot.is_symlink() or (dot.exists() and not dot.is_dir()):
        return f"its {DOT_FOLDER} is not a folder of notesite"
    if (real / ".git").is_dir():
        return "it is a git repository"
    if (dot / MANIFEST).is_file() or (dot / INTENT).is_file():
        return None
    if real == Path(os.path.realpath(os.curdir)):
        return "it is the folder you are in"
    if strangers := sorted(set(os.listdir(real)) - _IGNORED):
        return f"it holds files that notesite did not write, such as {strangers[0]}"
    return None
