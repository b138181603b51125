"""`notesite check --external`: each address on another host that notes link to is asked, once."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner, Result

from notesite import outside
from notesite.cli.commands import notesite

CODES = {
    "/here": 200, "/gone": 404, "/dropped": 410, "/closed": 403, "/busy": 429, "/broken": 500,
    "/strange": 999,
}  # fmt: skip


class Host(BaseHTTPRequestHandler):
    """Another host. It counts what it is asked for."""

    asked: ClassVar[Counter[tuple[str, str]]] = Counter()
    together: ClassVar[Counter[bool]] = Counter()
    most = 0

    def do_HEAD(self) -> None:
        self._answer("HEAD")

    def do_GET(self) -> None:
        self._answer("GET")

    def _answer(self, method: str) -> None:
        self.asked[method, self.path] += 1
        self.together[True] += 1
        type(self).most = max(self.most, self.together[True])
        code, more = CODES.get(self.path, 200), {}
        if self.path == "/whole" and method == "HEAD":
            code = 405
        if self.path == "/second" and self.asked["GET", self.path] < 2:
            code = 503
        if self.path in ("/moved", "/circle"):
            code, more = 302, {"Location": "/here" if self.path == "/moved" else "/circle"}
        if self.path.startswith("/slow"):
            time.sleep(0.3)
        self.together[True] -= 1
        self.send_response(code)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def host() -> Iterator[str]:
    Host.asked.clear()
    Host.together.clear()
    Host.most = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "AGAIN", 0.01)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notesite.yaml").write_text("base_url: https://example.org/\n")
    return tmp_path


def check(site: Path, *arguments: str) -> Result:
    words = ["-C", str(site), "check", *arguments]
    return CliRunner().invoke(notesite, words, prog_name="notesite", standalone_mode=False)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/here", None),
        ("/here#anchor", None),
        ("/moved", None),
        ("/whole", None),
        ("/second", None),
        ("/gone", "warning: answers 404 Not Found"),
        ("/dropped", "warning: answers 410 Gone"),
        ("/broken", "warning: answers 500 Internal Server Error"),
        ("/circle", "warning: answers 302 Found"),
        ("/closed", "note: answers 403 Forbidden to programs"),
        ("/busy", "note: answers 429 Too Many Requests to programs"),
        ("/strange", "note: answers 999 to programs"),
    ],
)
def test_what_a_host_answers(host: str, path: str, said: str | None) -> None:
    answer = outside.ask(host + path)
    assert (answer and f"{answer.level}: {answer.message}") == said


def test_a_host_that_is_not_there_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    answer = outside.ask(f"http://127.0.0.1:{port}/")
    assert answer
    assert (answer.level, answer.message) == ("warning", "cannot be reached (Connection refused)")


def test_a_host_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        answer = outside.ask(f"http://127.0.0.1:{silent.getsockname()[1]}/")
    assert answer
    assert "does not answer within" in answer.message


def test_a_host_that_does_not_speak_http_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def speak(listening: socket.socket) -> None:
        for _ in range(3):
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail\r\n")

    with socket.create_server(("127.0.0.1", 0)) as mail:
        thread = threading.Thread(target=speak, args=(mail,))
        thread.start()
        answer = outside.ask(f"http://127.0.0.1:{mail.getsockname()[1]}/")
        thread.join()
    assert answer
    assert answer.message.startswith("cannot be reached (")


@pytest.mark.parametrize(
    "address", ["http://[::1/", "http://a:port/", "https://日本。。/", "http://"]
)
def test_what_is_no_address_is_told(address: str) -> None:
    answer = outside.ask(address)
    assert answer
    assert answer.level == "warning"


def test_a_japanese_path_is_asked_for_as_hosts_know_it(host: str) -> None:
    assert outside.ask(f"{host}/wiki/数式?q=a b&r=%E6%95%B0") is None
    assert ("HEAD", "/wiki/%E6%95%B0%E5%BC%8F?q=a%20b&r=%E6%95%B0") in Host.asked


# --- The command ---------------------------------------------------------------------------------


def test_each_dead_link_is_told_where_it_stands_and_asked_for_once(site: Path, host: str) -> None:
    (site / "notes/a.md").write_text(
        f"一行目。\n\n[here]({host}/here)、[消えた]({host}/gone)。\n\n`{host}/broken`\n\n<{host}/数式>\n"
    )
    (site / "notes/b.md").write_text(
        f'[again][g] <img src="{host}/closed" alt="">\n\n[g]: {host}/gone\n'
    )
    said = check(site, "--external")
    gone = f"warning: `{host}/gone` answers 404 Not Found"
    a, b = len(f"[here]({host}/here)、[消えた](") + 1, len("[g]: ") + 1
    assert f"notes/a.md:3:{a}: {gone}" in said.stderr
    assert f"notes/b.md:3:{b}: {gone}" in said.stderr
    assert f"notes/b.md:1:{len('[again][g] <img src=') + 2}: note: `{host}/closed`" in said.stderr
    assert "broken" not in said.stderr
    assert Host.asked["GET", "/gone"] == 1
    assert Host.asked["HEAD", "/%E6%95%B0%E5%BC%8F"] == 1
    assert said.return_value == 0
    assert check(site, "--external", "--strict").return_value == 1


def test_the_place_is_that_of_the_whole_address(site: Path, host: str) -> None:
    (site / "notes/a.md").write_text(f"{host}/gone/other は別。\n\n{host}/gone.\n")
    assert f"notes/a.md:3:1: warning: `{host}/gone`" in check(site, "--external").stderr


def test_whatever_goes_wrong_with_one_address_the_others_are_asked(
    site: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = outside._asked

    def failing(address: str, method: str) -> outside.Answer | None:
        if address.endswith("/odd"):
            raise RuntimeError("what urllib does not foresee")
        return asked(address, method)

    monkeypatch.setattr(outside, "_asked", failing)
    (site / "notes/a.md").write_text(
        f'<a href="http://[::1/">x</a> <{host}/odd> <{host}/gone>\n', "utf-8"
    )
    said = check(site, "--external").stderr
    assert "`http://[::1/` is no address" in said
    assert f"`{host}/odd` cannot be reached (what urllib does not foresee)" in said
    assert f"`{host}/gone` answers 404" in said


def test_nothing_is_asked_unless_it_is_wanted(site: Path, host: str) -> None:
    (site / "notes/a.md").write_text(f"[a]({host}/gone)\n")
    assert check(site).stderr == ""
    CliRunner().invoke(notesite, ["-C", str(site), "build"])
    with (site / "notesite.yaml").open("a") as settings:
        settings.write(f"links: {{unasked: ['{host}/g']}}\n")
    assert check(site, "--external").stderr == ""
    assert not Host.asked


def test_what_was_built_before_is_asked_for_too(site: Path, host: str) -> None:
    (site / "notes/a.md").write_text(f"[a]({host}/gone)\n")
    CliRunner().invoke(notesite, ["-C", str(site), "build"])
    assert "404" in check(site, "--external").stderr


def test_a_host_is_asked_by_a_few_at_a_time(host: str) -> None:
    addresses = [f"{host}/slow/{number}" for number in range(12)]
    began = time.monotonic()
    answers = list(outside.problems({address: [] for address in addresses}, ()))
    assert [done for done, _ in answers] == list(range(1, 13))
    assert 1 < Host.most <= outside.LANES
    assert time.monotonic() - began < 12 * 0.3
