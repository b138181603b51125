"""Kills, faults, two builds at once: whole files, old before the commit, new after the next."""

from __future__ import annotations

import errno
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from conftest import PROJECT, missing
from publishing import NEW, OLD, Files, messages, put, tree

from notesite.publish import publish, recover
from notesite.publish.lock import held


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "public"


# --- two at once ----------------------------------------------------------------------------------


def test_a_second_build_waits_then_names_the_process_that_holds_the_folder(output: Path) -> None:
    put(output, OLD)
    dot = output / ".notesite"
    program = (
        "import sys, pathlib\nfrom notesite.publish.lock import held\n"
        f"with held(pathlib.Path({str(dot)!r}), '', 0):\n    print('held', flush=True)\n    input()"
    )
    holder = _python(program)
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    started = time.monotonic()
    published = publish(NEW.items(), output, sources=[], wait=0.3)
    assert time.monotonic() - started >= 0.3
    assert f"process {holder.pid} on {socket.gethostname()} is writing" in messages(published)
    assert not published.refused
    assert tree(output) == OLD
    holder.kill()
    holder.communicate()
    assert (dot / "lock").exists()  # the text of a dead process stops nobody
    assert put(output, NEW).problems == ()


def test_a_lock_removed_by_its_holder_is_not_the_lock_of_the_next_one(tmp_path: Path) -> None:
    with held(tmp_path, "", 0):
        assert (tmp_path / "lock").read_text().split()[0] == str(os.getpid())
    assert not (tmp_path / "lock").exists()
    with held(tmp_path, "", 0):
        pass


def _python(program: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
    )


# --- what the system refuses ----------------------------------------------------------------------


def test_a_full_disk_leaves_the_old_site_and_is_named(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)]
    if os.name == "nt" or os.getuid() or subprocess.run(mount, capture_output=True).returncode:
        missing("the right to mount a small file system")
    try:
        output = disk / "public"
        put(output, OLD)
        published = put(output, {**NEW, "big.bin": bytes(2**21)})
        assert "public/big.bin: cannot publish: No space left on device" in messages(published)
        assert "is as it was" in messages(published)
        assert tree(output) == OLD
        assert put(output, NEW).problems == ()
        assert tree(output) == NEW
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def stranger() -> Iterator[Path]:
    """A folder that belongs to a user without rights, who we are until the test ends."""
    if os.name == "nt" or os.getuid():
        missing("the right to become another user")
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield Path(folder)
        finally:
            os.seteuid(0)


@pytest.mark.parametrize("locked", ["", "posts", "posts/a", ".notesite"])
def test_a_folder_that_cannot_be_written_leaves_the_old_site_and_is_named(
    stranger: Path, locked: str
) -> None:
    output = stranger / "public"
    put(output, OLD)
    (output / locked).chmod(0o555)
    published = put(output, {**NEW, "posts/c": b""})
    (output / locked).chmod(0o755)
    where = f"public/{locked}".rstrip("/")
    assert where in messages(published)
    assert "cannot publish: Permission denied; the site in this folder is as it was" in messages(
        published
    )
    assert tree(output) == OLD
    assert put(output, NEW).problems == ()


def test_a_file_to_copy_that_cannot_be_read_is_named(stranger: Path) -> None:
    secret = stranger / "photo.png"
    secret.write_bytes(b"x")
    secret.chmod(0)
    published = publish([("p.png", secret)], stranger / "public", sources=[])
    assert f"{secret}: cannot publish: Permission denied" in messages(published)


Patch = Callable[[str, object], None]
CALLS = [
    "open",
    "write",
    "fsync",
    "chmod",
    "replace",
    "unlink",
    "mkdir",
    "rmdir",
    "listdir",
    "stat",
]
FAULTS = [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE, errno.EROFS]


def count_calls(
    patch: Callable[[str, object], None], at: int, act: Callable[[], None]
) -> list[str]:
    """Run `act` instead of the `at`-th call to the system; the list gets the names of the calls."""
    made: list[str] = []

    def wrap(name: str) -> Callable[..., object]:
        call = getattr(os, name)

        def wrapped(*args: object, **more: object) -> object:
            made.append(name)
            if len(made) == at:
                act()
            return call(*args, **more)

        return wrapped

    for name in CALLS:
        patch(name, wrap(name))
    return made


