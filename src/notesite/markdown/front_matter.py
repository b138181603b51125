"""The text of a note -> its FrontMatter, the body with the block blanked out, and problems.

YAML between `---`, TOML between `+++`. Keys of other generators are known (SPEC 2); what is not
ours is kept as `extra`.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from notesite import fields
from notesite.fields import Reader
from notesite.model import FrontMatter
from notesite.nodes import FieldError, Node, read_toml, read_yaml
from notesite.problems import Level, Location, Problem

# Wrong values of these keys would publish a note that should not be, or somewhere else: errors.
_STRICT = {"date", "updated", "publish_date", "draft", "slug", "permalink", "redirect_from"}

_PATHS = {"slug", "permalink", "redirect_from"}  # "" is no path; elsewhere it says nothing

_ALIASES = {
    "created": "date", "lastmod": "updated", "modified": "updated", "last_modified_at": "updated",
    "publishDate": "publish_date", "excerpt": "summary", "topics": "tags", "tag": "tags",
    "category": "categories", "url": "permalink", "pin": "pinned", "featured": "pinned",
    "alias": "aliases", "authors": "author", "cover": "image", "layout": "template",
    "published": "draft", "publish": "draft", "status": "draft",
    "translationKey": "translation_key",
}  # fmt: skip

_FENCES = {"---": "YAML", "+++": "TOML"}


def split(text: str) -> tuple[str, str, int]:
    """(kind, block, lines): the front matter's kind ("YAML", "TOML", ""), its text, and how many
    lines it takes with its fences. Raises FieldError if the block is not closed."""
    fence, _, rest = text.partition("\n")
    kind = _FENCES.get(fence.rstrip(" \t"))
    if kind is None:
        return "", "", 0
    fence = fence.rstrip(" \t")
    ends = (fence, "...") if kind == "YAML" else (fence,)
    lines = rest.split("\n")
    for number, line in enumerate(lines):
        if line.rstrip(" \t") in ends:
            return kind, "\n".join(lines[:number]), number + 2
    if kind == "YAML" and not re.match(r"\s*[\w-]+\s*[:：]|\s*#", lines[0]):
        return "", "", 0  # a thematic break at the top of a note
    raise FieldError(
        f"the front matter is not closed: a second line `{fence}` is missing", 1, 1,
        f"write {fence} on a line of its own below the last key",
    )  # fmt: skip


def read(text: str, path: str, shown: str, zone: tzinfo) -> tuple[FrontMatter, str, list[Problem]]:
    """The front matter, the text with that block as empty lines (so that lines keep their numbers),
    and problems; one of level error means that the note must be left out."""
    try:
        kind, block, count = split(text)
        node = read_toml(block, 2) if kind == "TOML" else read_yaml(block, 2) if kind else None
    except FieldError as error:
        return FrontMatter(), text, [_problem("error", error, shown)]
    body = (
        "\n" * count + text.split("\n", count)[count] if count and text.count("\n") >= count else ""
    )
    if not count:
        body = text
    values, problems = _values(node, shown, _readers(zone)) if node else ({}, [])
    if "date" not in values and (day := _date_of_name(path, zone)):
        values["date"] = day
    return FrontMatter(**values), body, problems


def name_without_date(name: str) -> str:
    """`2024-01-05-title` -> `title`; a name that is only a date stays."""
    return re.sub(r"^\d{4}-\d{2}-\d{2}[-_ ]?(?=.)", "", name)


def own_name(path: str) -> str:
    """What a note is called: its folder's name if it is an `index.md` or `_index.md`, in any case
    (`""` at the top), else the file's, without its suffix."""
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem.lower() in ("index", "_index") else pure.stem


def _date_of_name(path: str, zone: tzinfo) -> datetime | None:
    found = re.match(r"(\d{4})-(\d{2})-(\d{2})(?!\d)", own_name(path))
    if not found:
        return None
    year, month, day = map(int, found.groups())
    try:
        return datetime(year, month, day, tzinfo=zone)
    except ValueError:
        return None


def _values(
    node: Node, shown: str, readers: dict[str, Reader]
) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    extra: list[tuple[str, object]] = []
    places: list[tuple[str, int, int]] = []
    problems: list[Problem] = []
    for key, value in node.entries:
        name = _ALIASES.get(key.text, key.text)
        if name not in readers:
            extra.append((key.text, fields.plain(value)))
            near = fields.nearest(key.text, [*readers, *_ALIASES])
            if near and _one_edit(near, key.text):
                error = key.error(f"the key `{key.text}` is not known", f"did you mean `{near}`?")
                problems.append(_problem("note", error, shown))
            continue
        if value.empty or (_blank(value) and name not in _PATHS):
            continue
        try:
            found = _read_draft(key.text, value) if name == "draft" else readers[name](value)
        except FieldError as error:
            level: Level = "error" if name in _STRICT else "warning"
            problems.append(_problem(level, error, shown))
            continue
        places.append((name, value.line, value.column))
        _put(values, name, found, own=key.text == name)
    if "date.updated" in values:
        values.setdefault("updated", values.pop("date.updated"))
    return values | {"extra": tuple(extra), "places": tuple(places)}, problems


