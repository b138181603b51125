"""A title -> a new note; a folder -> a new site. Nothing is ever overwritten."""

from __future__ import annotations

import json
import os
import re
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from notesite import __version__
from notesite.config import Config
from notesite.index.urls import slugify
from notesite.names import unsafe_name
from notesite.scan import notes_folder

_SITE = {  # a file of the new site -> where it is in starter/
    "notesite.yaml": "notesite.yaml",
    "notes/_index.md": "notes/_index.md",
    "notes/posts/hello.md": "notes/posts/hello.md",
    ".gitignore": "gitignore",
    ".github/workflows/pages.yml": "pages.yml",
}


def make_note(root: Path, config: Config, name: str, now: datetime) -> Path:
    """Write a note with title and date (`now`, in the site's time zone); its path.

    `posts/A title` goes into the section posts. `notes/` before it and `.md` behind it are dropped:
    who completes a path in a shell, or comes from Hugo, writes them.
    """
    folder = notes_folder(root, config)
    parts = [part.strip() for part in name.split("/")]
    if parts[0] == config.notes and len(parts) > 1 and not (folder / config.notes).exists():
        parts = parts[1:]
    *section, title = parts
    title = " ".join(title.removesuffix(".md").split())
    if not title or not title.isprintable():
        raise click.UsageError(f'"{name}" holds no title that can be shown.')
    path = "/".join([*section, f"{slugify(title)}.md"])
    _check(path, folder)
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    # JSON strings are YAML strings, whatever is in them
    text = (
        f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\ndate: {now:%Y-%m-%d %H:%M}\n---\n\n"
    )
    _write(file, text)
    return Path(os.path.relpath(file))


def make_site(folder: Path, now: datetime) -> list[str]:
    """Write the files of a small site to `folder`; their paths as one sees them from here."""
    clashes = [path for path in _SITE if os.path.lexists(folder / path)]
    if clashes:
        raise click.ClickException(
            f"{', '.join(clashes)} would be overwritten in {click.format_filename(folder)}; "
            "nothing was written. Move them away, or choose another folder."
        )
    values = {
        "version": __version__,
        "title": json.dumps(folder.resolve().name or "Notes", ensure_ascii=False),
        "date": f"{now:%Y-%m-%d}",
    }
    starter: Traversable = files("notesite") / "starter"
    for path, name in _SITE.items():
        text = (starter / name).read_text("utf-8")
        text = re.sub(r"\{(version|title|date)\}", lambda match: values[match[1]], text)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        _write(folder / path, text)
    return [click.format_filename(folder / path) for path in _SITE]


def _check(path: str, folder: Path) -> None:
    if reason := unsafe_name(path):
        raise click.UsageError(f"{path} cannot be a note: {reason}.")
    if path.rpartition("/")[2] in ("index.md", "readme.md"):
        raise click.UsageError(f"{path} would be a folder's introduction; choose another title.")
    if not (folder / path).parent.resolve().is_relative_to(folder.resolve()):
        raise click.UsageError(f"{path} leads out of the notes.")


def _write(file: Path, text: str) -> None:
    try:
        with open(file, "x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise click.ClickException(
            f"{click.format_filename(os.path.relpath(file))} exists already; nothing was written."
        ) from None
