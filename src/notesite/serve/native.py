"""An Area -> the events that the system tells of it, each a path and what became of it.

Reading a file is no event: a build reads them all, and would call itself. Moves name both paths,
since saving is often a rename of a new file into place.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from notesite.serve.area import Area

# "writing": there will be more; "touched": not its content; "gone": moved away or deleted
Kind = Literal["writing", "saved", "touched", "gone"]
Tell = Callable[[Path, Kind], None]

# What inotify says when there are too many watches, or instances of it.
LIMITS = {errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM}


class Native(Protocol):
    def close(self) -> None: ...


def native(area: Area, tell: Tell, fail: Callable[[OSError], None]) -> Native:
    """Begin to tell. OSError if the system refuses; `fail` if it does so later."""
    if sys.platform == "linux":
        return Folders(area, tell, fail)
    return Trees(area, tell)


class Trees(FileSystemEventHandler):
    """Whole trees, for systems where that costs one watch."""

    def __init__(self, area: Area, tell: Tell) -> None:
        self._area, self._tell = area, tell
        self._observer = Observer()
        for folder in area.starts():
            whole = folder == area.root
            self._observer.schedule(self, str(folder), recursive=whole)
        for folder in area.roots:
            outside = not Path(os.path.abspath(folder)).is_relative_to(area.root)
            if outside and folder.is_dir():
                self._observer.schedule(self, str(folder), recursive=True)
        self._observer.start()

    def close(self) -> None:
        self._observer.stop()
        self._observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in ("opened", "closed_no_write"):
            return
        if event.is_directory and event.event_type == "modified":  # what is in it says so itself
            return
        kinds: dict[str, Kind] = {
            "closed": "saved", "moved": "gone", "deleted": "gone", "attrib": "touched",
        }  # fmt: skip
        self._one(event.src_path, kinds.get(event.event_type, "writing"))
        if event.dest_path:
            self._one(event.dest_path, "saved")

    def _one(self, name: str | bytes, kind: Kind) -> None:
        path = Path(os.fsdecode(name))
        if self._area.matters(path) and path != self._area.root:
            self._tell(path, kind)


if sys.platform == "linux":
    from watchdog.observers.inotify_c import (
        CallbackId,
        InotifyConstants,
        InotifyEvent,
        InotifyFD,
        Mask,
        WatchDescriptor,
    )

    # Neither opening nor closing without a change: the system does not even tell us.
    _MASK = Mask(
        InotifyConstants.IN_CREATE
        | InotifyConstants.IN_MODIFY
        | InotifyConstants.IN_CLOSE_WRITE
        | InotifyConstants.IN_ATTRIB
        | InotifyConstants.IN_MOVED_FROM
        | InotifyConstants.IN_MOVED_TO
        | InotifyConstants.IN_DELETE
        | InotifyConstants.IN_ONLYDIR
    )

    class Folders:
        """Folder by folder, because inotify needs a watch for each: only for those that matter.

        A watch hangs on the folder itself, not on its path. So a folder that goes loses it, and one
        that comes is watched first and looked into then: nothing made in between is missed.
        """

        def __init__(self, area: Area, tell: Tell, fail: Callable[[OSError], None]) -> None:
            self._area, self._tell, self._fail = area, tell, fail
            self._lock = threading.RLock()  # its thread, and that of who begins or closes
            self._folders: dict[Path, _Folder] = {}
            self._moved = (0, area.root)
            self._inotify = InotifyFD()
            self._inotify.start()
            try:
                self._begin()
            except OSError:
                self.close()
                raise

        def close(self) -> None:
            self._inotify.stop()
            self._inotify.join()

        def _begin(self) -> None:
            for folder in self._area.starts():
                self._enter(folder, told=False)

        def _enter(self, folder: Path, told: bool) -> None:
            """Watch a folder and all below it that matter; tell of all that is in it already."""
            with self._lock:
                if folder in self._folders or not self._watched(folder):
                    return
            for found in self._area.look(folder):
                if told and found.counts:
                    self._tell(found.path, "writing")
                if found.is_folder:
                    self._enter(found.path, told)

        def _watched(self, folder: Path) -> bool:
            watch = _Folder(folder, self)
            try:
                watch.number = self._inotify.add_callback(
                    os.fsencode(folder), _MASK, watch, CallbackId(id(watch))
                )
            except OSError as error:
                if error.errno in LIMITS:
                    raise
                return False  # it went away meanwhile
            if watch.number < 0:  # it may not be read; if that changes, it is told as touched
                return False
            self._folders[folder] = watch
            return True

        def _leave(self, folder: Path) -> None:
            with self._lock:
                if folder not in self._folders:
                    return
                gone = [path for path in self._folders if path.is_relative_to(folder)]
                watches = [self._folders.pop(path) for path in gone]
                self._inotify.remove_callbacks([(w.number, CallbackId(id(w))) for w in watches])

        def forget(self, watch: _Folder) -> None:
            """The system has dropped this watch, with its folder."""
            with self._lock:
                if self._folders.get(watch.path) is watch:
                    del self._folders[watch.path]

        def event(self, folder: Path, event: InotifyEvent) -> None:
            if not event.name:  # the folder itself: the one above tells of it
                return
            path = folder / os.fsdecode(event.name)
            if not self._area.matters(path):
                return
            gone = event.is_delete or event.is_moved_from
            if gone:
                self._leave(path)
            elif not (event.is_modify or event.is_close_write) and self._area.is_folder(path):
                try:
                    self._enter(path, told=True)
                except OSError as error:
                    self._fail(error)
            self._tell(path, _kind(event))
            if event.is_moved_from:
                self._moved = (event.cookie, path)
            elif event.is_moved_to and self._moved[0] == event.cookie:
                self._tell(self._moved[1], "saved")  # nobody will make it again

        def overflow(self, folder: Path) -> None:
            """Events were lost, so folders may have come or gone. First the watches, then the word:
            what changes after it is seen."""
            if folder != self._area.root:  # each folder is told, once is enough
                return
            with self._lock:
                for start in self._area.starts():
                    self._leave(start)
                try:
                    self._begin()
                except OSError as error:
                    self._fail(error)
            self._tell(self._area.root, "saved")

    class _Folder:
        """One watched folder, called back by watchdog in its thread."""

        def __init__(self, path: Path, owner: Folders) -> None:
            self.path, self.number = path, WatchDescriptor(-1)
            self._owner = owner

        def on_event(self, event: InotifyEvent) -> None:
            self._owner.event(self.path, event)

        def on_watch_deleted(self, wd: WatchDescriptor) -> None:
            self._owner.forget(self)

        def on_queue_overflow(self) -> None:
            self._owner.overflow(self.path)

    def _kind(event: InotifyEvent) -> Kind:
        if event.is_delete or event.is_moved_from:
            return "gone"
        if event.is_close_write or event.is_moved_to:
            return "saved"
        return "touched" if event.is_attrib else "writing"
