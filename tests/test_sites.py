"""Tiny sites, each with what building it must say and do: `problems.txt` beside the sources.

Its head says the exit code, whether the site is published, and the pages of notes that come out;
below `---` stands what the build prints about problems, word for word. What is too big to keep in a
file is made here.
"""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from notesite.cli import main

SITES = Path(__file__).parent / "sites"
CASES = sorted(folder.name for folder in SITES.iterdir() if (folder / "problems.txt").exists())

MADE: dict[str, Callable[[Path], object]] = {
    "long-line": lambda notes: (notes / "bad.md").write_text("word 言葉 " * 900_000, "utf-8"),
    "nested-quotes": lambda notes: (notes / "bad.md").write_text(">" * 1000 + " deep\n", "utf-8"),
}


def outcome(site: Path) -> str:
    """What a build of this site does, in the form of problems.txt."""
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    said = io.StringIO()
    with redirect_stderr(said):
        code = main(["-C", str(site), "-q", "build"])
    assert {path: path.read_bytes() for path in before} == before, "a source was changed"
    public = site / "public"
    skipped = ("assets", "page", "tags", "archive", "search")
    pages = [
        "/" + str(page.parent.relative_to(public)).replace(".", "")
        for page in sorted(public.rglob("index.html"))
        if page.relative_to(public).parts[0] not in skipped
    ]
    published = "yes" if (public / "index.html").exists() else "no"
    head = f"exit: {code}\npublished: {published}\npages: {' '.join(pages)}\n---\n"
    return head + said.getvalue()


@pytest.mark.parametrize("case", CASES)
def test_a_site_comes_out_as_its_problems_file_says(case: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(SITES / case, site, ignore=shutil.ignore_patterns("problems.txt"))
    if case in MADE:
        MADE[case](site / "notes")
    started = time.process_time()
    assert outcome(site) == (SITES / case / "problems.txt").read_text("utf-8")
    assert time.process_time() - started < 30, "one bad file holds the whole site up"


def test_every_site_says_what_is_expected_of_it() -> None:
    assert sorted(folder.name for folder in SITES.iterdir() if folder.is_dir()) == CASES
