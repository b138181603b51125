"""Snapshots, one after the other -> each open tab is told what it has to know, and nothing else.

A tab that reads slowly gets the newest state, not all that there was. All of this belongs to the
thread of the server; `soon` calls into it from others.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from hashlib import blake2b

from msgspec import Raw, Struct, json

from notesite.model import Problem
from notesite.serve.addresses import Here, decoded, found
from notesite.serve.snapshot import Snapshot, changed_copies

KEEP_ALIVE = 15.0  # seconds
MOST = 500  # problems that a tab is told of
_ORDER = {"error": 0, "warning": 1, "note": 2}


class Progress(Struct, frozen=True):
    """How far the site has been read."""

    stage: str
    done: int
    total: int


class Told(Struct, frozen=True):
    """A message. `ready`: there is a site. `key` is that of the output at the tab's path; `changed`
    are the links to copied files that have other bytes now; `problems` are errors and warnings, the
    gravest first, and `notes` how many notes there are besides."""

    server: str
    ready: bool
    key: str
    changed: list[str]
    problems: Raw
    notes: int
    progress: Progress | None


class Shown(Struct, frozen=True):
    """A Problem as the overlay shows it."""

    level: str
    message: str
    path: str
    line: int
    column: int
    source_line: str
    hint: str
    frame: bool


class Tab:
    """An open page at a path (escaped). `sent` is the state that it was told of last, `changed` are
    links to files that it has not been told of."""

    def __init__(self, path: str, changed: Iterable[str]) -> None:
        self.path = path
        self.sent: object = None
        self.changed = set(changed)
        self.wake = asyncio.Event()


class Tabs:
    """All open pages, and the site as it is now."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.server = secrets.token_hex(8)
        self._tabs: set[Tab] = set()
        self._progress: Progress | None = Progress("starting", 0, 0)
        self._failures: dict[str, tuple[str, Problem]] = {}  # path -> key, why it is not rendered
        self._problems, self._notes, self._digest = Raw(b"[]"), 0, b""
        self._number = 0  # of the snapshot
        self._changed: dict[str, int] = {}  # link to a file -> the snapshot that changed it
        self._open = True

    def show(self, snapshot: Snapshot) -> None:
        """From now on this is the site."""
        changed = changed_copies(self.snapshot, snapshot) if self.snapshot.ready else frozenset()
        self.snapshot = snapshot
        self._number += 1
        self._changed |= dict.fromkeys(changed, self._number)
        self._progress = None
        for path, (key, _) in list(self._failures.items()):
            if snapshot.key(path) != key:
                del self._failures[path]
        self._tell(changed)

    def progress(self, stage: str, done: int, total: int) -> None:
        """The first look at the site has come so far; later ones are quick."""
        if not self.snapshot.ready:
            self._progress = Progress(stage, done, total)
            self._wake(frozenset())

    def failed(self, path: str, key: str, problem: Problem) -> bool:
        """A page could not be rendered; whether that is news."""
        news = self._failures.get(path) != (key, problem)
        self._failures[path] = key, problem
        if news:
            self._tell(frozenset())
        return news

    def close(self) -> None:
        """End all streams."""
        self._open = False
        for tab in self._tabs:
            tab.wake.set()

    @property
    def id(self) -> str:
        """Of the site as it is now: what changes from now on is since then."""
        return f"{self.server}-{self._number}"

    async def stream(self, path: str, since: str = "") -> AsyncIterator[bytes]:
        """What the tab at this path has to know, as it comes; also what it missed since that
        id: of its last message, or of when it was loaded."""
        tab = Tab(path, self._missed(since))
        self._tabs.add(tab)
        try:
            yield b"retry: 500\n\n"
            while self._open:
                tab.wake.clear()
                if message := self._message(tab):
                    yield b"id: " + self.id.encode() + b"\ndata: " + message + b"\n\n"
                    continue  # it may have taken long
                try:
                    await asyncio.wait_for(tab.wake.wait(), KEEP_ALIVE)
                except TimeoutError:
                    yield b"event: ping\ndata: \n\n"
        finally:
            self._tabs.discard(tab)

    def __len__(self) -> int:
        return len(self._tabs)

    def _message(self, tab: Tab) -> bytes | None:
        """What it does not know yet."""
        state = self._state(tab)
        if state == tab.sent and not tab.changed:
            return None
        changed, tab.changed, tab.sent = sorted(tab.changed), set(), state
        key = self._key(tab)
        ready, problems, notes = self.snapshot.ready, self._problems, self._notes
        told = Told(self.server, ready, key, changed, problems, notes, self._progress)
        return json.encode(told)

    def _missed(self, since: str) -> list[str]:
        server, _, number = since.partition("-")
        if server != self.server or not (number.isdecimal() and len(number) < 16):
            return []
        return [link for link, changed in self._changed.items() if changed > int(number)]

    def _state(self, tab: Tab) -> object:
        return self.snapshot.ready, self._key(tab), self._digest, self._progress

    def _key(self, tab: Tab) -> str:
        path = decoded(tab.path.encode())
        here = found(path, self.snapshot.base_path, self.snapshot.outputs) if path else None
        return self.snapshot.key(here.path) if isinstance(here, Here) else ""

    def _tell(self, changed: frozenset[str]) -> None:
        failures = [problem for _, problem in self._failures.values()]
        problems = [*self.snapshot.problems, *failures]
        grave = sorted((p for p in problems if p.level != "note"), key=lambda p: _ORDER[p.level])
        self._problems = Raw(json.encode([_shown(problem) for problem in grave[:MOST]]))
        self._notes = len(problems) - len(grave)
        self._digest = blake2b(self._problems, digest_size=8).digest()
        self._wake(changed)

    def _wake(self, changed: frozenset[str]) -> None:
        for tab in self._tabs:
            tab.changed |= changed
            if tab.changed or self._state(tab) != tab.sent:
                tab.wake.set()


def _shown(problem: Problem) -> Shown:
    where = problem.location
    return Shown(
        problem.level, problem.message, where.path, where.line, where.column,
        problem.source_line, problem.hint, problem.frame,
    )  # fmt: skip
