"""A command and a folder -> how long it took there and how much memory, all its processes together.

Linux only: what a process holds is read from /proc.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec

INTERVAL = 0.02  # seconds between two looks at the memory
SHARE = 0.02  # of one processor, at most, for looking: a look takes longer the more there is


class Figure(msgspec.Struct, frozen=True, array_like=True):
    """What one build cost: seconds on the clock, seconds of processor (user and system, with all
    children), and bytes at the peak."""

    wall: float
    cpu: float
    peak: int


class Failed(Exception):
    """The command did not succeed, or not in time; says so with the end of what it printed."""


def measure(
    command: Sequence[str],
    folder: Path,
    env: Mapping[str, str] | None = None,
    limit: float = float("inf"),
) -> Figure:
    """Run it in `folder`, for `limit` seconds at most.

    The peak is the largest sum of PSS seen (of memory that processes share, each has its part, so
    it counts once), over the process, its descendants and whatever else is in its session.
    """
    os.sync()  # nobody pays for what another one wrote
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **(env or {})}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            peak = _watch(process.pid, limit)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise Failed(f"its build failed ({process.returncode})\n{_end(output)}")
    return Figure(wall, used.ru_utime + used.ru_stime, peak)


def held(root: int) -> int:
    """Bytes (PSS) that a process, its descendants and the others of its session hold now."""
    return sum(_pss(pid) for pid in _tree(root))


def _watch(pid: int, limit: float) -> int:
    """The peak of memory until the process ends."""
    peak, until = 0, time.perf_counter() + limit
    handle = os.pidfd_open(pid)
    try:
        ends = select.poll()
        ends.register(handle, select.POLLIN)
        pause = 0.0
        while not ends.poll(pause * 1000):
            began = time.perf_counter()
            if began > until:
                raise Failed(f"its build took more than {limit:g} s")
            peak = max(peak, held(pid))
            pause = max(INTERVAL, (time.perf_counter() - began) / SHARE)
    finally:
        os.close(handle)
    return peak


def _tree(root: int) -> set[int]:
    """Of all processes those whose parent, or parent's parent …, is `root`, or whose session it is.

    A parent may be listed after its child, so the list is gone through until nothing is new.
    """
    parents = {}
    found = {root}
    for name in os.listdir("/proc"):
        if name.isdigit() and (stat := _read(f"/proc/{name}/stat")):
            # The name in parentheses may hold anything; after it: state, parent, group, session.
            fields = stat.rpartition(b")")[2].split()
            parents[int(name)] = int(fields[1])
            if int(fields[3]) == root:
                found.add(int(name))
    while new := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= new
    return found


def _pss(pid: int) -> int:
    """0 for a process that is gone."""
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError:  # it ended meanwhile
        return b""


def _end(output: IO[bytes]) -> str:
    output.seek(0)
    return "\n".join(output.read().decode("utf-8", "replace").splitlines()[-20:])
