"""`notesite check`: what is wrong, for people and for programs; nothing is published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from notesite.cli.commands import notesite
from notesite.cli.formats import as_github
from notesite.problems import Location, Problem


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with one error and one warning, seen from the folder above it."""
    site = tmp_path / "site"
    (site / "notes").mkdir(parents=True)
    (site / "notesite.yaml").write_text("title: T\nbase_url: https://example.org/\n")
    (site / "notes" / "bad.md").write_text("---\ntitle: Bad\ndate: 2024-13-01\n---\n")
    (site / "notes" / "dead.md").write_text("# Dead\n\n[A link](nowhere.md).\n")
    monkeypatch.chdir(tmp_path)
    return site


def check(*arguments: str) -> Result:
    return CliRunner().invoke(
        notesite, ["-C", "site", "check", *arguments], prog_name="notesite", standalone_mode=False
    )


def test_check_says_what_a_build_says_and_publishes_nothing(site: Path) -> None:
    said = check()
    assert said.return_value == 1
    assert "notes/bad.md:3:7: error: " in said.stderr
    assert "1 error, 1 warning" in said.stderr
    assert not (site / "public").exists()


def test_check_exits_as_a_build_does(site: Path) -> None:
    (site / "notes" / "bad.md").unlink()
    assert check().return_value == 0
    assert check("--strict").return_value == 1
    (site / "notes" / "dead.md").write_text("# Fine\n")
    assert (check("--strict").return_value, check().stdout) == (0, "1 note checked\n")


def test_check_says_the_same_after_a_build(site: Path) -> None:
    first = check().stderr
    CliRunner().invoke(notesite, ["-C", "site", "build"])
    assert check().stderr == first


def test_check_tells_a_template_that_does_not_compile(site: Path) -> None:
    (site / "templates").mkdir()
    (site / "templates" / "page.html").write_text("{% if %}")
    assert "templates/page.html:1:1: error: " in check().stderr


def test_check_needs_no_output_folder_that_can_be_written(site: Path) -> None:
    (site / "public").mkdir()
    (site / "public" / "mine.txt").write_text("x")
    assert "refused" not in check().stderr


def test_json_is_an_array_of_problems(site: Path) -> None:
    said = check("--format", "json")
    assert said.return_value == 1
    first, second = json.loads(said.stdout)
    assert set(first) == {"level", "file", "line", "column", "message", "hint"}
    assert (first["file"], first["line"], first["column"]) == ("notes/bad.md", 3, 7)
    assert (first["level"], second["level"]) == ("error", "warning")


def test_github_is_told_the_file_as_the_repository_names_it(site: Path) -> None:
    first, second = check("--format", "github").stdout.splitlines()
    assert first.startswith("::error file=site/notes/bad.md,line=3,col=7::")
    assert second.startswith("::warning file=site/notes/dead.md,line=3,col=10::")


def test_a_file_name_cannot_end_a_command_of_github() -> None:
    problem = Problem("note", "50%\n::stop", Location("a,b:c\n.md"))
    assert as_github([problem], ".") == "::notice file=a%2Cb%3Ac%0A.md::50%25%0A::stop"
