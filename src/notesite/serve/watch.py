"""A site's folders -> the paths in them that may have changed, as soon as it is quiet again.

One save is one report, however an editor saves: it may empty the file and write it later, rename a
new one into place, delete it and make it again, or touch it twice.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic

from notesite.serve.area import Area
from notesite.serve.native import Kind, Native, native
from notesite.serve.polling import Polling

# Seconds without an event until it is quiet, by the last thing that happened to a path.
PAUSES: dict[Kind, float] = {
    "saved": 0.008,  # enough for what editors do right after: times, modes, a second write
    "touched": 0.008,
    "writing": 0.05,  # a link, or a program that does not close its file
    "gone": 0.05,  # some editors delete a file and make it again
}
EMPTY = 0.25  # a file without content: some editors write it later
LATE = 0.004  # an event may still be on its way when one begins to wait
BURST = 0.04  # many paths: a checkout, a copied folder
FEW = 4  # paths that one save can touch
LONGEST = 1.0  # seconds after which a burst is reported, whatever goes on


class Watch:
    """Watches from the moment that it is made. `changes` and `close` belong to one thread."""

    def __init__(
        self,
        root: Path,
        roots: Sequence[Path],
        ignored: Callable[[Path], bool],
        *,
        poll: bool = False,
    ) -> None:
        """`roots`: the folders and files that count, absolute, there or not; in them not what is
        `ignored` (asked for a folder, nothing below it is looked at)."""
        self.problem = ""  # a sentence, if it has to look again and again though not asked to
        self._area = Area(root, roots, ignored)
        self._events: SimpleQueue[tuple[Path, Kind, float] | OSError | None] = SimpleQueue()
        self._pending: dict[Path, Kind] = {}
        self._first = self._last = 0.0
        self._source: Native | None = None
        try:
            if poll:
                self._source = Polling(self._area, self._tell)
            else:
                self._source = native(self._area, self._tell, self._events.put)
        except OSError as error:
            self._fall_back(error)

    def changes(self, timeout: float | None) -> frozenset[Path]:
        """Wait until something has changed and it is quiet again; the paths that may have changed,
        a folder for all in it. Nothing after `timeout` seconds or `wake`. The root among them means
        that anything may have changed."""
        begun = monotonic()
        end = None if timeout is None else begun + timeout
        until: float | None = 0  # first all that has happened before: since when is it quiet?
        while self._take_until(until):
            now = monotonic()
            quiet = max(self._quiet_at(), begun + LATE) if self._pending else None
            if quiet is not None and now >= quiet:
                found = frozenset(self._pending)
                self._pending.clear()
                return found
            if end is not None and now >= end:
                break
            until = min((at for at in (quiet, end) if at is not None), default=None)
        return frozenset()

    def wake(self) -> None:
        """End a wait, from any thread. What was about to be reported comes with the next one."""
        self._events.put(None)

    def close(self) -> None:
        if self._source:
            self._source.close()

    def _tell(self, path: Path, kind: Kind) -> None:
        """Called in the threads that watch. The time is theirs: whoever comes late to `changes`,
        from a long build, need not wait for a quiet that was long ago."""
        self._events.put((path, kind, monotonic()))

    def _take_until(self, until: float | None) -> bool:
        """Wait for an event, then take all that there are. False if it is `wake`."""
        try:
            wait = None if until is None else max(0.0, until - monotonic())
            event = self._events.get(timeout=wait)
            while event is not None:
                self._take(event)
                event = self._events.get_nowait()
        except Empty:
            return True
        return False

    def _take(self, event: tuple[Path, Kind, float] | OSError) -> None:
        if isinstance(event, OSError):
            self._fall_back(event)
            return
        path, kind, at = event
        if not self._pending:
            self._first = at
        self._last = at
        if kind != "touched" or path not in self._pending:
            self._pending[path] = kind

    def _quiet_at(self) -> float:
        if len(self._pending) > FEW:
            pause = BURST
        else:
            pause = max(_pause(path, kind) for path, kind in self._pending.items())
        return min(self._last + pause, self._first + LONGEST)

    def _fall_back(self, error: OSError) -> None:
        """Look again and again instead. All that happened until its first look may be missed."""
        if self.problem:
            return
        self.close()
        self.problem = (
            f"the system does not watch these folders ({error.strerror}), so they are looked"
            " through twice a second; a higher limit helps"
            " (on Linux: sysctl fs.inotify.max_user_watches=524288)"
        )
        self._source = Polling(self._area, self._tell)
        self._tell(self._area.root, "saved")


def _pause(path: Path, kind: Kind) -> float:
    if kind != "gone":
        try:
            status = os.stat(path)
        except OSError:
            return PAUSES[kind]
        if stat.S_ISREG(status.st_mode) and not status.st_size:
            return EMPTY
    return PAUSES[kind]
