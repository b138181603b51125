"""Output folders that are refused before any write, and what a forged manifest cannot do."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
from conftest import PROJECT
from publishing import NEW, OLD, messages, put, tree

from notesite.publish import clean, clean_cache, publish, recover
from notesite.publish.content import store


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "public"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with notes, in a folder that also holds other things."""
    site = tmp_path / "work" / "my-site"
    (site / "notes").mkdir(parents=True)
    (site / "notes" / "a.md").write_text("a")
    (site / "notesite.yaml").write_text("title: x\n")
    return site


def _refused_folders(site: Path) -> dict[str, tuple[Path, str]]:
    other = site.parent / "other"
    (other / "repo" / ".git").mkdir(parents=True)
    (other / "full").mkdir()
    (other / "full" / "thesis.tex").write_text("years of work")
    (other / "file").write_text("")
    (other / "to-home").symlink_to(Path.home())
    (other / "to-site").symlink_to(site)
    (other / "dangling").symlink_to(other / "nowhere")
    (other / "linked-dot").mkdir()
    (other / "linked-dot" / ".notesite").symlink_to(other / "full")
    return {
        "the root": (Path("/"), "root of the file system"),
        "home": (Path.home(), "home folder"),
        "above home": (Path.home().parent, "root of the file|home folder"),
        "the site": (site, "is a source"),
        "the notes": (site / "notes", "notes is a source"),
        "above the site": (site.parent, "is a source"),
        "dots": (site / "public" / "..", 'ends in ".."'),
        "dots in the middle": (site / "public" / ".." / "notes", "is a source"),
        "a git repository": (other / "repo", "git repository"),
        "a full folder": (other / "full", "thesis.tex"),
        "a file": (other / "file", "not a folder"),
        "a link to home": (other / "to-home", "home folder"),
        "a link to the site": (other / "to-site", "is a source"),
        "a dangling link": (other / "dangling", "leads nowhere"),
        "a linked dot folder": (other / "linked-dot", "not a folder of notesite"),
    }


@pytest.mark.parametrize(
    "case",
    [
        "the root", "home", "above home", "the site", "the notes", "above the site", "dots",
        "dots in the middle", "a git repository", "a full folder", "a file", "a link to home",
        "a link to the site", "a dangling link", "a linked dot folder",
    ],
)  # fmt: skip
def test_a_dangerous_output_folder_is_refused_before_any_write(
    site: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(_home(site)))
    folder, reason = _refused_folders(site)[case]
    before = sorted(site.parent.rglob("*"))
    sources = [site / "notes", site / "templates", site / "static", site / "notesite.yaml"]
    for refused in (
        publish(NEW.items(), folder, sources=sources),
        recover(folder, sources=sources),
        clean(folder, sources=sources),
    ):
        assert refused.refused, case
        assert any(part in messages(refused) for part in reason.split("|")), messages(refused)
        assert refused.problems[0].frame
    assert sorted(site.parent.rglob("*")) == before


def _home(site: Path) -> Path:
    home = site.parent.parent / "homes" / "me"
    home.mkdir(parents=True)
    return home


def test_the_folder_one_stands_in_is_refused_unless_it_is_an_output_folder(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output.mkdir()
    monkeypatch.chdir(output)
    assert "the folder you are in" in messages(put(Path(), NEW))
    monkeypatch.chdir(output.parent)
    put(output, OLD)
    monkeypatch.chdir(output)
    assert put(output, NEW).problems == ()


def test_an_output_folder_inside_the_site_or_empty_or_a_git_worktree_is_fine(site: Path) -> None:
    sources = [site / "notes", site / "notesite.yaml"]
    assert publish(NEW.items(), site / "public", sources=sources).problems == ()
    assert publish(NEW.items(), site / "notes" / "public", sources=sources).problems == ()
    worktree = site.parent / "pages"
    worktree.mkdir()
    (worktree / ".git").write_text("gitdir: ...")
    (site / "link").symlink_to(worktree)
    assert publish(NEW.items(), site / "link", sources=sources).problems == ()
    assert tree(worktree) == {**NEW, ".git": b"gitdir: ..."}


def test_a_manifest_or_a_commit_made_by_hand_reaches_nothing_outside(
    output: Path, tmp_path: Path
) -> None:
    put(output, OLD)
    (tmp_path / "treasure").write_text("x")
    manifest = output / ".notesite" / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace("site.css", "../treasure"))
    assert clean(output, sources=[]).problems == ()
    put(output, OLD | {"site.css": (output / "site.css").read_bytes()})
    (output / ".notesite" / "stage").mkdir()
    (output / ".notesite" / "stage" / "0").write_text("evil")
    intent = b'{"makes_way":[],"folders_in_the_way":[],"renames":[["0","../treasure"]],'
    intent += b'"removals":["../treasure"],"empty":[],"version":1}'
    (output / ".notesite" / "commit.json").write_bytes(intent)
    assert "no path of a site" in messages(put(output, NEW))
    assert (tmp_path / "treasure").read_text() == "x"


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_in_the_place_of_the_lock_is_not_followed(
    output: Path, tmp_path: Path, exists: bool
) -> None:
    put(output, OLD)
    treasure = tmp_path / "treasure"
    if exists:
        treasure.write_text("x")
    (output / ".notesite" / "lock").symlink_to(treasure)
    said = messages(put(output, NEW))
    assert "public/.notesite/lock: cannot publish: This is a link" in said
    assert treasure.exists() == exists
    assert not exists or treasure.read_text() == "x"
    assert tree(output) == OLD


def test_a_link_in_the_place_of_a_staged_file_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "treasure").write_text("x")
    (tmp_path / "0").symlink_to(tmp_path / "treasure")
    with pytest.raises(OSError, match="This is a link"):
        store(b"evil", tmp_path / "0")
    assert (tmp_path / "treasure").read_text() == "x"


def test_a_damaged_manifest_stops_the_build_and_says_what_to_do(output: Path) -> None:
    put(output, OLD)
    (output / ".notesite" / "manifest.json").write_text("{")
    published = put(output, NEW)
    assert "list of what notesite wrote is damaged" in messages(published)
    assert "remove the output folder yourself" in messages(published)
    assert tree(output) == OLD


def test_only_one_module_removes_files_and_none_removes_trees() -> None:
    """G9. The control: the same search finds the removals in paths.py."""
    found: dict[str, set[str]] = {}
    for path in (PROJECT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in (
                "rmtree", "unlink", "remove", "rmdir", "removedirs", "move",
            ):  # fmt: skip
                owner = node.value.id if isinstance(node.value, ast.Name) else ""
                if node.attr not in ("remove", "move") or owner in ("os", "shutil"):
                    found.setdefault(path.name, set()).add(node.attr)
    assert found.pop("paths.py") == {"unlink", "rmdir"}
    assert not found


def test_the_cache_is_removed_by_the_names_of_its_files(tmp_path: Path) -> None:
    cache = tmp_path / ".notesite"
    cache.mkdir()
    for name in ("cache.sqlite", "stamp", "mine.txt"):
        (cache / name).write_text("")
    clean_cache(tmp_path)
    assert os.listdir(cache) == ["mine.txt"]
    (cache / "mine.txt").unlink()
    clean_cache(tmp_path)
    assert not cache.exists()


def test_the_cache_is_not_removed_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "stamp").write_text("x")
    (tmp_path / ".notesite").symlink_to(elsewhere)
    clean_cache(tmp_path)
    assert os.listdir(elsewhere) == ["stamp"]