@pytest.mark.parametrize("error", FAULTS)
def test_whatever_call_fails_the_files_are_whole_and_the_next_build_is_good(
    quick: Path, error: int
) -> None:
    def fail() -> None:
        raise OSError(error, os.strerror(error))

    at = failed = 0
    while True:
        at += 1
        output = quick / f"{at}"
        put(output, OLD)
        with pytest.MonkeyPatch.context() as patch:
            made = count_calls(lambda name, new: patch.setattr(os, name, new), at, fail)
            published = put(output, NEW)
        if published.problems:
            failed += 1
            assert os.strerror(error) in messages(published)
            assert state(output, OLD, NEW) != "broken"
        assert recover(output, sources=[]).problems == ()
        assert tree(output) in (OLD, NEW)
        assert put(output, NEW).problems == ()
        assert tree(output) == NEW
        assert os.listdir(output / ".notesite") == ["manifest.json"]
        if len(made) < at:
            break
    assert failed > 30


# --- kills ----------------------------------------------------------------------------------------

SITE = {f"posts/{n}/index.html": b"%d old " % n * 400 for n in range(40)} | {
    "index.html": b"old" * 2000,
    "gone/index.html": b"x",
}
EDITED = {path: text.replace(b"old", b"new!") for path, text in SITE.items() if "gone" not in path}
EDITED |= {"posts/x/y/index.html": b"y", "site.css": b"css" * 5000}

# processes forked from one that has no threads (V8's of other tests make a fork unsafe)
CLEAN = get_context("forkserver") if sys.platform != "win32" else get_context("spawn")
Writer = Callable[[Path, Files], None]


def careful(output: Path, files: Files) -> None:
    put(output, files)


def in_place(output: Path, files: Files) -> None:
    """The control: what a builder does that has not thought of this."""
    for path, content in files.items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        with open(output / path, "wb") as file:
            for start in range(0, len(content), 512):
                file.write(content[start : start + 512])
                file.flush()
    for path in set(tree(output)) - set(files):
        os.unlink(output / path)


def state(output: Path, old: Files, new: Files) -> str:
    """old, new, committed (each file old or new; the next command completes it) or broken."""
    found = tree(output)
    if found == old:
        return "old"
    if found == new:
        return "new"
    whole = all(found[path] in (old.get(path), new.get(path)) for path in found)
    kept = all(path in found for path in old if path in new)
    if whole and kept and (output / ".notesite" / "commit.json").exists():
        return "committed"
    return "broken"


def killed(write: Writer, output: Path, after: float) -> None:
    """Write EDITED in a process that is killed `after` seconds from when it begins."""
    begun = CLEAN.Event()
    child = CLEAN.Process(target=_write, args=(write, output, begun))
    child.start()
    begun.wait()
    time.sleep(after)
    child.kill()
    child.join()


def _write(write: Writer, output: Path, begun: Event) -> None:
    begun.set()
    write(output, EDITED)


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory, where there is one: hundreds of sites are flushed to it."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as path:
        yield Path(path)


@pytest.fixture(scope="module", autouse=True)
def forkserver() -> Iterator[None]:
    """Have this module imported before the first fork, else each child does it again."""
    if sys.platform == "win32":
        yield
        return
    from multiprocessing.forkserver import ensure_running

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(PROJECT / "src"), str(PROJECT / "tests")]))
        CLEAN.set_forkserver_preload([__name__])
        ensure_running()
    yield


def _took(write: Writer, output: Path) -> float:
    put(output, SITE)
    started = time.perf_counter()
    write(output, EDITED)
    return time.perf_counter() - started


# What is tested is an end that no line of ours sees.
needs_kill = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
KILLS = int(os.environ.get("NOTESITE_KILLS", "50"))


