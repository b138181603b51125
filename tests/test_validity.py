"""Every page is valid HTML, in the judgement of the Nu HTML checker (the validator of the W3C).

What it says against a page is an error here, unless it stands on a list below with its reason.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pytest
from conftest import PROJECT, missing, tool
from crawl import Site, build, copy_of_this_site

CHECKER = "vnu-jar@26.9.27"

# What KaTeX writes, as a formula asks for it: message -> reason.
OURS: Mapping[str, str] = {
    r"Attribute “width” not allowed on element “mtd”": (
        "in the MathML of a numbered equation, for browsers that read it"
    ),
    r"Bad value “” for attribute “columnspacing” on element “mtable”": (
        "in the MathML of a matrix of one column: no columns, no spaces between them"
    ),
    r"CSS: “height”: “-[0-9.]+em” negative values are not allowed": (
        "of a box that lies below the line; browsers leave the height as it is, as KaTeX expects"
    ),
}

# Raw HTML of the notes of others, which is theirs: note -> messages.
THEIRS: Mapping[str, tuple[str, ...]] = {}


class Message(NamedTuple):
    """What the checker says of a page: its path in the output, a sentence, the HTML."""

    page: str
    sentence: str
    extract: str


@pytest.fixture(scope="session")
def checker() -> tuple[str, ...]:
    """The command that runs the checker; npm brings it once into the cache folder."""
    java, npm = tool("java"), tool("npm")
    folder = PROJECT / ".cache/npm"
    jar = folder / "node_modules/vnu-jar/build/dist/vnu.jar"
    if CHECKER.rpartition("@")[2] not in installed(folder):
        folder.mkdir(parents=True, exist_ok=True)
        install = [npm, "install", "--ignore-scripts", "--prefix", str(folder), CHECKER]
        subprocess.run(install, cwd=folder, capture_output=True, check=False)
    if not jar.is_file():
        missing(f"{CHECKER}, which npm could not bring,")
    command = (java, "-Xss16m", "-jar", str(jar), "--format", "json", "--stdout")
    return (*command, "--exit-zero-always", "--errors-only", "--no-langdetect")


def installed(folder: Path) -> str:
    package = folder / "node_modules/vnu-jar/package.json"
    return json.loads(package.read_text(encoding="utf-8"))["version"] if package.is_file() else ""


def messages(checker: tuple[str, ...], site: Site) -> list[Message]:
    """What the checker finds wrong, by page; without its advice."""
    command = [*checker, "--skip-non-html", str(site.folder)]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    folder = site.folder.resolve()
    return [
        Message(
            Path(unquote(urlsplit(said["url"]).path)).relative_to(folder).as_posix(),
            said["message"],
            said.get("extract", ""),
        )
        for said in json.loads(ran.stdout)["messages"]
        if said["type"] == "error"
    ]


def unexplained(found: list[Message]) -> list[Message]:
    known = re.compile("|".join(OURS))
    return [m for m in found if not known.search(m.sentence) and not is_theirs(m)]


def is_theirs(message: Message) -> bool:
    note = message.page.removesuffix("/index.html")
    return any(re.search(known, message.sentence) for known in THEIRS.get(note, ()))


def test_every_page_of_this_site_is_valid(checker: tuple[str, ...], tmp_path: Path) -> None:
    site = build(copy_of_this_site(tmp_path / "site"), "https://example.org/repo/")
    assert unexplained(messages(checker, site)) == []


def test_every_page_of_somebody_elses_notes_is_valid(
    checker: tuple[str, ...], shared: Path, tmp_path: Path
) -> None:
    root = tmp_path / "site"
    shutil.copytree(shared / "kaityo256-zenn/articles", root / "notes")
    shutil.copytree(shared / "kaityo256-zenn/images", root / "static/images")
    site = build(root, "https://example.org/")
    assert len(site.pages()) > 100
    assert unexplained(messages(checker, site)) == []


INVALID = {
    "nesting": "<p><div>x</div></p>",
    "an image without a text": "<img src=x.png>",
    "an id twice": "<p id=a><p id=a>",
    "an element left open": "<section><a></section>",
    "an unknown element": "<sectoin>x</sectoin>",
}


def test_the_checker_finds_what_is_wrong(checker: tuple[str, ...], tmp_path: Path) -> None:
    """The control: were nothing found, the tests above would pass for want of a checker."""
    for name, body in (INVALID | {"nothing": "<p>x</p>"}).items():
        head = "<!DOCTYPE html><html lang=en><head><title>x</title></head>"
        page = f"{head}<body>{body}</body></html>"
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
    found = unexplained(messages(checker, Site(tmp_path, "https://example.org/")))
    assert {message.page for message in found} == {f"{name}.html" for name in INVALID}
