"""`notesite serve` as a process: what it says, that it follows each save, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest
from conftest import PROJECT
from serving import Answer, Tab, request, write

from notesite.config import Config
from notesite.serve import address
from notesite.serve.server import bound

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "CLICOLOR_FORCE"},
    "PYTHONPATH": str(PROJECT / "src"),
    "PYTHONUNBUFFERED": "1",
}
SITE: dict[str, str | bytes] = {
    "notesite.yaml": "title: T\nbase_url: https://example.org/repo/\n",
    "notes/a.md": "---\ntitle: A\n---\n\nText $x$.\n",
}


class Process:
    """A server in a process of its own, at a free port; what it says goes to a file."""

    def __init__(self, root: Path, *options: str, **environment: str) -> None:
        self.said_to = root.parent / "said.txt"
        command = [sys.executable, "-m", "notesite", "-C", str(root), "serve", *options]
        with self.said_to.open("wb") as out:
            self.process = subprocess.Popen(
                command, env={**ENVIRONMENT, **environment}, stdout=out, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.said_to.read_text("utf-8")

    def port(self) -> int:
        return int(self.until(r"http://127\.0\.0\.1:(\d+)/")[1])

    def until(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """Wait until it has said this."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if match := re.search(pattern, self.said):
                return match
            assert self.process.poll() is None, self.said
            time.sleep(0.02)
        raise AssertionError(f"{pattern} was not said: {self.said}")

    def get(self, path: str) -> Answer:
        return request(self.port(), path)

    def seen(self, path: str, text: str, seconds: float = 10) -> None:
        """Wait until this is shown there."""
        end = time.monotonic() + seconds
        while text not in self.get(path).text:
            assert time.monotonic() < end, self.said
            time.sleep(0.02)

    def end(self, number: int = signal.SIGINT) -> float:
        """Seconds that it takes to end after a signal."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(20)
        return time.monotonic() - began

    def are_gone(self) -> bool:
        """Whether all that it has started ends with it: some do when they notice."""
        end = time.monotonic() + 1
        while self.members() and time.monotonic() < end:
            time.sleep(0.02)
        return not self.members()

    def members(self) -> list[int]:
        """The processes that it has started and that still run."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != self.process.pid:
                with suppress(OSError):  # it ends just now
                    ended = " Z " in (entry / "stat").read_text()
                    if os.getsid(int(entry.name)) == self.process.pid and not ended:
                        found.append(int(entry.name))
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "site", SITE)


def test_it_says_where_the_site_is_and_what_each_save_changed(root: Path) -> None:
    with Process(root, "-p", "0") as server:
        port = server.port()
        assert f"http://127.0.0.1:{port}/repo/" in server.said
        server.until(r"1 note read in \d+ ms")
        write(root, {"notes/a.md": "---\ntitle: A\n---\n\nEdited.\n"})
        server.seen("/repo/a/", "Edited.")
        server.until(r"\na\.md: \d+ ms")
        write(root, {"notes/a.md": "---\ntitle: [\n---\n\nEdited.\n"})
        server.until(r"notes/a\.md:3:1: error: ")
        server.until("1 error")
        write(root, {"notes/a.md": "---\ntitle: A\n---\n\nMended.\n"})
        server.until("no problems any more")
        server.seen("/repo/a/", "Mended.")
        assert not (root / "public").exists()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_ends_within_a_second_while_pages_listen(number: int, code: int, root: Path) -> None:
    with Process(root, "-p", "0") as server:
        server.until("read in")
        tabs = [Tab(server.port(), "/repo/a/", {}, "/repo/") for _ in range(20)]
        for tab in tabs:
            tab.message()
        assert server.end(number) < 1.5
        assert server.process.returncode == code
        assert all(tab.ends() for tab in tabs)
        for tab in tabs:
            tab.__exit__()
        assert "Traceback" not in server.said
        assert server.are_gone()


@pytest.mark.parametrize("after", [0.0, 0.3, 1.0, 2.5])
def test_it_ends_while_it_reads_the_site_and_leaves_no_process(after: float, root: Path) -> None:
    write(root, {f"notes/n{n}.md": f"# N {n}\n\n$x_{{{n}}}$ " + "text " * 300 for n in range(400)})
    with Process(root, "-p", "0") as server:
        server.port()
        time.sleep(after)
        assert server.end() < 2.5
        assert server.process.returncode == 130
        for _ in range(50):
            if not server.members():
                break
            time.sleep(0.1)
        assert server.are_gone()
        assert "Traceback" not in server.said


