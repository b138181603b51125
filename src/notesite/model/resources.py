"""What notes use of a site besides other notes: macros, images, and what its extension makes."""

from __future__ import annotations

from msgspec import Struct

from notesite.model.notes import Source


class Macro(Struct, frozen=True):
    """What a macro takes: the names of its arguments, the first `required` of which it needs;
    further words or names; a body."""

    arguments: tuple[str, ...] = ()
    required: int = 0
    words: bool = False
    names: bool = False
    body: bool = False


class Macros(Struct, frozen=True):
    """The macros of templates/shortcodes.html by name, and a digest of all that they can show."""

    by_name: dict[str, Macro] = {}
    digest: bytes = b""
    unknown: bool = False  # the file does not compile: that is told elsewhere


class Picture(Struct, frozen=True):
    """An image of the site, and its size in pixels. `widths` are those of smaller ones that
    `encoder` makes of it; `problem` says why there are none, where that is worth a word."""

    source: Source
    width: int
    height: int
    static: bool = False  # from static/
    url: str = ""  # site path; index fills it in
    widths: tuple[int, ...] = ()
    encoder: str = ""
    problem: str = ""


class Resized(Struct, frozen=True, tag=True):
    """The recipe of a smaller image: of this width in pixels, made by `encoder`."""

    source: Source
    width: int
    encoder: str


class Resources(Struct, frozen=True):
    """What notes can use of a site besides notes and files: `urls` are site paths that something
    else makes, `pictures` the images by how problems name their files."""

    urls: tuple[str, ...] = ()
    macros: Macros = Macros()
    pictures: dict[str, Picture] = {}
