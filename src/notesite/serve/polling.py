"""An Area -> the paths in it that changed, found by looking at all of it again and again.

For file systems that tell nothing (network, some containers), and where watches have run out.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

from notesite.serve.area import Area
from notesite.serve.native import Tell

INTERVAL = 0.5  # seconds from one look to the next
SHARE = 10  # of that time at most one part is spent on looking, however big the site
QUIET = 0.05  # seconds until another look tells whether more is going on
LONGEST = 1.0  # seconds after which what is known is told, whatever goes on

State = dict[str, tuple[int, ...]]  # of files mtime, ctime, size and inode; of folders nothing


class Polling(threading.Thread):
    """Tells of what differs since it was made."""

    def __init__(self, area: Area, tell: Tell) -> None:
        super().__init__(name="polling", daemon=True)
        self._area, self._tell = area, tell
        self._closed = threading.Event()
        self._cost = 0.0
        self._state: State = {}
        self._state = self._look()
        self.start()

    def close(self) -> None:
        self._closed.set()
        self.join()

    def run(self) -> None:
        while not self._closed.wait(max(INTERVAL, SHARE * self._cost)):
            state = self._look()
            if state != self._state:
                state = self._quiet(state)
                before, self._state = self._state, state
                for path in before.keys() | state.keys():
                    if before.get(path) != state.get(path):
                        self._tell(Path(path), "saved" if path in state else "gone")

    def _quiet(self, state: State) -> State:
        """The state as soon as two looks find the same, so that half a checkout is not told."""
        end = time.monotonic() + LONGEST
        while time.monotonic() < end and not self._closed.wait(QUIET):
            before, state = state, self._look()
            if state == before:
                break
        return state

    def _look(self) -> State:
        begun = time.thread_time()  # of the processor: others may keep it busy
        state: State = {}
        folders = self._area.starts()
        while folders:
            for found in self._area.look(folders.pop(), self._state):
                if found.entry.path in state:
                    continue
                if found.is_folder:
                    folders.append(found.path)
                    state[found.entry.path] = ()
                elif found.counts:
                    try:
                        status = found.entry.stat()
                    except OSError:  # it went away meanwhile, or is a link that leads nowhere
                        continue
                    state[found.entry.path] = (
                        status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino,
                    )  # fmt: skip
        self._cost = time.thread_time() - begun
        return state