def _blank(node: Node) -> bool:
    """`summary: ""`, as templates for new notes have it: nothing is said."""
    return node.kind == "scalar" and not node.text.strip()


def _put(values: dict[str, Any], name: str, found: Any, own: bool) -> None:
    """Two spellings of one key: the key's own name wins over an alias, but either makes a draft."""
    if name == "draft":
        values["draft"] = values.get("draft", False) or found
    elif name == "math":
        values["macros"] = found
    elif isinstance(found, dict):  # date: {created: …, updated: …}, as Material's blog has it
        values.update(found)
    elif own or name not in values:
        values[name] = found


def _read_draft(key: str, node: Node) -> bool:
    if key == "status":
        return fields.text(node).strip().lower() in ("draft", "private", "hidden", "skip")
    return fields.flag(node) if key == "draft" else not fields.flag(node)


@lru_cache(maxsize=8)
def _readers(zone: tzinfo) -> dict[str, Reader]:
    text, flag, moment = fields.text, fields.flag, fields.moment(zone)

    def date(node: Node) -> Any:
        if node.kind != "map":
            return moment(node)
        keys = {"created": "date", "updated": "date.updated"}
        return {keys[key.text]: moment(value) for key, value in node.entries if key.text in keys}

    return {
        "title": text, "date": date, "updated": moment, "publish_date": moment, "slug": _slug,
        "permalink": _path, "tags": fields.names, "categories": fields.names,
        "series": fields.names, "aliases": _aliases, "redirect_from": _paths, "draft": flag,
        "listed": flag, "pinned": flag, "weight": fields.whole(-1_000_000),
        "lang": fields.language, "author": _author, "description": text, "summary": text,
        "image": _image, "template": text, "toc": flag, "math": _math, "translation_key": text,
    }  # fmt: skip


def _slug(node: Node) -> str:
    slug = fields.text(node).strip().strip("/")
    if not slug or "/" in slug:
        raise node.error(
            "a slug is one part of a path, without `/`", "use `permalink` for a whole path"
        )
    _path(node, ":?")
    return fields.unquoted(slug)


def _path(node: Node, refused: str = ":?#") -> str:
    """A site path; whatever its escapes hide is decoded before it is judged."""
    path = fields.unquoted(fields.text(node).strip())
    parts = path.split("/")
    if not path.strip("/") or ".." in parts or "." in parts or "\\" in path or "\0" in path:
        raise node.error(f"`{node.text}` is not a path of this site", "write /section/name/")
    if set(refused) & set(path) or path.startswith("//"):
        raise node.error(f"`{node.text}` is not a path of this site", "write /section/name/")
    return path


def _paths(node: Node) -> tuple[str, ...]:
    return tuple(_path(item) for item in (node.items if node.kind == "list" else (node,)))


def _aliases(node: Node) -> tuple[str, ...]:
    """Names for links; one that is written as a path (`/old/`, `old/`, `old.html`) begins with `/`
    here, and redirects."""
    if node.empty:
        return ()
    found = []
    for item in node.items if node.kind == "list" else (node,):
        name = fields.text(item).strip()
        is_path = name.startswith("/") or name.endswith(("/", ".html", ".htm"))
        found.append("/" + _path(item).lstrip("/") if is_path else name)
    return tuple(name for name in found if name)


def _author(node: Node) -> str:
    return ", ".join(fields.texts(node))


def _image(node: Node) -> str:
    """A path or URL; `cover: {image: …}` (PaperMod) is one too."""
    if node.kind == "map":
        return next(
            (fields.text(v) for k, v in node.entries if k.text in ("image", "src", "url")), ""
        )
    return fields.text(node)


def _math(node: Node) -> tuple[tuple[str, str], ...]:
    """`math: {macros: …}`; `math: true` is how other generators switch KaTeX on."""
    if node.kind == "scalar":
        return ()
    if node.kind == "map":
        for key, value in node.entries:
            if key.text == "macros":
                return fields.pairs(value)
    return ()


def _one_edit(one: str, other: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours makes one the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _problem(level: Level, error: FieldError, shown: str) -> Problem:
    return Problem(level, error.message, Location(shown, error.line, error.column), error.hint)
