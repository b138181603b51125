"""This repository's own site -> the pictures of README and manual, in notes/manual/.

    python -m benchmarks.pictures

They are taken with the Chromium and the fonts of this machine, so they are looked at before they
are committed. Fonts for Japanese must be there.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright

from benchmarks.lighthouse import ROOT, served

FOLDER = ROOT / "notes" / "manual"
LARGEST = 150_000  # bytes


class Picture(NamedTuple):
    """A file, the page that it shows, and how: width and height are of the window."""

    name: str
    page: str
    width: int
    height: int
    dark: bool = False
    scroll: int = 0


PICTURES = (
    Picture("listing.png", "/posts/", 1280, 860),
    Picture("note.png", "/posts/kl-divergence/", 1280, 860, scroll=420),
    Picture("note-dark.png", "/posts/kl-divergence/", 1280, 860, dark=True, scroll=1500),
    Picture("phone.png", "/posts/kl-divergence/", 390, 780),
)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        build = [sys.executable, "-m", "notesite", "-C", ROOT, "-q", "build", "-o", folder]
        subprocess.run(build, check=True)
        with served(Path(folder)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for picture in PICTURES:
                content = taken(browser, address, picture)
                assert len(content) < LARGEST, f"{picture.name}: {len(content)} bytes"
                (FOLDER / picture.name).write_bytes(content)
                print(picture.name, len(content))
            browser.close()


def taken(browser: Browser, address: str, picture: Picture) -> bytes:
    """The picture as PNG."""
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
    )
    page.goto(address + picture.page, wait_until="networkidle")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.mouse.wheel(0, picture.scroll)
    page.wait_for_timeout(300)
    content = page.screenshot()
    page.close()
    return content


if __name__ == "__main__":
    main()
