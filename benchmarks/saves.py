"""`python -m benchmarks.saves`: a save -> the new page can be fetched, by notesite serve and hugo
server side by side, with the same notes and the same edits in turn.

Each round edits the body of one note, for one server and then for the other, and asks for the page
until it shows the edit.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from benchmarks import corpus, hugo_site, notesite_site
from benchmarks.program import Program

ROOT = Path(__file__).parent.parent
LONGEST = 600.0  # seconds for a start
ASKED = 0.001  # seconds between two questions


class Server:
    """A server of a site with these notes, ready when it is made."""

    def __init__(self, program: Program, command: Sequence[str], site: Path) -> None:
        self.name, self.site, self.notes = program.name, site, site / program.notes
        self.port = _free_port()
        filled = [part.format(site=site, port=self.port) for part in command]
        began = time.perf_counter()
        self.process = subprocess.Popen(
            filled, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
        self.path = f"/{program.page}".removesuffix("index.html")
        self.until(next(self.notes.glob("*.md")).stem, b"</article>")
        self.started = time.perf_counter() - began

    def until(self, note: str, text: bytes) -> None:
        """Ask for the page of a note until it shows this."""
        end = time.monotonic() + LONGEST
        while text not in self._page(note):
            if time.monotonic() > end or self.process.poll() is not None:
                raise SystemExit(f"{self.name} does not show {text!r}")
            time.sleep(ASKED)

    def edit(self, note: str, text: str) -> float:
        """Seconds from a save until the page shows it."""
        file = self.notes / f"{note}.md"
        new = f"{file.read_text('utf-8')}\n\n{text}\n"
        began = time.perf_counter()
        file.write_text(new, "utf-8")
        self.until(note, text.encode())
        return time.perf_counter() - began

    def _page(self, note: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", self.path.format(note))
            return connection.getresponse().read()
        except OSError:  # it has not begun to listen
            return b""
        finally:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.kill()
        self.process.wait()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=2000)
    parser.add_argument("--saves", type=int, default=20)
    parser.add_argument("--alone", action="store_true", help="notesite without Hugo")
    options = parser.parse_args()
    notes = dict(corpus.notes(options.notes))
    names = [name.removesuffix(".md") for name in notes]
    with tempfile.TemporaryDirectory(prefix="saves-") as folder:
        ours = _server(notesite_site.PROGRAMS[0], _NOTESITE, Path(folder) / "notesite", notes)
        if options.alone:
            with ours:
                _report({ours.name: _edits(ours, names, options.saves)}, [ours])
            return
        with ours, _server(hugo_site.PROGRAMS[0], _HUGO, Path(folder) / "hugo", notes) as hugo:
            taken: dict[str, list[float]] = {ours.name: [], hugo.name: []}
            for number in range(options.saves):
                for server in (ours, hugo):
                    name = names[(number * 37 + 1) % len(names)]
                    taken[server.name].append(server.edit(name, f"edit {number}."))
                    time.sleep(0.3)
            _report(taken, [ours, hugo])


_NOTESITE = (sys.executable, "-m", "notesite", "-C", "{site}", "-q", "serve", "-p", "{port}")
_HUGO = (
    hugo_site.PROGRAMS[0].command[0], "server", "--quiet", "--disableLiveReload", "-s", "{site}",
    "-p", "{port}", "--baseURL", "http://localhost/", "--cacheDir", "{site}/cache",
)  # fmt: skip


def _server(
    program: Program, command: Sequence[str], site: Path, notes: Mapping[str, str]
) -> Server:
    program.write(site)
    folder = site / program.notes
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in notes.items():
        (folder / name).write_text(program.adapt(text), "utf-8")
    return Server(program, command, site)


def _edits(server: Server, names: Sequence[str], saves: int) -> list[float]:
    taken = []
    for number in range(saves):
        taken.append(server.edit(names[(number * 37 + 1) % len(names)], f"edit {number}."))
        time.sleep(0.3)
    return taken


def _report(taken: Mapping[str, Sequence[float]], servers: Sequence[Server]) -> None:
    for server in servers:
        found = sorted(taken[server.name])
        print(
            f"{server.name}: {len(found)} saves, median {statistics.median(found) * 1000:.0f} ms, "
            f"least {found[0] * 1000:.0f}, most {found[-1] * 1000:.0f}; "
            f"first page after {server.started:.1f} s"
        )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


if __name__ == "__main__":
    main()
