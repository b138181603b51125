"""HTML and text of notes: with holes that wait for KaTeX and for index, and as it is kept."""

from __future__ import annotations

from typing import Literal, cast

from msgspec import Struct

from notesite.problems import Level, Location


class Formula(Struct, frozen=True, tag=True):
    """A formula that waits for KaTeX.

    `tex` is what KaTeX is given: labels and references are numbers by now. `preamble` holds the
    definitions of the note that stand before it. `starts` says where each line of `tex` begins in
    the note (line, column, from 1); `edits` are (position, length now, length as written) of what
    was rewritten, so that an offset in `tex` can be led back. `ids` are anchors of its labels.
    """

    tex: str
    display: bool
    preamble: str = ""
    starts: tuple[tuple[int, int], ...] = ((0, 0),)
    edits: tuple[tuple[int, int, int], ...] = ()
    ids: tuple[str, ...] = ()


class Typeset(Struct, frozen=True):
    """What KaTeX made of a formula: its HTML, readable text (`x²`, `KL(p‖q)`), and what it
    complained of as (level, offset in the TeX or -1, message)."""

    html: str
    text: str
    complaints: tuple[tuple[Level, int, str], ...] = ()


class NoteLink(Struct, frozen=True, tag=True):
    """The URL of a link to another note, as written (`../other.md`), or to whatever else a path of
    the site can mean; filled by index. `query` is what stands behind `?`."""

    target: str
    anchor: str
    location: Location
    query: str = ""


class AssetLink(Struct, frozen=True, tag=True):
    """The URL of an image or another file that a page loads, as written; filled by index."""

    target: str
    location: Location
    image: bool = False
    named: bool = False  # found by its name alone, anywhere in the notes folder


class ImageLink(AssetLink, frozen=True, tag=True):
    """What makes an `<img>` show an image, ` src="…"` with its size; filled by index. `rest` is
    what stands behind the path; `width` and `height` are as the author says, or ""."""

    rest: str = ""
    width: str = ""
    height: str = ""


class WikiLink(Struct, frozen=True, tag=True):
    """What makes an `<a>` a link to what `[[target]]` names, ` href="…"`; filled by index. `target`
    is as written, without a label: `Title#Heading`."""

    target: str
    location: Location


class Embed(WikiLink, frozen=True, tag=True):
    """A block that shows the note, the section or the block that `![[target]]` names; filled by
    index. `label` is the text of the link that stands there if it cannot."""

    label: str


class Shortcode(Struct, frozen=True, tag=True):
    """A call of one of the site's macros; render puts there what it gives.

    `written` is the HTML that shows the call as it is, for where there is no such macro. With
    `paired` all up to the ShortcodeEnd is its body. `digest` is of the macros; index fills it in.
    """

    name: str
    words: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    written: str
    location: Location
    paired: bool = False
    digest: bytes = b""


class ShortcodeEnd(Struct, frozen=True, tag=True):
    """The end of the body of a call; `written` as above."""

    start: Shortcode
    written: str


class TagLink(Struct, frozen=True, tag=True):
    """What makes an `<a>` a link to the page of a tag, as WikiLink does; filled by index."""

    name: str
    location: Location


LinkHole = NoteLink | AssetLink | ImageLink | WikiLink | Embed | TagLink | Shortcode | ShortcodeEnd
Hole = Formula | LinkHole


class Html(Struct, frozen=True, array_like=True):
    """HTML with holes. A template prints it unescaped, once every hole is filled."""

    pieces: tuple[str | Hole, ...] = ()

    def __html__(self) -> str:
        # a hole that is still open is a fault of ours: join() raises TypeError
        return "".join(cast("tuple[str, ...]", self.pieces))

    def __bool__(self) -> bool:
        return any(self.pieces)


class Stored(Struct, frozen=True, array_like=True):
    """The HTML of a note, which is kept elsewhere and loaded only where it is printed.

    `digest` is the note's (none: there is no HTML), `part` which of its HTML is meant: what is kept
    are the strings around its links. `holes` are these links, and `links` what index found for
    them, as HTML, as what is embedded there or as calls of macros; `math` and `code` say whether a
    formula and a block of code are shown, which need style sheets of their own. Only the passage of
    this id is meant, if there is one.
    """

    digest: bytes = b""
    part: Literal["body", "excerpt"] = "body"
    math: bool = False
    holes: tuple[LinkHole, ...] = ()
    links: tuple[str | Embedded | Shortcode | ShortcodeEnd, ...] = ()
    code: bool = False
    passage: str = ""

    def __bool__(self) -> bool:
        return bool(self.digest)


class Embedded(Struct, frozen=True, tag=True):
    """A note, or a passage of one, that is shown on the page of another: the title and the URL of
    the note, and its HTML."""

    title: Html
    url: str
    html: Stored


def has_math(html: Html) -> bool:
    """Whether KaTeX's style sheet is needed to show this HTML, all its holes filled."""
    return 'class="katex' in html.__html__()


class Text(Struct, frozen=True, array_like=True):
    """Readable text with formulas as holes; `str()` of it once they are filled."""

    pieces: tuple[str | Formula, ...] = ()

    def __str__(self) -> str:
        return "".join(cast("tuple[str, ...]", self.pieces))  # as in Html

    def __bool__(self) -> bool:
        return any(self.pieces)
