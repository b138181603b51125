"""Pages of Scrapbox -> notes: text to text, without I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from notesite.imports import front_matter
from notesite.imports.file_names import SUFFIX, FileNames
from notesite.imports.imported import Imported, Made
from notesite.imports.scrapbox import lines, page
from notesite.imports.scrapbox.export import Page, page_location
from notesite.imports.scrapbox.phrases import Link
from notesite.problems import Problem

_NO_NAMES: Mapping[str, str] = {}
# What double brackets take for a heading or a label. Its wide twin is found all the same: links are
# looked up without regard to width.
_WIDE = {ord("#"): "＃", ord("|"): "｜"}


def notes(
    pages: Sequence[Page],
    shown: str,
    zone: tzinfo,
    *,
    section: str = "",
    known: Mapping[str, str] = _NO_NAMES,
) -> Made:
    """The pages as notes of `section` (a folder below the notes, or ""), dates in `zone`.

    `known` are the paths that pages have from an earlier import, by source: a page keeps its file,
    also under a new title.
    """
    paths = _paths(pages, section, known)
    link = _linker({p.title: paths[p.source].removesuffix(SUFFIX) for p in pages})
    found, problems = [], []
    for one in pages:
        body = page.body(lines.blocks(one.lines[1:]), link)
        text = _front(one, zone, body.tags) + body.text
        found.append(Imported(paths[one.source], text.encode(), one.source))
        for remark in body.remarks:
            where = page_location(shown, one.title, remark.line, remark.column)
            source_line = one.lines[remark.line - 1]
            problems.append(Problem("note", remark.message, where, source_line=source_line))
    return Made(tuple(found), tuple(problems))


def _front(one: Page, zone: tzinfo, tags: Sequence[str]) -> str:
    created = one.created.astimezone(zone) if one.created else None
    updated = one.updated.astimezone(zone) if one.updated else None
    return front_matter.block(one.title, created, updated, tags)


def _paths(pages: Sequence[Page], section: str, known: Mapping[str, str]) -> dict[str, str]:
    """Source -> path of its note."""
    stems = [path.rpartition("/")[2].removesuffix(SUFFIX) for path in known.values()]
    names = FileNames(stems)
    folder = f"{section}/" if section else ""
    return {
        one.source: known.get(one.source) or f"{folder}{names.give(one.title)}{SUFFIX}"
        for one in pages
    }


def _linker(paths: Mapping[str, str]) -> Link:
    """Links in double brackets; `paths` are those of the pages that exist, by title."""
    titles = {_key(title): title for title in paths}

    def link(title: str, label: str) -> str:
        target = titles.get(_key(title), title)
        shown = label or title
        if re.search(r"[#|]", target):
            target = paths.get(target) or target.translate(_WIDE)
        return f"[[{target}]]" if shown == target else f"[[{target}|{shown}]]"

    return link


def _key(title: str) -> str:
    """What Scrapbox looks at when it follows a link."""
    return title.replace(" ", "_").lower()
