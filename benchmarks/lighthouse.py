"""This repository's own site, built and served with gzip -> what Lighthouse says of its pages.

    python -m benchmarks.lighthouse

As a phone sees them, with simulated throttling, which are Lighthouse's defaults. `make bench-tools`
installs Lighthouse; Chromium must be there. A phone is taken to be four times as slow as this
machine: where Lighthouse's benchmark index is below 1,000 or so, because the machine is slow or
busy, that is too much, and `--slowdown` says how much less.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIGHTHOUSE = Path(__file__).parent / ".tools" / "npm" / "node_modules" / ".bin" / "lighthouse"
PAGES = ("/", "/posts/multivariate-normal/", "/manual/theming/", "/search/")
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PACKED = (".html", ".css", ".js", ".svg", ".json", ".xml", ".txt")


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    worst = 100
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as folder:
        site = Path(folder) / "site"
        with served(site) as address:
            build = [sys.executable, "-m", "notesite", "-C", ROOT, "-q", "build"]
            subprocess.run([*build, "-o", site, "-b", address + "/"], check=True)
            for page in options.pages:
                if not (site / page.strip("/") / "index.html").is_file():
                    print(f"{page}: there is no such page")
                    continue
                report = lighthouse(options, address + page, Path(folder))
                scores = {name: _score(report, name) for name in CATEGORIES}
                worst = min(worst, *scores.values())
                speed = f"benchmark index {report['environment']['benchmarkIndex']:.0f}"
                print(page, *(f"{name} {score}" for name, score in scores.items()), speed, sep="  ")
                for line in _faults(report):
                    print("   ", line)
    sys.exit(worst < options.least)


def lighthouse(options: argparse.Namespace, url: str, folder: Path) -> Mapping[str, Any]:
    """The report on a page."""
    output = folder / "report.json"
    flags = f"--headless --no-sandbox --user-data-dir={folder / 'profile'}"
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or ""
    subprocess.run(
        [
            options.program,
            url,
            f"--throttling.cpuSlowdownMultiplier={options.slowdown}",
            "--quiet",
            "--output=json",
            f"--output-path={output}",
            f"--chrome-flags={flags}",
        ],
        check=True,
        timeout=300,
        env={**os.environ, "CHROME_PATH": chromium},
    )
    report: Mapping[str, Any] = json.loads(output.read_text("utf-8"))
    return report


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server of this folder, which compresses as static hosts do."""
    handler = partial(Packing, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Packing(SimpleHTTPRequestHandler):
    """Answers with gzip, and lets browsers keep assets for a year."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in PACKED or not path.is_file():
            super().do_GET()
            return
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        if self.path.startswith("/assets/"):
            self.send_header("Cache-Control", "public, max-age=31536000, immutable")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def _score(report: Mapping[str, Any], category: str) -> int:
    return round(100 * (report["categories"][category]["score"] or 0))


def _faults(report: Mapping[str, Any]) -> Iterator[str]:
    """What keeps the page from 100, and the times behind its performance."""
    for category in CATEGORIES:
        for audit in report["categories"][category]["auditRefs"]:
            found = report["audits"][audit["id"]]
            timed = audit.get("group") == "metrics"
            if timed or (audit["weight"] and found["score"] is not None and found["score"] < 1):
                yield f"{audit['id']}: {found.get('displayValue', found['title'])}"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lighthouse")
    parser.add_argument("--pages", type=lambda value: value.split(","), default=PAGES)
    parser.add_argument("--program", type=Path, default=LIGHTHOUSE)
    parser.add_argument("--slowdown", type=float, default=4, help="of a phone to this machine")
    parser.add_argument("--least", type=int, default=100, help="exit with 1 below this score")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
