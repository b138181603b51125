"""The folders of a site -> Sources: notes, assets, templates and static files, and the theme's own.

The only stage that reads the author's files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from msgspec import Struct

from notesite.config import FILE_NAME, Config
from notesite.gitdates import git_dates
from notesite.model import Source
from notesite.problems import Location, Problem
from notesite.seen import Seen
from notesite.walk import CACHE as CACHE
from notesite.walk import NOTE_SUFFIXES, Walk

# what editors and systems leave beside notes: backups, half-written copies, locks
LITTER = re.compile(
    r".*~|#.*#|4913|___jb_.*|.*\.sw[a-z]|.*\.(?:md|markdown)\.[^.]+|Thumbs\.db|desktop\.ini",
    re.I | re.S,
)


class Scanned(Struct, frozen=True):
    """The files of a site, each list by path."""

    notes: tuple[Source, ...]
    assets: tuple[Source, ...]
    templates: tuple[Source, ...]
    static: tuple[Source, ...]
    problems: tuple[Problem, ...]
    extension: Source | None = None


def scan(
    root: Path, config: Config, output: Path, seen: Seen, sources: Iterable[Path] = ()
) -> Scanned:
    """All Sources below `root`; the folder `output` is never a source, nor the one of the settings,
    which an earlier build may have filled. A file among `sources` holds the settings."""
    problems: list[Problem] = []
    folder = notes_folder(root, config)
    if not folder.is_dir():
        hint = f"make the folder, or set `notes:` in {FILE_NAME}"
        where = Location(config.notes)
        problems.append(
            Problem("error", "the folder of notes does not exist", where, hint, frame=True)
        )
    private = {output, root / FILE_NAME, *(path for path in sources if path.is_file())}
    if config.output == Config().output:
        private.add(root / config.output)
    extension = _extension(root, config.extension, problems) if config.extension else None
    private |= {root / config.extension} if config.extension else set()
    templates, static = root / "templates", root / "static"
    walk = Walk(root, folder, private | {templates, static}, problems, seen, config.ignore)
    notes, assets = _notes(walk, folder, config, problems)
    theme = Walk(root, templates, private | {static}, problems, Seen(), underscored=True)
    copied = Walk(root, static, private | {templates}, problems, seen, underscored=True)
    return Scanned(
        tuple(notes),
        tuple(assets),
        tuple(s for path, entry in theme.files() if (s := theme.read(path, entry.path, None))),
        tuple(s for path, entry in copied.files() if (s := copied.asset(path, entry.path))),
        tuple(problems),
        extension,
    )


def _extension(root: Path, name: str, problems: list[Problem]) -> Source | None:
    """The site's own code. Nothing that is kept is to name the folder that the site is in."""
    try:
        content = (root / name).read_bytes()
    except OSError as error:
        message = f"the extension cannot be read: {error.strerror}"
        hint = f"write the file, or remove `extension:` from {FILE_NAME}"
        problems.append(Problem("error", message, Location(name), hint, frame=True))
        return None
    return Source(name, name, blake2b(content, digest_size=16).digest(), content, "")


def _notes(
    walk: Walk, folder: Path, config: Config, problems: list[Problem]
) -> tuple[list[Source], list[Source]]:
    """The notes and the files beside them."""
    walk.seen.dated, shallow = git_dates(folder, config.zone, walk.seen.dated)
    if shallow:
        hint = "fetch the whole history (fetch-depth: 0), or write `updated` into the notes"
        message = "this is a shallow clone, so the dates of last changes are not known"
        problems.append(Problem("warning", message, Location("."), hint))
    notes, assets = [], []
    for path, entry in walk.files():
        if entry.name == FILE_NAME or LITTER.fullmatch(entry.name):
            continue
        if path.lower().endswith(NOTE_SUFFIXES):
            if note := walk.read(path, entry.path, walk.seen.dated.days.get(path)):
                notes.append(note)
        elif asset := walk.asset(path, entry.path):
            assets.append(asset)
    return notes, assets


def protected(root: Path, config: Config, config_file: Path | None) -> list[Path]:
    """What the output folder may not hold: the sources of the site, there or not (a later build
    would take the output for them)."""
    folder = notes_folder(root, config)
    names = (config_file or FILE_NAME, config.extension, "templates", "static", ".git")
    return [folder, *(root / name for name in names if name), root]


def notes_folder(root: Path, config: Config) -> Path:
    """`notes:` of the settings; the root itself where the default folder does not exist."""
    folder = root / config.notes
    return root if config.notes == Config().notes and not folder.is_dir() else folder
