"""An image -> a smaller one in WebP, by Pillow; kept in the cache by what it is made of.

Nothing but what one sees goes into it: no place, no camera, no comment. It is turned as its EXIF
data say, and keeps its colour profile.
"""

from __future__ import annotations

import errno
import os
import re
import threading
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import blake2b
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from struct import error as StructError

from notesite.config import FILE_NAME, Config
from notesite.model import Location, Problem, Resized, Source
from notesite.pictures import LARGEST
from notesite.publish.paths import remove_empty, unlink_owned
from notesite.walk import CACHE

QUALITY = 80
_TURNED = (5, 6, 7, 8)  # values of EXIF's orientation that exchange width and height
_ORIENTATION = 0x0112
_NAME = re.compile(r"[0-9a-f]{32}\.webp")
_FAULTS = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError,
    RuntimeError, MemoryError, StructError, zlib.error,
)  # fmt: skip


class Refused(Exception):
    """An image that cannot be made smaller, and why; "": that it is better left alone."""


def encoder(config: Config) -> str:
    """What makes the bytes of smaller images; "" where none are asked for, or cannot be made."""
    if not config.images.resize or find_spec("PIL") is None:
        return ""
    from PIL import __version__

    return f"Pillow {__version__}, quality {QUALITY}"


def missing(config: Config) -> Iterable[Problem]:
    """What the settings ask for and this installation does not have."""
    if config.images.resize and find_spec("PIL") is None:
        message, hint = "`images.resize` needs Pillow", "install it: pip install 'notesite[images]'"
        yield Problem("error", message, Location(FILE_NAME), hint, frame=True)


def resized(recipe: Resized, root: Path) -> Path:
    """The file in the cache of the site, made if it is not there. Raises Refused, OSError."""
    folder = root / CACHE / "images"
    file = folder / _name(recipe)
    if not file.is_file():
        content = _made(recipe, _content(recipe.source))
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{file.name}.{os.getpid()}-{threading.get_ident()}"
        draft.write_bytes(content)
        draft.replace(file)  # so that each file there is whole
    return file


def resize(
    recipes: Iterable[Resized], root: Path, jobs: int, told: Callable[[int, int], None]
) -> dict[bytes, str]:
    """Make all, and drop what none of them is. Those that were refused: digest -> why. Pillow
    works outside of Python's lock, so threads are enough."""
    wanted = list(recipes)
    refused: dict[bytes, str] = {}

    def make(recipe: Resized) -> None:
        try:
            resized(recipe, root)
        except Refused as error:
            refused[recipe.source.digest] = str(error)

    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(jobs) as pool:
        for done, _ in enumerate(pool.map(make, wanted), 1):
            told(done, len(wanted))
    clean(root, {_name(recipe) for recipe in wanted})
    return refused


def clean(root: Path, keep: Iterable[str] = ()) -> None:
    """Remove the files of the cache but for those of these names."""
    cache, kept = root / CACHE, set(keep)
    if (cache / "images").is_dir() and not cache.is_symlink():
        for name in os.listdir(cache / "images"):
            if _NAME.match(name) and name not in kept:
                with suppress(OSError):
                    unlink_owned(cache, f"images/{name}")
        remove_empty(cache, ["images"])


def _name(recipe: Resized) -> str:
    of = recipe.source.digest + f"{recipe.width} {recipe.encoder}".encode()
    return f"{blake2b(of, digest_size=16).hexdigest()}.webp"


def _content(source: Source) -> bytes:
    """OSError if it is no longer what its digest is of."""
    content = Path(source.file).read_bytes()
    if blake2b(content, digest_size=16).digest() != source.digest:
        raise OSError(errno.EAGAIN, "it changed while it was read; build again", source.shown)
    return content


def _made(recipe: Resized, content: bytes) -> bytes:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and an exception
    made = BytesIO()
    try:
        with Image.open(BytesIO(content)) as opened:
            if getattr(opened, "is_animated", False):
                raise Refused("")
            if opened.width * opened.height > LARGEST:
                raise Refused("this image has more pixels than its header says")
            turned = opened.getexif().get(_ORIENTATION) in _TURNED
            across, down = (opened.height, opened.width) if turned else opened.size
            size = recipe.width, max(round(down * recipe.width / across), 1)
            room = size[::-1] if turned else size
            opened.draft(None, (2 * room[0], 2 * room[1]))  # JPEG is read no larger than needed
            profile = opened.info.get("icc_profile") if opened.mode in ("RGB", "RGBA") else None
            image = ImageOps.exif_transpose(opened)
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
            image = image.resize(size, Image.Resampling.LANCZOS)
            sharp = opened.format == "PNG"  # drawings and screens, whose edges are to stay
            image.save(made, "WEBP", lossless=sharp, quality=QUALITY, method=4, icc_profile=profile)
    except _FAULTS:  # what they say of it is not the same on each machine
        raise Refused("this image is damaged, or of a kind that Pillow does not know") from None
    return made.getvalue()