@needs_kill
def test_a_kill_at_any_time_leaves_the_old_or_the_new_site(quick: Path) -> None:
    reach = _took(careful, quick / "timed")  # it follows the machine: later after each early kill
    chance = random.Random(0)
    states = []
    for number in range(KILLS):
        output = quick / f"{number}"
        put(output, SITE)
        killed(careful, output, reach * chance.random())
        states.append(state(output, SITE, EDITED))
        reach *= 1.2 if states[-1] == "old" else 0.8
        after = SITE if number % 3 == 0 else EDITED  # the source may be reverted meanwhile
        assert put(output, after).problems == ()
        assert tree(output) == after
        assert os.listdir(output / ".notesite") == ["manifest.json"]
    print(Counter(states))  # shown with -s: how many kills met which moment
    assert "broken" not in states
    assert len(set(states)) > 1, "every kill came too early or too late"


@needs_kill
def test_the_control_a_writer_in_place_breaks_the_site(quick: Path) -> None:
    took = _took(in_place, quick / "timed")
    states = []
    for number in range(12):
        output = quick / f"{number}"
        put(output, SITE)
        killed(in_place, output, took * number / 12)
        states.append(state(output, SITE, EDITED))
    assert states.count("broken") >= 4, states


def _die_at_step(output: Path, at: int) -> None:
    steps: list[str] = []

    def step(name: str) -> None:
        steps.append(name)
        if len(steps) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    put(output, NEW, step=step)


def _die_at_call(output: Path, at: int) -> None:
    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    count_calls(lambda name, new: setattr(os, name, new), at, die)
    put(output, NEW)


@needs_kill
@pytest.mark.parametrize("die", [_die_at_step, _die_at_call])
def test_a_kill_at_every_step_and_every_call_to_the_system_is_completed(
    quick: Path, die: Callable[[Path, int], None]
) -> None:
    states: list[str] = []
    while True:
        output = quick / f"{len(states)}"
        put(output, OLD)
        child = CLEAN.Process(target=die, args=(output, len(states) + 1))
        child.start()
        child.join()
        committed = (output / ".notesite" / "commit.json").exists()
        states.append(state(output, OLD, NEW))
        assert recover(output, sources=[]).problems == ()
        assert tree(output) == (NEW if committed or states[-1] == "new" else OLD)
        assert put(output, NEW).problems == ()
        assert tree(output) == NEW
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
    assert [s for n, s in enumerate(states) if not n or states[n - 1] != s] in (
        ["old", "committed", "new"],
        ["old", "new"],
    )
    assert states.count("old") >= 4


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_before_the_commit_changes_nothing_and_after_it_waits(
    quick: Path, error: type[BaseException]
) -> None:
    for when, expected in (
        ("stage index.html", OLD),
        ("staged", OLD),
        ("commit", OLD),
        ("rename site.css", NEW),
    ):
        output = quick / when

        def step(name: str, when: str = when) -> None:
            if name == when:
                raise error

        put(output, OLD)
        with pytest.raises(error):
            put(output, NEW, step=step)
        assert tree(output) == expected
        assert recover(output, sources=[]).problems == ()
        assert tree(output) == (NEW if when in ("commit", "rename site.css") else OLD)
        assert os.listdir(output / ".notesite") == ["manifest.json"]


def test_nothing_outside_the_output_folder_is_removed(tmp_path: Path) -> None:
    """Seen from the system, with strace."""
    from conftest import tool

    strace = tool("strace")
    log = tmp_path / "log"
    program = (
        "import pathlib\nfrom notesite.publish import publish, clean\n"
        "out = pathlib.Path('public')\n"
        "publish([('a/b', b'x'), ('c', b'y')], out, sources=[])\n"
        "publish([('a', b'x')], out, sources=[])\nclean(out, sources=[])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run(
        [strace, "-f", "-o", log, "-e", "trace=unlink,unlinkat,rmdir,rename,renameat,renameat2",
         sys.executable, "-c", program],
        cwd=tmp_path, env=environment, check=True,
    )  # fmt: skip
    calls = [line for line in log.read_text().splitlines() if '"' in line]
    assert len(calls) > 8
    assert all(f'"{tmp_path}/public' in call for call in calls), calls
