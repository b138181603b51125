"""An output of a Snapshot -> its bytes: rendered on request in one thread, and kept by key.

One thread is enough: Python renders one page at a time. A template without an end holds up this
thread, but neither the pages that are kept nor the end of the server.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import NamedTuple

from notesite.model import Contexts, Output, Problem, Shard, Template
from notesite.render import render
from notesite.serve.bodies import Bodies
from notesite.serve.faults import caught
from notesite.serve.snapshot import Looks, Snapshot

MOST = 64 * 2**20  # bytes of pages that are kept


class Page(NamedTuple):
    """The bytes of an output, made for `key`; with a problem those that it last had, or none."""

    content: bytes
    key: str
    problem: Problem | None = None


class Rendering:
    """The thread. `page` may be asked by any other."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._kept: OrderedDict[str, Page] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="rendering", daemon=True)
        self._thread.start()

    def page(self, path: str, snapshot: Snapshot) -> Future[Page]:
        """The page, or part of the search index, at an output path."""
        future: Future[Page] = Future()
        if kept := self._known(path, snapshot.key(path)):
            future.set_result(kept)
        else:
            self._jobs.put(lambda: self._answer(future, path, snapshot))
        return future

    def close(self) -> None:
        """End the thread, unless it is held up."""
        self._jobs.put(None)
        self._thread.join(0.2)

    def _run(self) -> None:
        while job := self._jobs.get():
            job()
        self._bodies.close()

    def _answer(self, future: Future[Page], path: str, snapshot: Snapshot) -> None:
        if future.set_running_or_notify_cancel():  # who asked may have gone
            future.set_result(self._made(path, snapshot))

    def _made(self, path: str, snapshot: Snapshot) -> Page:
        key = snapshot.key(path)
        if kept := self._known(path, key):  # another one asked for it meanwhile
            return kept
        output, looks = snapshot.outputs[path], snapshot.looks
        assert looks is not None
        made = caught(lambda: self._bytes(output, looks))
        if isinstance(made, Problem):
            with self._lock:
                old = self._kept.get(path)
            return Page(old.content if old else b"", key, made)
        page = Page(made, key)
        self._keep(path, page)
        return page

    def _bytes(self, output: Output, looks: Looks) -> bytes | Problem:
        match output.recipe:
            case Template() as recipe:
                return render(output, recipe, looks.jinja, looks.theme)
            case Contexts() | Shard() as part:
                return self._bodies.finding.made(part)
        raise TypeError(f"{output.path} is not made by this thread")

    def _known(self, path: str, key: str) -> Page | None:
        with self._lock:
            page = self._kept.get(path)
            if page is None or page.key != key:
                return None
            self._kept.move_to_end(path)
            return page

    def _keep(self, path: str, page: Page) -> None:
        with self._lock:
            old = self._kept.pop(path, None)
            self._size += len(page.content) - (len(old.content) if old else 0)
            self._kept[path] = page
            while self._size > MOST and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped.content)
