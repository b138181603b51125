"""The memo -> what a build can take over from the one before it, besides its notes.

What the settings say, what the files were, what templates depend on, the colours of code, and the
whole report where nothing has changed at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import json, msgpack
from msgspec.structs import replace

from notesite.config import FILE_NAME, Config
from notesite.keys import Closure, Mentioned, closures, mentioned
from notesite.memo import Memo
from notesite.model import Font, Location, Picture, Problem, Theme
from notesite.nodes import Node, read_yaml
from notesite.pictures import Sizes, pictures
from notesite.publish import Stamp
from notesite.report import Report
from notesite.scan import Scanned
from notesite.seen import Seen, file_system_now

if TYPE_CHECKING:
    from notesite.extension import Extension
    from notesite.inlining import Inlining

_SEEN, _REPORT, _SIZES, _REFUSED = b"seen", b"report", b"sizes", b"refused"
_DIGEST = 16  # bytes
FEW = 20  # notes that are edited at once without a plan
_closures = msgpack.Decoder(dict[str, Closure])
_mentions = msgpack.Decoder(dict[bytes, Mentioned])
_sizes = msgpack.Decoder(Sizes)
_node = msgpack.Decoder(Node)
_words = msgpack.Decoder(dict[bytes, str])
_letters = msgpack.Decoder(frozenset[int])


def fingerprint(value: object) -> str:
    """A digest of any values."""
    content = msgpack.encode(value, order="deterministic")
    return blake2b(content, digest_size=16).hexdigest()


class Inputs(NamedTuple):
    """What a build is made from: a fingerprint of all but the contents of notes, and the digests
    of these, one after the other."""

    frame: str
    digests: bytes

    def edited(self, since: Inputs) -> list[tuple[int, bytes]] | None:
        """The notes that have another content: their places, and the digests that they had. None
        if they are more than a few, or something else has changed."""
        if self.frame != since.frame:
            return None
        starts = range(0, len(self.digests), _DIGEST)
        pairs = (
            (self.digests[at : at + _DIGEST], since.digests[at : at + _DIGEST]) for at in starts
        )
        found = [(place, was) for place, (now, was) in enumerate(pairs) if now != was]
        return found if len(found) <= FEW else None


class Last(NamedTuple):
    """The last build: its report, in what state it left its output, and which notes are edited
    since (`Inputs.edited`)."""

    report: Report
    stamp: Stamp
    edited: list[tuple[int, bytes]]


_report = json.Decoder(tuple[Inputs, Stamp, Report])


def inputs(scanned: Scanned, theme: Theme, besides: object) -> Inputs:
    """Of a build that hangs on these and, besides, on what else there is."""
    files = [
        (source.path, source.shown, source.digest, source.updated)
        for source in (*scanned.assets, *scanned.static)
    ]
    notes = [(note.path, note.shown, note.updated) for note in scanned.notes]
    code = scanned.extension and scanned.extension.digest
    assets = [(source.path, source.digest) for source in theme.assets]
    drawn_with = theme.font and theme.font.digest
    looks = (theme.templates, theme.strings, drawn_with)
    frame = fingerprint((files, notes, code, assets, looks, scanned.problems, besides))
    return Inputs(frame, b"".join(note.digest for note in scanned.notes))


class LastBuild:
    """Small things by name, in one table of the memo."""

    def __init__(self, memo: Memo) -> None:
        self.memo = memo
        self._read: dict[bytes, bytes] = {}  # YAML, until it is known that there is a site

    def read_yaml(self, text: str) -> Node:
        """As `nodes.read_yaml`. What was read before is not read again."""
        name = b"yaml " + blake2b(text.encode(), digest_size=_DIGEST).digest()
        if stored := self._get(name):
            return _node.decode(stored)
        node = read_yaml(text)
        self._read[name] = msgpack.encode(node)
        return node

    def seen(self, cache: Path) -> Seen:
        """What the files were; `cache` is a folder on their file system."""
        return Seen(self._get(_SEEN), file_system_now(cache))

    def remember_read(self, seen: Seen) -> None:
        """What the files were, and what was read in those of YAML."""
        for name, row in self._read.items():
            self._put(name, row)
        if seen.changed:
            self._put(_SEEN, seen.encode())

    def report(self, made_from: Inputs) -> Last | None:
        """The last build, if nothing has changed since but a few notes."""
        stored = self._get(_REPORT)
        if not stored:
            return None
        since, stamp, report = _report.decode(stored)
        edited = made_from.edited(since)
        made = report.written + report.unchanged
        as_it_was = replace(report, written=0, unchanged=made, removed=0, made=())
        return None if edited is None else Last(as_it_was, stamp, edited)

    def remember_report(self, made_from: Inputs, report: Report, stamp: Stamp) -> None:
        self._put(_REPORT, json.encode((made_from, stamp, report)))

    def refuse(self, refused: dict[bytes, str]) -> None:
        """Remember which images cannot be made smaller, and why."""
        self._put(_REFUSED, msgpack.encode(dict(sorted((self._refused() | refused).items()))))

    def _refused(self) -> dict[bytes, str]:
        stored = self._get(_REFUSED)
        return _words.decode(stored) if stored else {}

    def pictures(self, scanned: Scanned, encoder: str) -> dict[str, Picture]:
        """The images of the site; a size that was read before is not read again. `encoder` makes
        smaller ones."""
        stored = self._get(_SIZES)
        known = _sizes.decode(stored) if stored else {}
        before = len(known)
        found = pictures(scanned.assets, scanned.static, known, self._refused(), encoder)
        if len(known) > before:
            used = {source.digest for source in (*scanned.assets, *scanned.static)}
            kept = {digest: known[digest] for digest in sorted(known.keys() & used)}
            self._put(_SIZES, msgpack.encode(kept))
        return found

    def dressed(self, theme: Theme, config: Config, problems: list[Problem]) -> Theme:
        """The theme with what the settings ask for: the colours of code, the font of share
        cards."""
        return self._lettered(self._coloured(theme, config, problems), config, problems)

    def _coloured(self, theme: Theme, config: Config, problems: list[Problem]) -> Theme:
        """The theme with the colours of code, which take Pygments to make."""
        light, dark = config.highlight.light, config.highlight.dark
        name = f"css {light} {dark}".encode()
        css = self._get(name).decode()
        if not css:
            from notesite.markdown.highlight_css import css as highlight_css

            try:
                css = highlight_css(light, dark)
            except ValueError as error:  # a style that Pygments does not know
                problems.append(Problem("error", str(error), Location(FILE_NAME), frame=True))
                return theme
            self._put(name, css.encode())
        return replace(theme, syntax_css=css)

    def _lettered(self, theme: Theme, config: Config, problems: list[Problem]) -> Theme:
        """The theme with the font of share cards, if the site asks for them."""
        if not (config.cards.font and config.base_url):
            return theme
        found = [source for source in theme.static if source.path == config.cards.font]
        where = Location(FILE_NAME)
        if not found:
            message = f"there is no font static/{config.cards.font}"
            hint = "`cards.font` is the path of a font below static/"
            problems.append(Problem("error", message, where, hint, frame=True))
            return theme
        from importlib.metadata import version

        from notesite.cards import read_letters

        try:
            by = version("Pillow").encode()
            name = b"font " + found[0].digest
            letters = self._get(name) or msgpack.encode(read_letters(found[0].file))
            self._put(name, letters)
        except ImportError:
            message = "share cards need Pillow and fontTools, which are not installed"
            hint = 'pip install "notesite[cards]", or take `cards.font` out'
        except ValueError as error:
            message, hint = f"static/{config.cards.font} is no font: {error}", "take a .ttf or .otf"
        else:
            digest = blake2b(self.memo.program + by + found[0].digest, digest_size=16).digest()
            return replace(theme, font=Font(found[0].file, digest, _letters.decode(letters)))
        problems.append(Problem("error", message, where, hint, frame=True))
        return theme

    def closures(
        self, theme: Theme, config: Config, jinja: Inlining, extension: Extension
    ) -> tuple[dict[str, Closure], Sequence[Problem]]:
        """What each template depends on, or what keeps one from compiling."""
        filters = extension.digest if extension.filters else b""
        name = b"closures " + fingerprint((config.base_url, filters, theme.templates)).encode()
        self.memo.keep("blob", [b"mentions " + filters])  # the next edit of a template asks for it
        if stored := self._get(name):
            return _closures.decode(stored), ()
        from notesite import faults

        if failures := faults.check(jinja, theme):
            return {}, failures
        frame = self.memo.program + filters + config.base_url.encode()
        read: dict[bytes, Mentioned] = {}
        known = closures(theme, self._mentioned(jinja, filters, read), frame)
        self._put(b"mentions " + filters, msgpack.encode(read))
        self._put(name, msgpack.encode(known))
        return known, ()

    def _mentioned(
        self, jinja: Inlining, filters: bytes, read: dict[bytes, Mentioned]
    ) -> Callable[[str], Mentioned]:
        """As `keys.mentioned`. What another version of the theme had is known; all that is asked
        for is put into `read`."""
        stored = self._get(b"mentions " + filters)
        known = _mentions.decode(stored) if stored else {}

        def asked(text: str) -> Mentioned:
            digest = blake2b(text.encode(), digest_size=_DIGEST).digest()
            read[digest] = read.get(digest) or known.get(digest) or mentioned(jinja, text)
            return read[digest]

        return asked

    def _get(self, name: bytes) -> bytes:
        return self.memo.get("blob", [name]).get(name, b"")

    def _put(self, name: bytes, value: bytes) -> None:
        self.memo.put("blob", {name: value})
