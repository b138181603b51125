"""A site's folder -> the site at an address of this computer, and after each save as it is then.

The main thread watches and rebuilds, one answers, one renders. Nothing in a site ends any of them.
"""

from __future__ import annotations

import gc
import time
import webbrowser
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from socket import socket
from threading import Thread
from typing import NoReturn, Protocol

from msgspec import Struct

from notesite.config import FILE_NAME, Config
from notesite.index.links import href
from notesite.model import Library, Problem
from notesite.report import Options
from notesite.scan import notes_folder
from notesite.serve.app import Site
from notesite.serve.events import Tabs
from notesite.serve.faults import caught
from notesite.serve.rendering import Rendering
from notesite.serve.server import Serving, bound
from notesite.serve.session import Session
from notesite.serve.sources import ignored
from notesite.serve.watch import Watch

IDLE = 5.0  # seconds without a change after which what was read is saved
MANY = 500  # rebuilds after which it is tidied up though nobody rests
AGAIN = 2.0  # seconds after which what failed is tried again
EVERY = 0.1  # seconds between two reports of progress


class Wishes(Struct, frozen=True):
    """What a server is asked for. `poll`: look at the files again and again instead of being told
    of changes by the system."""

    host: str = "127.0.0.1"
    port: int = 8000
    open: bool = False
    watch: bool = True
    poll: bool = False


class Rebuilt(Struct, frozen=True):
    """A new state of the site: what changed (None: it is the first), how long it took in seconds,
    and all that is wrong now. `library` is none while there is no site."""

    changed: frozenset[Path] | None
    seconds: float
    library: Library | None
    problems: tuple[Problem, ...]


class Listener(Protocol):
    """Who is told what happens."""

    def address(self, url: str) -> None:
        """Requests are answered there from now on."""

    def progress(self, stage: str, done: int, total: int) -> None:
        """How far the site has been read."""

    def rebuilt(self, rebuilt: Rebuilt) -> None:
        """The site is now what it is."""

    def problem(self, problem: Problem) -> None:
        """A single one, besides those of a rebuild."""

    def notice(self, text: str) -> None:
        """A sentence that its user should know."""


def serve(
    root: Path,
    config_file: Path | None,
    wishes: Wishes,
    options: Options,
    today: Callable[[Config], date],
    listener: Listener,
) -> NoReturn:
    """Serve the site at `root` until this thread, the main one, is interrupted. OSError if no port
    is free."""
    listening = bound(wishes.host, wishes.port)
    running = _Running(root, config_file, wishes, options, today, listener)
    try:
        running.start(listening)
        running.go_on()
    finally:
        running.close()


class _Running:
    def __init__(
        self, root: Path, config_file: Path | None, wishes: Wishes, options: Options,
        today: Callable[[Config], date], listener: Listener,
    ) -> None:  # fmt: skip
        self._root, self._config_file, self._wishes = root, config_file, wishes
        self._listener = listener
        self._session = Session(root, config_file, options, today, self._progress)
        self._tabs = Tabs(self._session.snapshot)
        self._rendering = Rendering(self._session.bodies)
        self._serving: Serving | None = None
        self._watch: Watch | None = None
        self._roots: tuple[Path, ...] = ()
        self._noticed = ""
        self._shown: tuple[Problem, ...] = ()
        self._failed = False
        self._told = 0.0
        self._untidy = 0  # rebuilds since it was tidied up

    def start(self, listening: socket) -> None:
        """Answer requests, from now on."""
        site = Site(self._root, self._tabs, self._rendering, self._listener.problem)
        self._serving = Serving(site, self._tabs, listening, self._wishes.host)
        url = address(listening, self._session.config)
        self._listener.address(url)
        if self._wishes.open:
            Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    def go_on(self) -> NoReturn:
        """Rebuild whenever something has changed."""
        gc.disable()  # what a site is made of is no garbage: see _tidy
        self._watch_all()
        self._rebuild(None, first=True)
        caught(self._session.warm)
        self._tidy()
        while True:
            self._rebuild(self._changes())

    def close(self) -> None:
        """All threads end, and what was read is saved."""
        if self._serving is not None:
            self._serving.close()
        self._rendering.close()
        if self._watch is not None:
            self._watch.close()
        caught(self._session.save)
        self._session.close()
        gc.enable()

    def _rebuild(self, changed: frozenset[Path] | None, first: bool = False) -> None:
        began, before = time.perf_counter(), self._session.snapshot
        made = caught(lambda: self._session.rebuild(changed))
        self._failed = isinstance(made, Problem)
        snapshot = before.saying((*before.problems, made)) if isinstance(made, Problem) else made
        if snapshot is before:
            return
        self._soon(partial(self._tabs.show, snapshot))
        seconds = time.perf_counter() - began
        library, problems = self._session.library, snapshot.problems
        if problems != self._shown or not self._failed:
            self._listener.rebuilt(Rebuilt(None if first else changed, seconds, library, problems))
        self._shown = problems
        self._untidy += 1
        self._watch_all()
        if self._untidy > MANY:
            self._tidy()

    def _changes(self) -> frozenset[Path] | None:
        """What changed, as soon as something has."""
        while True:
            wait = AGAIN if self._failed else IDLE
            changed = self._watch.changes(wait) if self._watch else _sleep(wait)
            self._notice()
            if changed:
                return changed
            if self._failed:
                return None
            if self._session.is_over():
                return frozenset()
            if self._untidy:
                self._tidy()

    def _watch_all(self) -> None:
        """Watch the folders of the site as its settings now say."""
        config = self._session.config
        settings = self._config_file or FILE_NAME
        names = [config.notes, "templates", "static", settings]
        names += [config.extension] if config.extension else []
        top = notes_folder(self._root, config)
        roots = (top, *(self._root / name for name in names))
        if not self._wishes.watch or roots == self._roots:
            return
        if self._watch:
            self._watch.close()
        outputs = {self._root / config.output, self._root / Config().output}
        poll = self._wishes.poll
        self._watch = Watch(self._root, roots, ignored(outputs), poll=poll)
        self._notice()
        if self._roots:  # what has changed meanwhile, nobody saw
            self._roots = roots
            self._rebuild(None)
        self._roots = roots

    def _notice(self) -> None:
        if self._watch and self._watch.problem != self._noticed:
            self._noticed = self._watch.problem
            self._listener.notice(self._noticed)

    def _tidy(self) -> None:
        """While nobody waits: save, and free what only the collector of garbage finds. What is
        alive then is not looked at again, which would take a tenth of a second in a big site."""
        self._untidy = 0
        caught(self._session.save)
        gc.collect()
        gc.freeze()

    def _progress(self, stage: str, done: int, total: int) -> None:
        if self._session.snapshot.ready:
            return
        self._listener.progress(stage, done, total)
        now = time.perf_counter()
        if now - self._told > EVERY:
            self._told = now
            self._soon(partial(self._tabs.progress, stage, done, total))

    def _soon(self, call: Callable[[], object]) -> None:
        if self._serving is not None:
            self._serving.soon(call)


def address(listening: socket, config: Config) -> str:
    """Where one sees the site: the socket's own address; this computer's, if it is any."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}{href('/', config.base_path)}"


def _sleep(seconds: float) -> frozenset[Path]:
    time.sleep(seconds)
    return frozenset()
