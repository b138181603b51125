"""What the harness knows of a site generator, and where the foreign ones are installed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

TOOLS = Path(__file__).parent / ".tools"  # `make bench-tools` fills it
NODE_MODULES = TOOLS / "npm" / "node_modules"

OUTPUT = "public"
CACHES = ".caches"  # what a program keeps for its user, here one folder a site
FOOT = "edition 0"  # stands in a template that every page shows; an edit changes the number

SCENARIOS = {
    "cold": "First build",
    "noop": "Nothing changed",
    "body": "A sentence",
    "formula": "A new formula",
    "title": "A title",
    "new": "A new note",
    "template": "A template",
}

IN_TEX = re.compile(r"\$\$[^$]+\$\$|\$[^$]+\$")  # a formula as it stands in a note
BY_KATEX = re.compile('<span class="katex">')


class Program(NamedTuple):
    """A site generator, with one way to set it up.

    A site of it is a folder: `write` puts settings and templates there, the notes go to `notes`,
    after `adapt` has changed what this generator wants to be otherwise. Every page shows the text
    of the template `foot`. A first build begins without the folders `built`. `{site}` in `command`
    is the folder's path.
    """

    name: str
    label: str
    write: Callable[[Path], None]
    command: tuple[str, ...]
    foot: str
    version: tuple[str, ...]  # a command that prints it
    installed: bool
    notes: str = "content/posts"
    built: tuple[str, ...] = (OUTPUT,)
    adapt: Callable[[str], str] = str
    env: Mapping[str, str] = {}
    page: str = "posts/{}/index.html"  # of a note, by its name
    listings: tuple[str, ...] = (  # the pages of the home listing and of each tag's
        "index.html",
        "page/*/index.html",
        "tags/*/index.html",
        "tags/*/page/*/index.html",
    )
    formula: re.Pattern[str] = BY_KATEX  # a formula on a page
    scenarios: tuple[str, ...] = tuple(SCENARIOS)


def write_files(site: Path, files: Mapping[str, str]) -> None:
    """Write each text to its path below `site`."""
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, "utf-8")


def version_of(package: str) -> tuple[str, ...]:
    """The command that prints the version of a Python package among the tools."""
    code = f"from importlib.metadata import version; print(version({package!r}))"
    return (str(TOOLS / "venv" / "bin" / "python"), "-c", code)


def has_module(name: str) -> bool:
    """Is this Python package installed among the tools?"""
    return any(TOOLS.glob(f"venv/lib/python*/site-packages/{name}"))


def printed_version(program: Program) -> str:
    """Its version; empty if it does not say."""
    ran = subprocess.run(program.version, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", ran.stdout)
    return found[0] if found else ""
