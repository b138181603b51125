"""The build hook: nothing comes in, KaTeX's files go out to src/notesite/vendor/katex/.

From there they go into the package. KaTeX is not committed. Its files are taken from whichever of
these answers first: the files that are already there (always so in a source distribution), an npm
client, the public CDN. Whoever answers, one pinned digest over all files decides; what does not
match is never used.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VERSION = "0.19.1"
DIGEST = "72f2ba86c7634290f37f0f9ed418630b7e9c17f57c8f63162ef1dbd57ee430c4"
FOLDER = "src/notesite/vendor/katex"
CDN = f"https://cdn.jsdelivr.net/npm/katex@{VERSION}/"
LARGEST = 2_000_000  # bytes; the largest of the files, the script, has 273,081

FONTS = (
    "AMS-Regular", "Caligraphic-Bold", "Caligraphic-Regular", "Fraktur-Bold", "Fraktur-Regular",
    "Main-Bold", "Main-BoldItalic", "Main-Italic", "Main-Regular", "Math-BoldItalic", "Math-Italic",
    "SansSerif-Bold", "SansSerif-Italic", "SansSerif-Regular", "Script-Regular", "Size1-Regular",
    "Size2-Regular", "Size3-Regular", "Size4-Regular", "Typewriter-Regular",
)  # fmt: skip

# Name in our folder -> name in the npm package. Nothing else of the package is taken.
FILES = {
    "LICENSE": "LICENSE",
    "katex.min.css": "dist/katex.min.css",
    "katex.min.js": "dist/katex.min.js",
    "mhchem.min.js": "dist/contrib/mhchem.min.js",
    **{f"fonts/KaTeX_{font}.woff2": f"dist/fonts/KaTeX_{font}.woff2" for font in FONTS},
}

Files = Mapping[str, bytes]


class KatexError(Exception):
    """KaTeX's files did not come, or are not the pinned ones. The message says what to do."""


class NoAnswer(Exception):
    """One source of the files does not answer; the next one is asked."""


class KatexHook(BuildHookInterface[Any]):
    """Runs for the wheel, the source distribution and an editable install."""

    PLUGIN_NAME = "katex"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        bring(Path(self.root) / FOLDER)
        # Git ignores the files, so the package would too. Only these, whatever lies beside them.
        build_data["artifacts"].extend(f"/{FOLDER}/{name}" for name in FILES)


def bring(folder: Path, sources: tuple[Callable[[], Files], ...] | None = None) -> None:
    """Make `folder` hold the pinned files; else raise KatexError and leave `folder` as it was."""
    there = files_in(folder)
    if there is not None:
        verify(there, f"the files in {folder}", "Delete that folder and build again.")
        return
    answers = []
    for source in sources or (from_npm, from_cdn):
        try:
            files = source()
        except NoAnswer as answer:
            answers.append(f"  - {answer}")
            continue
        verify(files, f"what {source.__name__.removeprefix('from_')} gave", "Try another network.")
        write(folder, files)
        return
    raise KatexError(
        f"KaTeX {VERSION} is needed to build this package, and nothing gave it:\n"
        + "\n".join(answers)
        + "\nInstall npm or connect to a network and build again; a release from the package index"
        f" contains the files. Or unpack katex@{VERSION} yourself and put these files of it into"
        f" {folder}: {', '.join(FILES.values())} (without dist/ and contrib/)."
    )


def digest(files: Files) -> str:
    """SHA-256 over name, length and bytes of each file, by name."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.hexdigest()


def verify(files: Files, what: str, advice: str) -> None:
    found = digest(files)
    if found != DIGEST:
        raise KatexError(
            f"{what}: this is not KaTeX {VERSION} as it was released.\n"
            f"  digest expected: {DIGEST}\n  digest found:    {found}\n{advice}"
        )


def files_in(folder: Path) -> Files | None:
    """The files, or None unless every one of them is there."""
    if not all((folder / name).is_file() for name in FILES):
        return None
    return {name: (folder / name).read_bytes() for name in FILES}


def from_npm() -> Files:
    npm = shutil.which("npm")
    if npm is None:
        raise NoAnswer("npm is not installed")
    with tempfile.TemporaryDirectory(prefix="notesite-katex-") as place:
        command = [npm, "pack", f"katex@{VERSION}", "--ignore-scripts", "--loglevel=error"]
        try:
            ran = subprocess.run(command, cwd=place, capture_output=True, timeout=300, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoAnswer(f"npm pack failed: {error}") from error
        packed = sorted(Path(place).glob("*.tgz"))
        if ran.returncode or len(packed) != 1:
            said = ran.stderr.decode(errors="replace").strip() or "no package came"
            raise NoAnswer(f"npm pack failed: {said.splitlines()[-1]}")
        return unpack(packed[0])


def unpack(package: Path) -> Files:
    """Read the named members into memory: no path of the archive ever reaches the disk."""
    try:
        with tarfile.open(package, "r:gz") as archive:
            return {name: member(archive, f"package/{inside}") for name, inside in FILES.items()}
    except (tarfile.TarError, OSError, EOFError) as error:
        raise KatexError(f"the package that npm gave cannot be read: {error}") from error


def member(archive: tarfile.TarFile, name: str) -> bytes:
    try:
        info = archive.getmember(name)
    except KeyError:
        raise KatexError(f"the package that npm gave has no file {name}") from None
    content = archive.extractfile(info) if info.isreg() and info.size <= LARGEST else None
    if content is None:
        raise KatexError(
            f"{name} in the package that npm gave is not a plain file of a likely size"
        )
    return content.read()


def from_cdn() -> Files:
    return {name: fetch(CDN + inside) for name, inside in FILES.items()}


def fetch(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            content: bytes = answer.read(LARGEST + 1)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{url} does not answer: {error}") from error
    return content


def write(folder: Path, files: Files) -> None:
    """Each file whole or not at all, so that an interrupted build is simply done again."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        part.write_bytes(content)
        os.replace(part, target)
