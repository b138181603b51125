"""The memo -> what the last build planned, as far as the edit of a text needs it.

An edit that nothing but the note's own page, feeds and the search index can show (exchange.py)
needs no index and no plan: the outputs are those of the last build, with the page exchanged. Each
output that shows notes whole is a row here, under the key that it was written under, so one that is
out of date is not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

from msgspec import Raw, Struct, msgpack

from notesite.config import Config
from notesite.exchange import PAGES, Shown, exchanged, found_by, is_alike, shown_on
from notesite.keys import own_names
from notesite.memo import Memo
from notesite.model import (
    Backlink,
    Entry,
    Feed,
    Hop,
    Library,
    Link,
    Output,
    Page,
    Problem,
    Searched,
    Site,
    Taxonomy,
    Template,
    Version,
)
from notesite.outputs.frame import ABSENT, path_of
from notesite.outputs.search import folder_of, index
from notesite.publish import Stamp

_PLAN = b"plan"
# the types of what a page or a feed is given, and of what all pages are
_NAMES = {
    "title": str, "url": str, "page": Page, "previous": Link | None, "next": Link | None,
    "related": tuple[Link, ...], "links": tuple[Link, ...], "backlinks": tuple[Backlink, ...],
    "twohop": tuple[Hop, ...], "description": str, "image": str, "breadcrumbs": tuple[Link, ...],
    "math": bool, "code": bool, "lang": str, "versions": tuple[Version, ...],
    "home": str, "updated": str, "full_text": bool, "pages": tuple[str, ...],
    "site": Site, "menu": tuple[Link, ...], "graph": bool, "map_url": str,
    "taxonomies": tuple[Taxonomy, ...], "assets": dict[str, str], "feeds": tuple[Feed, ...],
    "search": str, "t": dict[str, object],
}  # fmt: skip
_decoders = {name: msgpack.Decoder(kind) for name, kind in _NAMES.items()}


class Plan(Struct, frozen=True, array_like=True):
    """Where notes are shown whole (by how problems name them); the notes that search finds, by the
    folder of their index; what all pages of a language are given. The plan was published with this
    stamp."""

    stamp: Stamp = (0, 0, 0)
    shown_on: dict[str, Shown] = {}
    searched: dict[str, tuple[Searched, ...]] = {}
    frames: dict[str, dict[str, Raw]] = {}


class _Row(Struct, frozen=True, array_like=True):
    template: str
    origin: str
    generated: bool
    frame: str
    context: dict[str, Raw]  # of a feed, `pages` are the paths of their own outputs


Edit = tuple[Entry, Entry]  # a note as it was, and as it is
_plans, _pages = msgpack.Decoder(Plan), msgpack.Decoder(Page)
_rows = msgpack.Decoder(_Row)


def slight(edits: Iterable[Edit], config: Config, said: Iterable[Problem]) -> bool:
    """Whether nothing but the texts of these notes differs for index and plan, and nothing was
    said of them in the last build, nor is now."""
    noted = {problem.location.path for problem in said}
    return all(
        is_alike(old, new, config.reading_speed) and not new.problems and new.shown not in noted
        for old, new in edits
    )


class LastPlan:
    """What the memo knows of the last plan, and is told of the next one. A LookupError is what it
    has forgotten."""

    def __init__(self, memo: Memo) -> None:
        self._memo = memo
        row = memo.get("blob", [_PLAN]).get(_PLAN)
        self._plan = _plans.decode(row) if row else Plan()
        self._frames: dict[str, dict[str, object]] = {}
        self._pages: dict[str, Page] = {}  # by their outputs

    def exchanged(
        self, edits: Sequence[Edit], keys: Mapping[str, str], stamp: Stamp
    ) -> dict[str, Output]:
        """The outputs that these edits, which are `slight`, change; none if other pages show them.
        `keys` are those of the outputs of the last build, which left this stamp."""
        others = not all(new.shown in self._plan.shown_on for _, new in edits)
        if others or stamp != self._plan.stamp:
            return {}
        shown = [self._plan.shown_on[new.shown] for _, new in edits]
        paths = {path for each in shown for path in each.paths}
        known = {path: self._output(path, keys) for path in paths}
        for folder, notes in self._plan.searched.items():
            parts = ((output.path, output) for output in index(folder, notes))
            # where a static file stands in the place of a part, its key is that of a copy
            known |= {path: part for path, part in parts if keys[path].startswith("search=")}
        changed: dict[str, Output] = {}
        for (old, new), each in zip(edits, shown, strict=True):
            changed |= exchanged(known | changed, each, old, new)
        return changed

    def remember(
        self, outputs: Mapping[str, Output], keys: Mapping[str, str], stamp: Stamp,
        library: Library, config: Config,
    ) -> None:  # fmt: skip
        """The plan of a build whose outputs are published under these keys."""
        searched = {
            folder_of(each.home): each.searched for each in library.languages if config.search
        }
        recipes = (o.recipe for o in outputs.values() if isinstance(o.recipe, Template))
        every = {id(recipe.shared): recipe.shared for recipe in recipes if recipe.shared}
        frames = {_frame(shared): _raw(shared) for shared in every.values()}
        self._remember(Plan(stamp, shown_on(outputs), searched, frames), outputs, keys)

    def remember_edits(
        self, edits: Iterable[Edit], changed: Mapping[str, Output], keys: Mapping[str, str],
        stamp: Stamp,
    ) -> None:  # fmt: skip
        """What came of `exchanged`, published under these keys."""
        searched = dict(self._plan.searched)
        for _, entry in edits:
            url = self._plan.shown_on[entry.shown].url
            searched = {f: found_by(notes, url, entry.search) for f, notes in searched.items()}
        plan = Plan(stamp, self._plan.shown_on, searched, self._plan.frames)
        self._remember(plan, changed, keys)

    def _remember(self, plan: Plan, outputs: Mapping[str, Output], keys: Mapping[str, str]) -> None:
        self._memo.put("blob", {_PLAN: msgpack.encode(plan)})
        rows: dict[bytes, bytes] = {}
        known = self._memo.keys("outputs")
        for path, output in outputs.items():
            recipe = output.recipe
            if isinstance(recipe, Template) and _shows_notes(recipe.context, keys[path]):
                key = _row_key(path, keys[path])
                self._memo.keep("outputs", [key])
                if key not in known:
                    rows[key] = _encoded(output, recipe)
        self._memo.put("outputs", rows)

    def _output(self, path: str, keys: Mapping[str, str]) -> Output:
        """An output of the last build that shows notes whole."""
        row = self._row(path, keys)
        context = {name: _decoders[name].decode(value) for name, value in row.context.items()}
        if "pages" in context:
            context["pages"] = tuple(self._page(each, keys) for each in context["pages"])
        if row.frame not in self._frames:
            frame = self._plan.frames[row.frame].items()
            decoded = {name: _decoders[name].decode(value) for name, value in frame}
            self._frames[row.frame] = {**ABSENT, **decoded}
        recipe = Template(row.template, context, self._frames[row.frame])
        return Output(path, recipe, row.origin, row.generated)

    def _page(self, path: str, keys: Mapping[str, str]) -> Page:
        """What the output at `path` shows."""
        if path not in self._pages:
            self._pages[path] = _pages.decode(self._row(path, keys).context["page"])
        return self._pages[path]

    def _row(self, path: str, keys: Mapping[str, str]) -> _Row:
        key = _row_key(path, keys[path])
        return _rows.decode(self._memo.get("outputs", [key])[key])


def _shows_notes(context: Mapping[str, object], key: str) -> bool:
    """Whether a template is given notes, and mentions them: else its key stays what it is when they
    change, and a row under it would be out of date."""
    return (
        not PAGES.isdisjoint(context)
        and context.keys() <= _NAMES.keys()
        and not PAGES.isdisjoint(own_names(key))
    )


def _frame(shared: Mapping[str, object]) -> str:
    """What tells this frame from the others of the site."""
    site = shared["site"]
    return f"{site.home} {shared['lang']}" if isinstance(site, Site) else ""


def _raw(shared: Mapping[str, object]) -> dict[str, Raw]:
    """What of a frame is not the same in all."""
    own = {n: v for n, v in shared.items() if n not in ABSENT or v is not ABSENT[n]}
    return {name: Raw(msgpack.encode(value)) for name, value in own.items()}


def _encoded(output: Output, recipe: Template) -> bytes:
    context = dict(recipe.context)
    if isinstance(pages := context.get("pages"), tuple):
        context["pages"] = [path_of(page.card.url) for page in pages]
    frame = _frame(recipe.shared)
    return msgpack.encode((recipe.name, output.origin, output.generated, frame, context))


def _row_key(path: str, key: str) -> bytes:
    return blake2b(f"{path}\0{key}".encode(), digest_size=16).digest()
