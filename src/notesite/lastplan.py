"""The memo -> what the last build planned, as far as the edit of a few notes needs it.

An edit after which a note stands as it did (alike.py) needs no index and no plan: the outputs are
those of the last build, with the note exchanged. Each output that shows notes is a row here, under
the key that it was written under, so one that is out of date is not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, msgpack
from msgspec.structs import replace

from notesite.alike import is_alike, retold, stands_alike
from notesite.config import Config
from notesite.exchange import Shown, exchanged, found_by, shown_on
from notesite.keys import own_names
from notesite.memo import Memo
from notesite.model import Entry, Library, Output, Page, Problem, Searched, Template
from notesite.outputrows import (
    RawFrame,
    Row,
    frame_name,
    is_known,
    raw_frame,
    read_frame,
    read_row,
    row_key,
    row_of,
    shows_notes,
)
from notesite.outputs.frame import path_of
from notesite.outputs.search import folder_of, index
from notesite.publish import Left, Stamp
from notesite.ties import Ties, ties

_PLAN = b"plan"


class Plan(Struct, frozen=True, array_like=True):
    """Where notes are shown whole (by how problems name them); the notes that search finds, by the
    folder of their index; what all pages of a language are given; what titles decide over; the keys
    of all rows. The plan was published with this stamp."""

    stamp: Stamp = (0, 0, 0)
    shown_on: dict[str, Shown] = {}
    searched: dict[str, tuple[Searched, ...]] = {}
    frames: dict[str, RawFrame] = {}
    ties: Ties = Ties()
    rows: tuple[bytes, ...] = ()


Edit = tuple[Entry, Entry]  # a note as it was, and as it is
_plans, _pages = msgpack.Decoder(Plan), msgpack.Decoder(Page)


def slight(edits: Iterable[Edit], said: Iterable[Problem]) -> list[Problem] | None:
    """What there is to say after these edits, if the notes stand as they did for index and plan;
    `said` was what there was to say before."""
    for old, new in edits:
        if not stands_alike(old, new) or any(p.level == "error" for p in new.problems):
            return None
        moved = retold(said, old, new)
        if moved is None:
            return None
        said = [*moved, *new.problems]
    return list(said)


class LastPlan:
    """What the memo knows of the last plan, and is told of the next one. A LookupError is what it
    has forgotten."""

    def __init__(self, memo: Memo) -> None:
        self._memo = memo
        row = memo.get("blob", [_PLAN]).get(_PLAN)
        self._plan = _plans.decode(row) if row else Plan()
        self._frames: dict[str, dict[str, object]] = {}
        self._pages: dict[str, Page] = {}  # by their outputs
        self._rows: dict[str, Row] = {}  # by their outputs
        self._keys: Mapping[str, str] = {}  # of the outputs of the last build
        self._ties = self._plan.ties  # after the edits

    def exchanged(self, edits: Sequence[Edit], config: Config, left: Left) -> dict[str, Output]:
        """The outputs that these edits, which are `slight`, change; none if they change what cannot
        be told from here. The last build `left` this."""
        plan, speed, self._keys = self._plan, config.reading_speed, left.keys
        if left.stamp != plan.stamp or not all(new.shown in plan.shown_on for _, new in edits):
            return {}
        wide = [edit for edit in edits if not is_alike(*edit, speed)]
        after: Ties | None = plan.ties
        for old, new in wide:
            after = after.after(old, new, plan.shown_on[new.shown].url) if after else None
        if after is None:
            return {}
        self._ties = after
        shown = {new.shown: plan.shown_on[new.shown] for _, new in edits}
        everywhere = self._find([shown[new.shown].url for _, new in wide]) if wide else set()
        for _, new in wide:
            url, paths = shown[new.shown]
            shown[new.shown] = Shown(url, tuple(sorted(everywhere.union(paths))))
        for url, _ in shown.values():
            self._page(path_of(url))  # else that of another state could be taken for it
        known = {path: self._output(path) for each in shown.values() for path in each.paths}
        for folder, notes in plan.searched.items():
            parts = ((output.path, output) for output in index(folder, notes))
            # where a static file stands in the place of a part, its key is that of a copy
            known |= {path: part for path, part in parts if self._keys[path].startswith("search=")}
        changed: dict[str, Output] = {}
        for old, new in edits:
            changed |= exchanged(known | changed, shown[new.shown], old, new, speed)
        return changed

    def remember(
        self, outputs: Mapping[str, Output], keys: Mapping[str, str], stamp: Stamp,
        library: Library, config: Config,
    ) -> None:  # fmt: skip
        """The plan of a build whose outputs are published under these keys."""
        searched = {
            folder_of(each.home): each.searched for each in library.languages if config.search
        }
        recipes = [o.recipe for o in outputs.values() if isinstance(o.recipe, Template)]
        every = {id(recipe.shared): recipe.shared for recipe in recipes if recipe.shared}
        frames = {frame_name(shared): raw_frame(shared) for shared in every.values()}
        told = all(map(is_known, recipes))
        held = ties(library, config) if told else Ties()
        self._remember(Plan(stamp, shown_on(outputs), searched, frames, held), outputs, keys)

    def remember_edits(
        self, edits: Iterable[Edit], changed: Mapping[str, Output], keys: Mapping[str, str],
        stamp: Stamp,
    ) -> None:  # fmt: skip
        """What came of `exchanged`, published under these keys."""
        plan, searched = self._plan, self._plan.searched
        for _, entry in edits:
            url = plan.shown_on[entry.shown].url
            searched = {f: found_by(notes, url, entry) for f, notes in searched.items()}
        gone = {row_key(p, self._keys[p]) for p in changed if keys[p] != self._keys[p]}
        self._memo.drop("outputs", gone)
        rows = tuple(key for key in plan.rows if key not in gone)
        after = replace(plan, stamp=stamp, searched=searched, ties=self._ties, rows=rows)
        self._remember(after, changed, keys)

    def _remember(self, plan: Plan, outputs: Mapping[str, Output], keys: Mapping[str, str]) -> None:
        rows: dict[bytes, bytes] = {}
        known, kept = self._memo.keys("outputs"), set(plan.rows)
        for path, output in outputs.items():
            recipe = output.recipe
            if isinstance(recipe, Template) and shows_notes(recipe):
                key = row_key(path, keys[path])
                kept.add(key)
                if key not in known:
                    rows[key] = row_of(output, recipe)
        self._memo.keep("outputs", kept)
        self._memo.put("outputs", rows)
        self._memo.put("blob", {_PLAN: msgpack.encode(replace(plan, rows=tuple(sorted(kept))))})

    def _find(self, urls: Iterable[str]) -> set[str]:
        """The outputs that show what is at one of these site paths, perhaps with a few that show
        what is below it."""
        rows = self._memo.get("outputs", self._plan.rows)
        if len(rows) < len(self._plan.rows):
            raise LookupError("an output of the last plan")
        parts = [url.lstrip("/").encode() for url in urls]  # as in the paths of outputs
        found = [read_row(row) for row in rows.values() if any(part in row for part in parts)]
        self._rows.update({row.path: row for row in found})
        return {row.path for row in found}

    def _output(self, path: str) -> Output:
        """An output of the last build that shows notes."""
        row = self._row(path)
        context = row.names
        if "pages" in context:
            context["pages"] = tuple(map(self._page, context["pages"]))
        if "listing" in context:
            context["listing"] = tuple(self._page(each).card for each in context["listing"])
        if row.frame not in self._frames:
            self._frames[row.frame] = read_frame(self._plan.frames[row.frame])
        recipe = Template(row.template, context, self._frames[row.frame])
        return Output(path, recipe, row.origin, row.generated)

    def _page(self, path: str) -> Page:
        """What the output at `path` shows."""
        if path not in self._pages:
            if "page" not in own_names(self._keys[path]):  # then its key is the same for another
                raise LookupError(path)
            self._pages[path] = _pages.decode(self._row(path).context["page"])
        return self._pages[path]

    def _row(self, path: str) -> Row:
        if path not in self._rows:
            key = row_key(path, self._keys[path])
            self._rows[path] = read_row(self._memo.get("outputs", [key])[key])
        return self._rows[path]
