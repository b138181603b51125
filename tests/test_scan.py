"""Which files of a site are read, and which never are (SPEC 2; RELIABILITY R14, R32)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from histories import built

from notesite import gitdates
from notesite.config import Config
from notesite.gitdates import git_dates
from notesite.scan import Scanned, scan
from notesite.seen import Dated, Seen


def site(root: Path, *files: str) -> Path:
    for name in files:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, "utf-8")
    return root


def scanned(root: Path, config: Config | None = None) -> Scanned:
    config = config or Config()
    return scan(root, config, root / config.output, Seen())


def paths(found: Scanned) -> tuple[list[str], list[str]]:
    return [s.path for s in found.notes], [s.path for s in found.assets]


def test_notes_are_in_the_notes_folder_if_there_is_one(tmp_path: Path) -> None:
    root = site(tmp_path, "notes/b.md", "notes/a.markdown", "notes/i.png", "README.md")
    assert paths(scanned(root)) == (["a.markdown", "b.md"], ["i.png"])


def test_without_a_notes_folder_the_root_holds_the_notes(tmp_path: Path) -> None:
    root = site(
        tmp_path, "a.md", "images/i.png", "notesite.yaml", "templates/page.html", "static/x.css",
        "public/old.md", "node_modules/x/README.md", ".notesite/x.md", ".git/x.md",
    )  # fmt: skip
    found = scanned(root)
    assert paths(found) == (["a.md"], ["images/i.png"])
    assert [s.path for s in found.templates] == ["page.html"]
    assert [s.path for s in found.static] == ["x.css"]


def test_what_is_private_or_ignored_or_an_editors_is_never_read(tmp_path: Path) -> None:
    root = site(
        tmp_path, "notes/.env", "notes/.obsidian/app.json", "notes/_private/x.md", "notes/_x.md",
        "notes/_index.md", "notes/_posts/p.md", "notes/_drafts/d.md", "notes/a.md~",
        "notes/.a.md.swp", "notes/secret/x.md", "notes/raw.psd", "notes/sub/raw.psd",
    )  # fmt: skip
    config = Config(ignore=("secret/", "*.psd"))
    assert paths(scanned(root, config)) == (["_drafts/d.md", "_index.md", "_posts/p.md"], [])


@pytest.mark.parametrize(
    "name",
    ["a.md~", "#a.md#", "4913", "___jb_tmp___", "a.md.swp", ".a.md.swx", "a.md.bak", "a.md.orig",
     "Thumbs.db", "desktop.ini"],
)  # fmt: skip
def test_what_editors_leave_beside_a_note_is_never_published(name: str, tmp_path: Path) -> None:
    root = site(tmp_path, "notes/a.md", f"notes/{name}", "notes/data.bak.csv")
    assert paths(scanned(root)) == (["a.md"], ["data.bak.csv"])


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("x.md", []),
        ("/x.md", ["a/x.md"]),
        ("**/x.md", []),
        ("a/*", ["x.md"]),
        ("a/", ["x.md"]),
    ],
)
def test_ignore_reads_as_in_a_gitignore(pattern: str, left: list[str], tmp_path: Path) -> None:
    root = site(tmp_path, "notes/x.md", "notes/a/x.md")
    assert paths(scanned(root, Config(ignore=(pattern,))))[0] == left


def test_a_folder_of_notes_that_is_asked_for_and_missing_stops_the_build(tmp_path: Path) -> None:
    (problem,) = scanned(site(tmp_path, "a.md"), Config(notes="wiki")).problems
    assert problem.frame
    assert str(problem.location) == "wiki"


def test_links_are_followed_within_the_site_only(tmp_path: Path) -> None:
    outside = site(tmp_path / "outside", "secret.md")
    root = site(tmp_path / "site", "notes/a.md", "shared/b.md")
    (root / "notes/out.md").symlink_to(outside / "secret.md")
    (root / "notes/out").symlink_to(outside)
    (root / "notes/in").symlink_to(root / "shared")
    (root / "notes/loop").symlink_to(root / "notes")
    (root / "notes/nowhere.md").symlink_to(root / "gone.md")
    found = scanned(root)
    assert paths(found) == (["a.md", "in/b.md"], [])
    assert {(str(p.location), p.level) for p in found.problems} == {
        ("notes/out.md", "error"),
        ("notes/out", "error"),
        ("notes/loop", "warning"),
        ("notes/nowhere.md", "warning"),
    }


@pytest.mark.parametrize(
    "private",
    [
        ".git/config.md", "notesite.yaml", "my.yaml", ".notesite/cache.sqlite",
        "public/page.md", "public", ".obsidian", "templates/page.html", "notes/_private/x.md",
        "notes/no.md", "node_modules/x.md", "notes/.secret",
    ],
)  # fmt: skip
def test_a_link_to_what_is_private_is_not_followed(private: str, tmp_path: Path) -> None:
    file = private + "/x.md" if private in ("public", ".obsidian") else private
    root = site(tmp_path, "notes/a.md", "shared/b.md", file)
    for name in ("notes/link.md", "static/link.txt"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).symlink_to(root / private)
    (root / "notes/fine.md").symlink_to(root / "shared/b.md")
    (root / "notes/root").symlink_to(root)
    config = Config(ignore=("no.md",))
    found = scan(root, config, root / "public", Seen(), [root / "my.yaml", root])
    assert {s.path for s in found.notes} == {"a.md", "fine.md", "root/shared/b.md"}
    assert found.assets == ()
    refused = {str(p.location) for p in found.problems if p.level == "error"}
    if private.startswith("notes/"):  # private for the notes alone: static/ is another list
        assert "notes/link.md" in refused
    else:
        assert {"notes/link.md", "static/link.txt"} <= refused
        assert found.static == ()


def test_without_a_notes_folder_no_site_and_no_settings_are_published(tmp_path: Path) -> None:
    root = site(
        tmp_path, "a.md", "public/old.md", "site/.notesite/manifest.json", "site/old.md",
        "my.yaml", "dist/x.md", "sub/notes.md",
    )  # fmt: skip
    found = scan(root, Config(), root / "dist", Seen(), [root, root / "my.yaml"])
    assert paths(found) == (["a.md", "sub/notes.md"], [])
    found = scan(root, Config(output="site"), root / "dist", Seen(), [root])
    assert paths(found) == (["a.md", "public/old.md", "sub/notes.md"], ["my.yaml"])


def test_the_folder_of_notes_may_have_a_name_of_its_own(tmp_path: Path) -> None:
    root = site(tmp_path, "_notes/a.md", "_notes/b/c.md")
    (root / "_notes/d.md").symlink_to(root / "_notes/b/c.md")
    assert paths(scanned(root, Config(notes="_notes")))[0] == ["a.md", "b/c.md", "d.md"]


@pytest.mark.parametrize("folder", ["notes", "static", "templates"])
def test_a_whole_folder_that_is_a_link_out_of_the_site_is_not_followed(
    folder: str, tmp_path: Path
) -> None:
    outside = site(tmp_path / "outside", "secret.md", "secret.png")
    root = site(tmp_path / "site", "notesite.yaml")
    (root / folder).symlink_to(outside)
    found = scanned(root)
    assert (found.notes, found.assets, found.static, found.templates) == ((), (), (), ())
    assert [(str(p.location), p.level) for p in found.problems] == [(folder, "error")]


def test_a_setting_may_name_a_folder_of_notes_outside_of_the_site(tmp_path: Path) -> None:
    site(tmp_path, "vault/a.md", "site/notesite.yaml")
    assert paths(scanned(tmp_path / "site", Config(notes="../vault")))[0] == ["a.md"]


@pytest.mark.parametrize("name", [b"\xff.md", b"\xff.png", b"\xff/a.md"])
def test_a_name_that_is_not_utf_8_is_an_error_that_shows_its_bytes(
    name: bytes, tmp_path: Path
) -> None:
    file = Path(os.fsdecode(os.fsencode(site(tmp_path, "notes/a.md") / "notes") + b"/" + name))
    try:
        file.parent.mkdir(exist_ok=True)
        file.write_text("x")
    except (OSError, UnicodeError):
        pytest.skip("this file system refuses such names")
    found = scanned(tmp_path)
    assert paths(found) == (["a.md"], [])
    (problem,) = found.problems
    assert problem.level == "error"
    assert str(problem.location).startswith("notes/\\xff")


def test_two_names_in_two_normal_forms_are_an_error(tmp_path: Path) -> None:
    root = site(tmp_path, "notes/\u30ac.md", "notes/\u30ab\u3099.md")
    if len(list((root / "notes").iterdir())) < 2:
        pytest.skip("this file system takes them for one")
    found = scanned(root)
    assert paths(found)[0] == ["\u30ac.md"]
    assert [problem.level for problem in found.problems] == ["error"]


def test_a_folder_with_the_name_of_a_note_is_a_warning_and_its_notes_are_read(
    tmp_path: Path,
) -> None:
    found = scanned(site(tmp_path, "notes/x.md/y.md"))
    assert paths(found)[0] == ["x.md/y.md"]
    assert [(p.level, str(p.location)) for p in found.problems] == [("warning", "notes/x.md")]


def test_what_is_no_file_is_left_out(tmp_path: Path) -> None:
    root = site(tmp_path, "notes/a.md")
    os.mkfifo(root / "notes/pipe.md")
    found = scanned(root)
    assert paths(found)[0] == ["a.md"]
    assert [str(p.location) for p in found.problems] == ["notes/pipe.md"]


def test_names_are_in_nfc_and_in_order(tmp_path: Path) -> None:
    root = site(tmp_path, "notes/\u30ab\u3099.md", "notes/あ.md")
    assert paths(scanned(root))[0] == ["あ.md", "ガ.md"]


# --- dates of git ---------------------------------------------------------------------------------


def git(folder: Path, *arguments: str, day: str = "2024-05-01T23:30:00Z") -> None:
    environment = os.environ | {
        "GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day, "GIT_CONFIG_GLOBAL": os.devnull,
    }  # fmt: skip
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(
        ["git", *identity, *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = site(tmp_path / "repository", "notes/古い.md", "notes/new.md")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "one")
    (root / "notes/new.md").write_text("changed")
    git(root, "commit", "-qam", "two", day="2024-06-01T00:00:00Z")
    return root


def test_updated_is_the_day_of_the_last_commit_in_the_sites_time_zone(repository: Path) -> None:
    zone = Config(timezone="Asia/Tokyo").zone
    dated, shallow = git_dates(repository / "notes", zone, Dated())
    assert not shallow
    assert {path: str(day) for path, day in dated.days.items()} == {
        "古い.md": "2024-05-02",
        "new.md": "2024-06-01",
    }


def test_a_shallow_clone_gives_no_dates_and_a_warning(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), "clone")
    found = scanned(tmp_path / "clone")
    assert [note.updated for note in found.notes] == [None, None]
    assert [(p.level, "shallow" in p.message) for p in found.problems] == [("warning", True)]


def test_outside_a_repository_there_are_no_dates(tmp_path: Path) -> None:
    assert git_dates(tmp_path, Config().zone, Dated()) == (Dated(), False)


def test_a_history_is_read_once(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def days(folder: str, known: Dated, timezone: str = "UTC") -> Dated:
        return git_dates(repository / folder, Config(timezone=timezone).zone, known)[0]

    first = days("notes", Dated())
    with monkeypatch.context() as patch:
        patch.setattr(gitdates, "_days", lambda *more: pytest.fail("it was read again"))
        assert days("notes", first) is first
    assert days("notes", first, "Asia/Tokyo").days["古い.md"] != first.days["古い.md"]
    assert set(days(".", first).days) == {"notes/古い.md", "notes/new.md"}
    git(repository, "commit", "-q", "--allow-empty", "-m", "three")
    (repository / "notes/new.md").write_text("again")
    git(repository, "commit", "-qam", "four", day="2024-07-01T00:00:00Z")
    assert str(days("notes", first).days["new.md"]) == "2024-07-01"


def test_a_history_that_cannot_be_read_is_not_remembered_as_one_without_days(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = gitdates._git
    monkeypatch.setattr(
        gitdates, "_git", lambda folder, *more: None if "log" in more else real(folder, *more)
    )
    assert git_dates(repository / "notes", Config().zone, Dated()) == (Dated(), False)


def test_two_builds_ask_for_the_history_once(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(repository)
    monkeypatch.setattr(gitdates, "_days", lambda *more: pytest.fail("it was read again"))
    (repository / "notes/new.md").write_text("edited")
    assert built(repository).published


def test_a_hook_of_another_repository_changes_no_date(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = site(tmp_path / "other", "x.md")
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    dated, _ = git_dates(repository / "notes", Config().zone, Dated())
    assert set(dated.days) == {"古い.md", "new.md"}
