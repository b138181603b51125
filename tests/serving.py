"""What the tests of serving share: a site that is served in this process, and ways to ask it."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from notesite.model import Problem
from notesite.report import Options
from notesite.serve.app import Site
from notesite.serve.events import Tabs
from notesite.serve.rendering import Rendering
from notesite.serve.server import Serving, bound
from notesite.serve.session import Session

TODAY = date(2025, 6, 15)
SECONDS = 10.0  # that an answer may take


class Answer(NamedTuple):
    """An answer; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Served:
    """A site that is served at a free port. What `rebuild` gives is what is answered from then
    on."""

    def __init__(self, root: Path, host: str = "127.0.0.1", **options: Any) -> None:
        self.root = root
        self.day = TODAY
        self.said: list[Problem] = []  # of pages that could not be rendered
        asked = Options(jobs=1, **options)
        self.session = Session(root, None, asked, lambda config: self.day, self.progress)
        self.tabs = Tabs(self.session.snapshot)
        self.rendering = Rendering(self.session.bodies)
        listening = bound(host, 0)
        self.port: int = listening.getsockname()[1]
        site = Site(root, self.tabs, self.rendering, self.said.append)
        self.serving = Serving(site, self.tabs, listening, host)

    def rebuild(self, *changed: Path) -> None:
        """Anew, or after these files have changed."""
        snapshot = self.session.rebuild(frozenset(changed) or None)
        self.serving.soon(lambda: self.tabs.show(snapshot))

    def save(self, path: str, text: str | bytes) -> None:
        """Write a file of the site, and have it seen."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.rebuild(file)

    def get(self, target: str, method: str = "GET", **headers: str) -> Answer:
        """The answer to one request; `if_none_match="x"` is a header."""
        return request(self.port, target, method, **headers)

    def raw(self, request: bytes, *, whole: bool = True) -> bytes:
        """What comes back for these bytes, until the server closes the connection; what is not the
        `whole` of a request is followed by the end of ours."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as connection:
            connection.sendall(request)
            if not whole:
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(1 << 16), b""))

    @contextmanager
    def tab(self, path: str, **query: str) -> Iterator[Tab]:
        """An open page at this path, as its location gives it: escaped."""
        with Tab(self.port, path, query) as tab:
            yield tab

    def close(self) -> None:
        self.serving.close()
        self.rendering.close()
        self.session.close()

    def progress(self, stage: str, done: int, total: int) -> None:
        self.serving.soon(lambda: self.tabs.progress(stage, done, total))


class Tab:
    """The event stream of a page."""

    def __init__(self, port: int, path: str, query: Mapping[str, str], base: str = "/") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        target = f"{base}.notesite/events?{urlencode({'path': path, **query})}"
        request = f"GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"
        self._socket.sendall(request.encode())
        self._lines = self._socket.makefile("rb")
        self.head = b"".join(iter(self._lines.readline, b"\r\n")).decode()
        self.id = ""

    def message(self) -> dict[str, Any]:
        """The next message. A timeout is a failure."""
        while True:
            line = self._lines.readline()
            assert line, "the stream has ended"
            if line.startswith(b"id: "):
                self.id = line.decode().removeprefix("id: ").strip()
            if line.startswith(b"data: {"):
                found: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return found

    def is_silent(self, seconds: float = 0.3) -> bool:
        """Whether nothing comes for so long. The stream cannot be read after that."""
        self._socket.settimeout(seconds)
        try:
            return not any(line.startswith(b"data: {") for line in self._lines)
        except TimeoutError:
            return True

    def ends(self) -> bool:
        """Whether the server ends the stream."""
        return all(not line.startswith(b"data: {") for line in iter(self._lines.readline, b""))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._lines.close()
        self._socket.close()


def request(port: int, target: str, method: str = "GET", **headers: str) -> Answer:
    """The answer of the server at this port to one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, headers=named)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read())
    finally:
        connection.close()


@contextmanager
def served(root: Path, *, first: bool = True, **more: Any) -> Iterator[Served]:
    """The site at `root`, read and answered, unless the `first` look at it is left to the test."""
    site = Served(root, **more)
    try:
        if first:
            site.rebuild()
        yield site
    finally:
        site.close()


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """A folder with these files."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root
