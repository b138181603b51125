"""What is saved is reported once, however an editor does it; what is only read is not reported."""

from __future__ import annotations

import errno
import os
import shutil
import statistics
import subprocess
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import tool
from watchdog.observers.inotify_c import InotifyFD

from notesite.scan import LITTER
from notesite.serve import native, polling
from notesite.serve.area import Area
from notesite.serve.native import Kind, Trees
from notesite.serve.watch import LONGEST, Watch

TEXT = "# 題名\n\nOne $x$ more.\n"


def ignored(path: Path) -> bool:
    """As a site does it: hidden, its output, what editors leave, what is not its own."""
    hidden = path.name.startswith(".")
    return hidden or path.name in ("public", "node_modules") or bool(LITTER.fullmatch(path.name))


def roots(root: Path) -> list[Path]:
    return [root / name for name in ("notes", "templates", "static", "notesite.yaml")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site with a note, another one, and one that is not there yet."""
    root = tmp_path / "site"
    (root / "notes/posts").mkdir(parents=True)
    (root / "notes/posts/a.md").write_text("# before\n")
    (root / "notes/posts/b.md").write_text("# b\n")
    (root / "notesite.yaml").write_text("title: x\n")
    return root


@pytest.fixture
def watch(root: Path) -> Iterator[Watch]:
    watch = Watch(root, roots(root), ignored)
    yield watch
    watch.close()


def reports(watch: Watch, quiet: float = 0.4, most: int = 20) -> list[frozenset[Path]]:
    """All reports until none has come for `quiet` seconds."""
    found: list[frozenset[Path]] = []
    while len(found) < most and (changed := watch.changes(3 if not found else quiet)):
        found.append(changed)
    return found


# --- Ways to save a note --------------------------------------------------------------------------


def in_place(note: Path) -> None:
    note.write_text(TEXT)


def renamed_into_place(note: Path) -> None:
    new = note.with_name(f"{note.name}.tmp")
    new.write_text(TEXT)
    new.replace(note)


def renamed_under_a_foreign_name(note: Path) -> None:
    """`sed -i` and many programs: nothing tells from the name that it will not stay."""
    new = note.with_name("sedA1b2C3")
    new.write_text(TEXT)
    new.replace(note)


def renamed_from_outside(note: Path) -> None:
    new = note.parents[3] / "elsewhere"
    new.write_text(TEXT)
    new.replace(note)


def vim(note: Path) -> None:
    """Tries whether it may write here, keeps the old file as a backup and writes a new one."""
    note.with_name(".a.md.swp").write_bytes(b"b0VIM")
    trial = note.with_name("4913")
    trial.touch()
    trial.unlink()
    backup = note.with_name(f"{note.name}~")
    note.rename(backup)
    with note.open("w") as file:
        file.write(TEXT)
        file.flush()
        os.fsync(file.fileno())
    note.chmod(0o644)
    backup.unlink()


def vs_code(note: Path) -> None:
    """Empties and writes the file in one go, and makes sure that it is on disk."""
    with note.open("r+b") as file:
        file.truncate()
        file.write(TEXT.encode())
        os.fdatasync(file.fileno())


def emacs(note: Path) -> None:
    """A lock (a link that leads nowhere), an auto-saved copy, and a backup by renaming."""
    lock, copy = note.with_name(f".#{note.name}"), note.with_name(f"#{note.name}#")
    lock.symlink_to("me@host.1:2")
    copy.write_text(TEXT)
    note.rename(note.with_name(f"{note.name}~"))
    note.write_text(TEXT)
    lock.unlink()
    copy.unlink()


def obsidian(note: Path) -> None:
    """In place, then the time of the change once more."""
    note.write_text(TEXT)
    os.utime(note)


def nano(note: Path) -> None:
    """With a backup: a copy beside it, and in place."""
    shutil.copy2(note, note.with_name(f"{note.name}~"))
    in_place(note)


def jetbrains(note: Path) -> None:
    new, old = note.with_name(f"{note.name}___jb_tmp___"), note.with_name("a.md___jb_old___")
    new.write_text(TEXT)
    note.rename(old)
    new.rename(note)
    old.unlink()


def emptied_and_written_late(note: Path) -> None:
    with note.open("w") as file:
        file.flush()
        time.sleep(0.12)
        file.write(TEXT)


def emptied_closed_and_written_late(note: Path) -> None:
    note.write_text("")
    time.sleep(0.12)
    note.write_text(TEXT)


def deleted_and_made_again(note: Path) -> None:
    note.unlink()
    time.sleep(0.02)
    note.write_text(TEXT)


def linked_into_place(note: Path) -> None:
    new = note.with_name(".new")
    new.write_text(TEXT)
    note.unlink()
    os.link(new, note)
    new.unlink()


def saved_twice(note: Path) -> None:
    note.write_text("# first\n")
    time.sleep(0.003)
    note.write_text(TEXT)


def written_by_and_by(note: Path) -> None:
    with note.open("w") as file:
        for line in range(10):
            file.write(f"{line}\n")
            file.flush()
            time.sleep(0.01)


def touched(note: Path) -> None:
    os.utime(note)


WAYS = [
    in_place, renamed_into_place, renamed_under_a_foreign_name, renamed_from_outside, vim, vs_code,
    emacs, obsidian, nano, jetbrains, emptied_and_written_late, emptied_closed_and_written_late,
    deleted_and_made_again, linked_into_place, saved_twice, written_by_and_by, touched,
]  # fmt: skip


@pytest.mark.parametrize("save", WAYS, ids=lambda way: str(way.__name__))
def test_a_save_is_one_report(save: Callable[[Path], None], root: Path, watch: Watch) -> None:
    note = root / "notes/posts/a.md"
    for _ in range(5):
        begun = time.monotonic()
        save(note)
        taken = time.monotonic() - begun
        found = reports(watch)
        if taken < 0.2:  # else the machine was too busy to save as quickly as an editor does
            break
    [changed] = found
    assert note in changed


@pytest.mark.parametrize("save", WAYS, ids=lambda way: str(way.__name__))
def test_a_save_is_seen_by_looking_too(
    save: Callable[[Path], None], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "INTERVAL", 0.1)
    watch = Watch(root, roots(root), ignored, poll=True)
    note = root / "notes/posts/a.md"
    save(note)
    changed = watch.changes(3)
    watch.close()
    assert note in changed
    assert watch.problem == ""


@pytest.mark.parametrize("save", WAYS, ids=lambda way: str(way.__name__))
def test_a_save_is_told_by_watching_whole_trees(save: Callable[[Path], None], root: Path) -> None:
    """As on other systems than Linux."""
    told: dict[Path, Kind] = {}
    trees = Trees(Area(root, roots(root), ignored), told.__setitem__)
    note = root / "notes/posts/a.md"
    save(note)
    waits = 0
    while told.get(note) in (None, "gone") and (waits := waits + 1) < 100:
        time.sleep(0.05)
    trees.close()
    assert note in told
    assert not [path for path in told if ignored(path)]


def test_two_names_of_one_word_are_two_notes(root: Path, watch: Watch) -> None:
    composed = root / "notes" / unicodedata.normalize("NFC", "ガ.md")
    apart = root / "notes" / unicodedata.normalize("NFD", "ガ.md")
    for note in (composed, apart):
        note.write_text(TEXT)
        [changed] = reports(watch)
        assert changed == {note}


# --- What is no save ------------------------------------------------------------------------------


def test_reading_is_not_reported(root: Path, watch: Watch) -> None:
    for _ in range(3):
        for folder, _, names in os.walk(root):
            for name in names:
                Path(folder, name).read_bytes()
    with (root / "notes/posts/a.md").open("r+") as file:  # opened to write, but nothing written
        file.read()
    assert watch.changes(0.3) <= {root / "notes/posts/a.md"}
    assert watch.changes(0.3) == frozenset()


@pytest.mark.parametrize(
    "name",
    [
        "notes/.obsidian/workspace.json", "notes/posts/.a.md.swp", "notes/posts/4913",
        "notes/posts/a.md~", "notes/posts/#a.md#", "notes/posts/a.md.bck", ".git/index",
        "notes/posts/.goutputstream-X", ".notesite/cache.sqlite", "public/index.html",
        "notes/node_modules/x/readme.md", "elsewhere/a.md", "readme.txt",
    ],
)  # fmt: skip
def test_what_does_not_count_is_not_reported(name: str, root: Path, watch: Watch) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("x")
    assert not [path for path in watch.changes(0.2) if path != (root / name).parent]
    (root / name).write_text("y")
    (root / name).unlink()
    assert watch.changes(0.2) == frozenset()


def test_where_the_notes_are_the_root_only_what_counts_is_watched(root: Path) -> None:
    for name in (".git/objects", "public/x", "node_modules/a/b", "sub/node_modules/c"):
        (root / name).mkdir(parents=True)
    watch = Watch(root, [root, root / "templates"], ignored)
    assert isinstance(watch._source, native.Folders)
    watched = {os.path.relpath(path, root) for path in watch._source._folders}
    (root / "templates").mkdir()
    (root / "templates/page.html").write_text("x")
    [changed] = reports(watch)
    watch.close()
    assert watched == {"..", ".", "notes", "notes/posts", "sub"}
    assert root / "templates/page.html" in changed


# --- Many files, and folders ----------------------------------------------------------------------


def git(root: Path, *command: str) -> None:
    names = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(
        [tool("git"), "-C", str(root), *names, *command], check=True, capture_output=True
    )


def test_a_checkout_of_a_thousand_files_is_one_report(root: Path) -> None:
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "few")
    git(root, "checkout", "-q", "-b", "many")
    notes = [root / f"notes/s{i % 20}/t/n{i}.md" for i in range(1000)]
    for note in notes:
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(TEXT)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "many")
    git(root, "checkout", "-q", "main")
    watch = Watch(root, roots(root), ignored)
    git(root, "checkout", "-q", "many")
    came = reports(watch)
    git(root, "checkout", "-q", "main")
    went = reports(watch)
    watch.close()
    # one, but for a machine so slow that a checkout takes longer than a report may wait
    assert 1 <= len(came) <= 1 + time_of(root, "many") / LONGEST
    assert frozenset(notes) <= frozenset().union(*came)
    assert 1 <= len(went) <= 1 + time_of(root, "main") / LONGEST
    assert all(covered(note, frozenset().union(*went)) for note in notes)


def time_of(root: Path, branch: str) -> float:
    begun = time.monotonic()
    git(root, "checkout", "-q", branch)
    return time.monotonic() - begun


def covered(path: Path, changed: frozenset[Path]) -> bool:
    return not changed.isdisjoint((path, *path.parents))


def test_a_folder_that_moves_out_and_in_again_is_watched_again(root: Path, watch: Watch) -> None:
    folder, away = root / "notes/posts", root.parent / "away"
    for _ in range(3):
        folder.rename(away)
        [changed] = reports(watch)
        assert folder in changed
        (away / "a.md").write_text("not seen")
        assert watch.changes(0.1) == frozenset()
        away.rename(folder)
        [changed] = reports(watch)
        assert {folder / "a.md", folder / "b.md"} <= changed
        (folder / "a.md").write_text(TEXT)
        assert reports(watch) == [{folder / "a.md"}]


def test_a_folder_that_is_renamed_is_watched_under_its_new_name(root: Path, watch: Watch) -> None:
    (root / "notes/posts").rename(root / "notes/essays")
    [changed] = reports(watch)
    assert {root / "notes/posts", root / "notes/essays/a.md"} <= changed
    (root / "notes/essays/a.md").write_text(TEXT)
    assert reports(watch) == [{root / "notes/essays/a.md"}]


def test_a_folder_that_is_deleted_and_made_again_is_watched_again(root: Path, watch: Watch) -> None:
    for _ in range(3):
        shutil.rmtree(root / "notes")
        (root / "notes/posts").mkdir(parents=True)
        (root / "notes/posts/a.md").write_text(TEXT)
        [changed] = reports(watch)
        assert root / "notes/posts/a.md" in changed
        (root / "notes/posts/a.md").write_text("again")
        assert reports(watch) == [{root / "notes/posts/a.md"}]


@pytest.mark.parametrize("poll", [False, True])
def test_nothing_in_new_folders_is_missed(poll: bool, root: Path) -> None:
    """However fast they are filled, with folders in folders."""
    watch = Watch(root, roots(root), ignored, poll=poll)
    made = set()
    for number in range(300):
        note = root / f"notes/n{number}/m/l/x.md"
        note.parent.mkdir(parents=True)
        note.write_text(TEXT)
        made.add(note)
    seen = frozenset().union(*reports(watch, quiet=0.8 if poll else 0.4))
    watch.close()
    assert made - seen == set()


def test_what_is_not_there_yet_is_seen_when_it_comes(root: Path, watch: Watch) -> None:
    (root / "templates/partials").mkdir(parents=True)
    (root / "templates/partials/tags.html").write_text("x")
    [changed] = reports(watch)
    assert root / "templates/partials/tags.html" in changed
    (root / "notesite.yaml").unlink()
    assert reports(watch) == [{root / "notesite.yaml"}]
    (root / "notesite.yaml").write_text("title: y\n")
    assert reports(watch) == [{root / "notesite.yaml"}]


@pytest.mark.parametrize("way", ["..", "../site/.."])
def test_notes_outside_of_the_site_are_watched_and_what_lies_beside_them_is_not(
    way: str, root: Path
) -> None:
    vault = root / way / "vault/deep/notes"  # as settings say it
    watch = Watch(root, [vault, root / "templates"], ignored)
    vault.mkdir(parents=True)
    (vault / "a.md").write_text(TEXT)
    [changed] = reports(watch)
    (vault.parent / "b.md").write_text(TEXT)
    beside = watch.changes(0.2)
    watch.close()
    assert vault / "a.md" in changed
    assert beside == frozenset()


def test_a_linked_folder_is_watched_inside_the_site_only(root: Path) -> None:
    inside, outside = root / "shared", root.parent / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        (root / "notes" / folder.name).symlink_to(folder)
    (root / "notes/loop").symlink_to(root / "notes")
    watch = Watch(root, roots(root), ignored)
    (outside / "x.md").write_text(TEXT)
    assert watch.changes(0.2) == frozenset()
    (inside / "x.md").write_text(TEXT)
    assert reports(watch) == [{root / "notes/shared/x.md"}]
    watch.close()


def test_a_linked_note_is_seen_where_it_lies(root: Path, watch: Watch) -> None:
    (root / "notes/link.md").symlink_to(root / "notes/posts/a.md")
    assert reports(watch) == [{root / "notes/link.md"}]
    (root / "notes/link.md").write_text(TEXT)
    assert reports(watch) == [{root / "notes/posts/a.md"}]


# --- How long it takes ----------------------------------------------------------------------------


def test_a_lone_save_is_reported_at_once(root: Path, watch: Watch) -> None:
    note, taken = root / "notes/posts/a.md", []
    for number in range(30):
        threading.Timer(0.03, note.write_text, [f"{number}"]).start()
        changed = watch.changes(3)
        now = time.time()  # the clock of the file system, which counts in ticks
        assert changed == {note}
        taken.append(now - note.stat().st_mtime)
    assert statistics.median(taken) < 0.025, sorted(taken)


def test_a_burst_without_end_is_reported_before_its_end(root: Path, watch: Watch) -> None:
    stop = threading.Event()

    def write() -> None:
        for number in range(1000):
            (root / f"notes/posts/n{number % 20}.md").write_text(TEXT)
            if stop.wait(0.005):
                return

    thread = threading.Thread(target=write)
    thread.start()
    begun = time.monotonic()
    changed = watch.changes(10)
    taken = time.monotonic() - begun
    stop.set()
    thread.join()
    assert changed
    assert taken < LONGEST + 1


def test_what_happened_during_a_build_is_reported_right_after_it(root: Path, watch: Watch) -> None:
    taken = []
    for _ in range(5):  # a busy machine makes this thread wait, but not each time
        for number in range(20):
            (root / f"notes/posts/n{number}.md").write_text(TEXT)
        time.sleep(0.3)
        begun = time.monotonic()
        assert len(watch.changes(3)) == 20
        taken.append(time.monotonic() - begun)
    assert min(taken) < 0.02


def test_a_wait_ends_when_it_is_told_to_and_loses_nothing(root: Path, watch: Watch) -> None:
    threading.Timer(0.05, watch.wake).start()
    begun = time.monotonic()
    assert watch.changes(None) == frozenset()
    assert time.monotonic() - begun < 2
    (root / "notes/posts/a.md").unlink()
    time.sleep(0.02)
    watch.wake()
    assert watch.changes(3) == frozenset()
    assert watch.changes(3) == {root / "notes/posts/a.md"}


# --- When the system does not watch ---------------------------------------------------------------


def test_where_watches_have_run_out_it_looks_again_and_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(InotifyFD, "add_callback", refuse)
    monkeypatch.setattr(polling, "INTERVAL", 0.05)
    watch = Watch(root, roots(root), ignored)
    assert "inotify watch limit reached" in watch.problem
    assert watch.changes(3) == {root}
    (root / "notes/posts/a.md").write_text(TEXT)
    assert watch.changes(3) == {root / "notes/posts/a.md"}
    watch.close()


def test_watches_may_run_out_later(
    root: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "inotify watch limit reached")

    monkeypatch.setattr(InotifyFD, "add_callback", refuse)
    (root / "notes/new").mkdir()
    seen = frozenset().union(*reports(watch))
    assert root in seen
    assert watch.problem
    (root / "notes/new/x.md").write_text(TEXT)
    assert root / "notes/new/x.md" in watch.changes(3)


def test_when_events_are_lost_everything_may_have_changed(root: Path) -> None:
    """More than the system keeps, while nobody takes them."""
    go = threading.Event()

    def slowly(path: Path) -> bool:
        if path.name == "first.md":
            go.wait(60)
        return ignored(path)

    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if most > 200_000:
        pytest.skip("the system keeps too many events to fill it up")
    watch = Watch(root, roots(root), slowly)
    (root / "notes/first.md").write_text(TEXT)
    for number in range(most):  # made and closed: two events
        (root / f"notes/posts/n{number % 500}-{number}.md").touch()
    (root / "notes/unseen").mkdir()
    (root / "notes/unseen/x.md").write_text(TEXT)
    go.set()
    # A busy machine takes a while to go through so many events.
    assert any(root in watch.changes(1) for _ in range(60))
    (root / "notes/unseen/x.md").write_text("again")
    after = reports(watch)
    watch.close()
    assert after == [{root / "notes/unseen/x.md"}]


def test_it_leaves_no_thread_and_no_open_file_behind(root: Path) -> None:
    before = len(os.listdir("/proc/self/fd")), threading.active_count()
    for poll in (False, True):
        watch = Watch(root, roots(root), ignored, poll=poll)
        watch.close()
    time.sleep(0.1)
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == before
