"""Figures of one corpus at one size <-> the JSON file that keeps them, and where they come from."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import msgspec

from benchmarks.measure import Figure

RESULTS = Path(__file__).parent / "results.json"  # those of the manual's page
LATEST = Path(__file__).parent.parent / ".cache" / "benchmarks.json"


class Measured(msgspec.Struct, frozen=True):
    """All that was measured with one corpus of one size.

    `labels`, `versions` and `figures` are by the name of the program; figures then by scenario, in
    the order of the runs. `left_out` is by label: why there are no figures.
    """

    corpus: str
    notes: int
    date: str
    machine: str
    labels: dict[str, str]
    versions: dict[str, str]
    figures: dict[str, dict[str, list[Figure]]]
    left_out: dict[str, str]


def load(file: Path) -> list[Measured]:
    """What was kept, in the order of corpus and size; nothing where there is no file."""
    if not file.exists():
        return []
    return msgspec.json.decode(file.read_bytes(), type=list[Measured])


def keep(file: Path, measured: Measured) -> None:
    """Put it in the place of what was kept for this corpus and size."""
    others = [m for m in load(file) if (m.corpus, m.notes) != (measured.corpus, measured.notes)]
    kept = sorted([*others, measured], key=lambda m: (m.corpus != "math", m.corpus, m.notes))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def machine() -> str:
    """Processors, memory and system, in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} processors ({_model()}), {memory:.0f} GiB of memory, "
        f"{platform.system()}, Python {platform.python_version()}"
    )


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