def test_pages_are_answered_while_many_notes_are_read(root: Path) -> None:
    write(root, {f"notes/n{n}.md": f"# N {n}\n\n$x_{{{n}}}$ " + "text " * 300 for n in range(400)})
    with Process(root, "-p", "0") as server:
        port = server.port()
        answer = request(port, "/repo/a/")
        assert answer.status == 503
        assert "read in" not in server.said
        with Tab(port, "/repo/a/", {}, "/repo/") as tab:
            told, stages = tab.message(), set()
            while not told["ready"]:
                stages.add(told["progress"]["stage"])
                told = tab.message()
        assert "reading notes" in stages
        assert server.get("/repo/n399/").status == 200


def test_of_two_servers_the_second_takes_the_next_free_port(root: Path) -> None:
    with bound("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with Process(root, "-p", str(port)) as server:
            assert port < server.port() < port + 100


def test_a_host_that_is_not_of_this_computer_is_a_sentence(root: Path) -> None:
    with Process(root, "--host", "192.0.2.1") as server:
        assert server.process.wait(20) == 1
        assert "cannot listen at 192.0.2.1, port 8000" in server.said
        assert "Traceback" not in server.said


def test_without_watching_the_site_stays_as_it_was(root: Path) -> None:
    with Process(root, "-p", "0", "--no-watch") as server:
        server.until("read in")
        write(root, {"notes/a.md": "# A\n\nEdited.\n"})
        time.sleep(0.5)
        assert "Edited." not in server.get("/repo/a/").text


def test_quiet_says_nothing_but_problems(root: Path) -> None:
    write(root, {"notes/b.md": "---\ndate: never\n---\n"})
    with Process(root, "-q", "-p", "0") as server:
        server.until("notes/b.md:2:7: error")
        time.sleep(0.2)
        assert "http://" not in server.said
        assert " ms" not in server.said


def test_settings_that_are_broken_at_the_start_are_said_once_and_can_be_mended(
    root: Path,
) -> None:
    write(root, {"notesite.yaml": "titel: T\n"})
    with Process(root, "-p", "0") as server:
        server.until("there is no site yet")
        time.sleep(6)  # longer than it waits for a change
        assert server.said.count("notesite.yaml:1:1: error") == 1
        assert server.said.count("there is no site yet") == 1
        write(root, {"notesite.yaml": "title: T\n"})
        server.seen("/a/", "Text")


def test_settings_that_change_the_folders_are_followed(root: Path) -> None:
    with Process(root, "-p", "0") as server:
        server.until("read in")
        write(root, {"texts/z.md": "# Z\n", "notesite.yaml": "notes: texts\n"})
        server.seen("/z/", "Z")
        write(root, {"texts/z.md": "# Z\n\nFollowed.\n"})
        server.seen("/z/", "Followed.")


def test_it_is_kept_alive_by_nothing_in_a_site(root: Path) -> None:
    with Process(root, "-p", "0", "--poll") as server:
        server.until("read in")
        for text in ("---\n", "\0", "$" * 9000, "[" * 9000, "---\na: &a [*a]\n---\n", "\xff"):
            (root / "notes/a.md").write_bytes(text.encode("latin-1"))
            time.sleep(0.05)
        (root / "notes/a.md").unlink()
        (root / "notesite.yaml").write_bytes(b"\xff\xfe")
        write(root, {"templates/base.html": "{{"})
        server.until("templates/base.html:1")
        write(root, {"templates/base.html": "<p>{{ title }}</p>", "notesite.yaml": "title: T\n"})
        write(root, {"notes/end.md": "# The end\n"})
        server.seen("/end/", "<p>The end</p>")
        assert server.process.poll() is None


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")]
)
def test_the_address_is_one_that_a_browser_of_this_computer_can_open(host: str, shown: str) -> None:
    try:
        listening = bound(host, 0)
    except OSError as error:
        pytest.skip(f"{host} is not there: {error}")
    with listening:
        port = listening.getsockname()[1]
        config = Config(base_url="https://name.example/%E3%83%AC/")
        assert address(listening, config) == f"http://{shown}:{port}/%E3%83%AC/"


def test_open_shows_the_address_in_the_browser_of_the_system(root: Path, tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > "$0.txt"\n')
    browser.chmod(0o755)
    with Process(root, "-p", "0", "--open", BROWSER=str(browser)) as server:
        port = server.port()
        seen = tmp_path / "browser.txt"
        for _ in range(100):
            if seen.exists() and seen.read_text():
                break
            time.sleep(0.05)
        assert seen.read_text() == f"http://127.0.0.1:{port}/repo/\n"


@pytest.fixture
def free() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_socket_is_bound_at_the_next_port_that_nobody_has(free: int) -> None:
    with bound("127.0.0.1", free) as listening:
        assert free < listening.getsockname()[1] < free + 100
