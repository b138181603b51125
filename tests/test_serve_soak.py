"""A server that runs for long: thousands of saves, hundreds of readers. How many is said in the
environment: NOTESITE_SAVES (10,000 by `make long`), NOTESITE_READERS (200)."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from serving import Tab, request, write
from test_serve_command import Process

SAVES = int(os.environ.get("NOTESITE_SAVES", "60"))
READERS = int(os.environ.get("NOTESITE_READERS", "20"))
LONG = "NOTESITE_SAVES" in os.environ  # the figures are only true where nothing else runs
NOTES = 100
BODY = "".join(f"Sentence {n} of a note that is longer than its excerpt. " for n in range(20))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    if not Path("/proc/self/status").exists():
        pytest.skip("what a process takes is read from /proc")
    notes = {f"notes/n{n}.md": note(n, "as it was") for n in range(NOTES)}
    return write(tmp_path / "site", {"notesite.yaml": "title: T\n", **notes})


def note(number: int, text: str) -> str:
    return f"---\ntitle: N {number}\n---\n\n{BODY}\n\n{text} $x_{{{number}}}$\n"


def test_saves_are_all_seen_and_memory_handles_and_threads_do_not_grow(root: Path) -> None:
    with Process(root, "-q", "-p", "0") as server:
        port = served_port(server)
        taken: list[float] = []
        for number in range(SAVES // 10):
            taken.append(save_and_see(root, port, number))
        before = resources(server)
        for number in range(SAVES // 10, SAVES):
            taken.append(save_and_see(root, port, number))
        time.sleep(6)  # it has tidied up
        after = resources(server)
    print(f"\n{SAVES} saves: {told(taken)}; before {before}, after {after}")
    assert after["VmRSS"] - before["VmRSS"] < 30_000  # kB
    assert abs(after["fds"] - before["fds"]) < 5
    assert abs(after["Threads"] - before["Threads"]) < 5
    if LONG:
        assert statistics.median(taken) < 0.1


def save_and_see(root: Path, port: int, number: int) -> float:
    """Seconds from a save until the new page has been fetched."""
    which, text = number % NOTES, f"save {number}"
    with Tab(port, f"/n{which}/", {}) as tab:
        tab.message()
        began = time.perf_counter()
        write(root, {f"notes/n{which}.md": note(which, text)})
        tab.message()
        assert f"{text} <span" in request(port, f"/n{which}/").text
        return time.perf_counter() - began


def test_many_readers_are_told_and_pages_are_quick_meanwhile(root: Path) -> None:
    with Process(root, "-q", "-p", "0") as server:
        port = served_port(server)
        before = resources(server)
        tabs = [Tab(port, f"/n{number % 10}/", {}) for number in range(READERS)]
        for tab in tabs:
            tab.message()
        fetched: list[float] = []
        stop = threading.Event()
        fetching = threading.Thread(target=fetch, args=(port, stop, fetched))
        fetching.start()
        spread = [save_and_tell(root, tabs, number) for number in range(20 if LONG else 3)]
        stop.set()
        fetching.join()
        with_readers = resources(server)
        for tab in tabs:
            tab.__exit__()
        for _ in range(10 * READERS):
            Tab(port, "/n1/", {}).__exit__()
        time.sleep(6)
        after = resources(server)
    print(f"\n{READERS} readers: page {told(fetched)}; all told {told(spread)}; {with_readers}")
    assert with_readers["VmRSS"] - before["VmRSS"] < 50_000
    assert abs(after["fds"] - before["fds"]) < 5
    assert len(fetched) > 10
    assert quantile(fetched, 0.99) < (0.1 if LONG else 2)


def fetch(port: int, stop: threading.Event, taken: list[float]) -> None:
    """Twenty pages a second."""
    number = 0
    while not stop.wait(0.05):
        number += 1
        began = time.perf_counter()
        assert request(port, f"/n{number % NOTES}/").status == 200
        taken.append(time.perf_counter() - began)


def save_and_tell(root: Path, tabs: Sequence[Tab], number: int) -> float:
    """Seconds from a save until all who read that note are told; then the others still wait."""
    began = time.perf_counter()
    write(root, {"notes/n1.md": note(1, f"edit {number}")})
    for tab in tabs[1::10]:
        tab.message()
    taken = time.perf_counter() - began
    time.sleep(0.5)
    return taken


def served_port(server: Process) -> int:
    """Of a quiet server, whose site has been read."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        ports = listening(server.process.pid)
        if ports and request(ports[0], "/").status == 200:
            return ports[0]
        time.sleep(0.1)
    raise AssertionError(server.said)


def listening(pid: int) -> list[int]:
    """The ports at which a process listens."""
    own = set()
    for handle in handles(pid):
        with suppress(FileNotFoundError):  # closed meanwhile
            own.add(os.readlink(handle))
    lines = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    rows = [line.split() for line in lines]
    return [
        int(r[1].partition(":")[2], 16) for r in rows if r[3] == "0A" and f"socket:[{r[9]}]" in own
    ]


def handles(pid: int) -> list[Path]:
    return [handle for handle in Path(f"/proc/{pid}/fd").iterdir() if handle.is_symlink()]


def resources(server: Process) -> dict[str, int]:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    rows = dict(line.split(":", 1) for line in status.splitlines())
    found = {name: int(rows[name].split()[0]) for name in ("VmRSS", "Threads")}
    return {**found, "fds": len(handles(server.process.pid))}


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def told(values: Sequence[float]) -> str:
    shares = {"median": 0.5, "p95": 0.95, "p99": 0.99, "most": 1.0}
    parts = (f"{name} {quantile(values, share) * 1000:.0f} ms" for name, share in shares.items())
    return f"{len(values)} times, " + ", ".join(parts)
