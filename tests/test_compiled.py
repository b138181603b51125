"""Templates that were compiled before are not compiled again, and nobody else's code is run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from histories import built
from jinja2 import Environment
from serving import write

from notesite import compiled as module
from notesite.compiled import compiled
from notesite.inlining import Inlining

SITE: dict[str, str | bytes] = {"notes/a.md": "# A\n\nText.\n"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches/notesite/compiled"


@pytest.fixture
def site(tmp_path: Path, folder: Path) -> Path:
    root = write(tmp_path / "site", SITE)
    built(root)
    return root


def edited(site: Path, text: str) -> str:
    """The page after an edit of the note."""
    (site / "notes/a.md").write_text(f"# A\n\n{text}\n", "utf-8")
    assert not built(site).refused
    return (site / "public/a/index.html").read_text("utf-8")


def test_a_build_after_an_edit_compiles_no_template(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Environment, "compile", lambda *more: pytest.fail("it was compiled"))
    assert "Edited." in edited(site, "Edited.")


def test_a_template_that_changes_is_compiled_anew(site: Path) -> None:
    write(site, {"templates/partials/after_content.html": "<p>one {{ site.title }}</p>"})
    assert "<p>one" in edited(site, "1")
    write(site, {"templates/partials/after_content.html": "<p>two {{ site.title }}</p>"})
    assert "<p>two" in edited(site, "2")


def flipped(content: bytes) -> bytes:
    return content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]


@pytest.mark.parametrize(
    "damage", [lambda content: b"", lambda content: b"junk", lambda content: content[:300], flipped]
)
def test_what_is_damaged_is_compiled_anew(
    damage: Callable[[bytes], bytes], site: Path, folder: Path
) -> None:
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    for file in files:
        file.write_bytes(damage(file.read_bytes()))
    assert "Edited." in edited(site, "Edited.")


def test_it_is_the_users_alone(site: Path, folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_can_write_to_is_not_used(mode: int, folder: Path) -> None:
    assert compiled({}) is not None
    folder.chmod(mode)
    assert compiled({}) is None


def test_neither_is_a_link_nor_a_path_that_hangs_on_where_one_is(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.parent.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    assert compiled({}) is None
    monkeypatch.setenv("XDG_CACHE_HOME", "caches")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert compiled({}) is None


def test_where_nothing_can_be_kept_a_build_does_without(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert compiled({}) is None
    assert "Edited." in edited(site, "Edited.")


def test_of_two_templates_the_one_that_was_edited_is_compiled_anew(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str | None] = []
    real = Environment.compile

    def counting(
        self: Environment, source: Any, name: str | None = None, *more: Any, **options: Any
    ) -> Any:
        if isinstance(self, Inlining):
            names.append(name)
        return real(self, source, name, *more, **options)

    monkeypatch.setattr(Environment, "compile", counting)
    write(site, {"templates/404.html": "gone from {{ site.title }}"})
    assert not built(site).refused
    assert names == ["404.html"]


def test_what_was_used_last_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled({}) is not None
    for number in range(11):
        (folder / f"{number}").write_text("")
        os.utime(folder / f"{number}", (number, number))
    monkeypatch.setattr(module, "MOST", 10)
    assert compiled({}) is not None
    assert {each.name for each in folder.iterdir()} == {f"{number}" for number in range(6, 11)}
