"""`notesite import`: an export or a folder of another program -> notes, and what to say of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notesite.cli.options import PATH, Commands, given, root, shared, terminal
from notesite.cli.terminal import count

if TYPE_CHECKING:
    from notesite.config import Config
    from notesite.imports.imported import Made
    from notesite.imports.ledger import Ledger
    from notesite.imports.sites import Page
    from notesite.problems import Problem

LARGEST = 512 * 2**20  # bytes of an export; a project of 10,000 pages has 50 MB

_FORCE = click.option("--force", is_flag=True, help="Also over notes that were edited or deleted.")
_INTO = click.option(
    "--into", default="", metavar="DIR", help="The section to write to, a folder below the notes."
)


@click.group("import", cls=Commands)
@shared()
def imports() -> None:
    """Make notes of what was written with another program.

    Import as often as you like: unchanged files stay untouched, and notes that you edited or
    deleted are left alone, unless you say --force. Nothing is removed. The file .imported.json
    among the notes remembers what was written; commit it.
    """


@imports.command()
@shared()
@click.argument("file", type=PATH)
@_FORCE
@_INTO
def scrapbox(file: Path, force: bool, into: str) -> int:
    """Import FILE, the JSON export of a Scrapbox (Cosense) project, or of one page.

    Each page becomes a note with its title, dates and tags. What has no equal in Markdown is listed
    with its page, line and column. Exit code: 0, 1 after an error.
    """
    from notesite.imports import scrapbox as pages
    from notesite.imports.scrapbox import export

    shown = click.format_filename(file)
    target = _Target.here(into)
    if target is None:
        return 1
    found = export.read(_content(file), shown)
    if not found.pages:
        terminal().problems(found.problems)
        return int(bool(found.problems))

    def make(ledger: Ledger) -> Made:
        known = ledger.paths("scrapbox")
        zone = target.config.zone
        return pages.notes(found.pages, shown, zone, section=target.section, known=known)

    return target.write(make, "scrapbox", force, [*found.problems, *target.exposed(file)])


@imports.command()
@shared()
@click.argument("folder", metavar="DIR", type=PATH)
@_FORCE
def hugo(folder: Path, force: bool) -> int:
    """Import DIR, the folder of a Hugo site: its content, and its static files beside it.

    Front matter stays as it is. Shortcodes become Markdown, and callouts if the settings name them;
    those without equal are listed with file, line and column. Exit code: 0, 1 after an error.
    """
    from notesite.imports import hugo as site

    def make(target: _Target, problems: list[Problem]) -> Made:
        has_content = (folder / "content").is_dir()
        static = folder / "static"
        pages = _files(static, problems) if has_content and static.is_dir() else {}
        pages |= _files(folder / "content" if has_content else folder, problems)
        return site.notes(pages, dict(target.config.imports.callouts))

    return _import_folder(folder, "hugo", force, make)


@imports.command()
@shared()
@click.argument("folder", metavar="DIR", type=PATH)
@_FORCE
def jekyll(folder: Path, force: bool) -> int:
    """Import DIR, the folder of a Jekyll site: its posts, drafts, pages and files.

    Front matter stays as it is. Liquid becomes Markdown where there is an equal, and is listed with
    file, line and column where there is none. Exit code: 0, 1 after an error.
    """
    from notesite.imports import jekyll as site

    def make(target: _Target, problems: list[Problem]) -> Made:
        return site.notes(_files(folder, problems))

    return _import_folder(folder, "jekyll", force, make)


def _import_folder(
    folder: Path,
    kind: str,
    force: bool,
    make: Callable[[_Target, list[Problem]], Made],
) -> int:
    if not folder.is_dir():
        raise click.UsageError(f"{click.format_filename(folder)} is not a folder.")
    target = _Target.here("")
    if target is None:
        return 1
    if target.folder.resolve().is_relative_to(folder.resolve()):
        raise click.UsageError("The notes of this site are in the folder that is to be imported.")
    problems: list[Problem] = []
    return target.write(lambda ledger: make(target, problems), kind, force, problems)


def _files(folder: Path, problems: list[Problem]) -> dict[str, Page]:
    from notesite.imports.reading import files

    return files(folder, Path(os.path.relpath(folder)).as_posix(), problems)


class _Target:
    """The notes folder of the site, and a section in it."""

    def __init__(self, site: Path, config: Config, into: str) -> None:
        from notesite.names import unsafe_name
        from notesite.scan import notes_folder

        self.config = config
        self.folder = notes_folder(site, config)
        parts = [part for part in into.replace(os.sep, "/").split("/") if part not in ("", ".")]
        if parts[:1] == [config.notes] and not (self.folder / config.notes).exists():
            parts = parts[1:]  # who completes a path in a shell writes it
        self.section = "/".join(parts)
        if self.section and (reason := unsafe_name(self.section)):
            raise click.UsageError(f"{into} cannot be a section: {reason}.")

    @classmethod
    def here(cls, into: str) -> _Target | None:
        """That of this site; None after the problems of its settings were shown."""
        from notesite.settings import load_config

        site = root()
        config, problems = load_config(site, given("config"))
        terminal().problems(problems)
        if any(problem.level == "error" for problem in problems):
            return None
        return cls(site, config, into)

    def write(
        self, make: Callable[[Ledger], Made], kind: str, force: bool, before: Sequence[Problem]
    ) -> int:
        """Write it, say what was done; the exit code."""
        from notesite.imports.writing import write
        from notesite.problems import in_order

        shown = Path(os.path.relpath(self.folder)).as_posix()
        done = write(make, self.folder, shown, kind=kind, force=force)
        problems = in_order([*before, *done.problems])
        terminal().problems(problems)
        kept = f", {done.kept} left as you have them" if done.kept else ""
        terminal().say(
            f"{count(done.written, 'file')} written to {shown}, {done.unchanged} unchanged{kept}"
        )
        return int(any(problem.level == "error" for problem in problems))

    def exposed(self, file: Path) -> list[Problem]:
        """A warning if the site would publish this file, which holds all that the project has."""
        from notesite.problems import Location, Problem

        if not file.resolve().is_relative_to(self.folder.resolve()):
            return []
        message = "this file is among the notes, so the site would publish it"
        hint = "move it out of the notes folder"
        return [Problem("warning", message, Location(click.format_filename(file)), hint)]


def _content(file: Path) -> bytes:
    name = click.format_filename(file)
    if not file.is_file():
        reason = "is not a file" if file.exists() else "does not exist"
        raise click.UsageError(f"{name} {reason}.")
    if file.stat().st_size > LARGEST:
        raise click.ClickException(f"{name} is larger than {LARGEST // 2**20} MiB: no export is.")
    return file.read_bytes()
