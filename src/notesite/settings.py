"""notesite.yaml -> Config and what is wrong with it.

An unknown setting is an error that names the nearest known one; every problem is one of the frame.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct
from msgspec.structs import replace

from notesite import fields
from notesite.config import (
    FILE_NAME,
    Cards,
    Config,
    Excerpt,
    Feeds,
    Highlight,
    Images,
    Imports,
    Language,
    Links,
    Listing,
    Markdown,
    Math,
    ReadingSpeed,
)
from notesite.decode import decode
from notesite.fields import Reader
from notesite.model import Link
from notesite.nodes import FieldError, Node, read_yaml
from notesite.problems import Location, Problem, with_source_lines


def load_config(
    root: Path,
    config_file: Path | None = None,
    base_url: str | None = None,
    read: Callable[[str], Node] = read_yaml,
) -> tuple[Config, tuple[Problem, ...]]:
    """The settings of the site at `root`; a site without a settings file has the default ones."""
    file = root / (config_file or FILE_NAME)
    shown = os.path.relpath(file, root)
    config = Config()
    problems: tuple[Problem, ...] = ()
    try:
        config, problems = read_config(decode(file.read_bytes()), shown, read)
    except FileNotFoundError:
        if config_file is not None:
            problems = (_frame("the settings file does not exist", shown, "check --config"),)
    except OSError as error:
        problems = (_frame(f"the settings cannot be read: {error.strerror}", shown),)
    except FieldError as error:
        where = Location(shown, error.line, error.column)
        problems = (Problem("error", error.message, where, error.hint, frame=True),)
    try:
        config = config if base_url is None else with_base_url(config, base_url)
    except FieldError as error:
        problems = (*problems, _frame(error.message, "--base-url", error.hint))
    return replace(config, title=config.title or root.resolve().name), problems


def read_config(
    text: str, shown: str, read: Callable[[str], Node] = read_yaml
) -> tuple[Config, tuple[Problem, ...]]:
    """The settings; each problem is an error of the frame: with one, nothing is published."""
    errors: list[FieldError] = []
    config = Config()
    try:
        config = Config(**_values(read(text), _READERS, errors))
    except FieldError as error:
        errors.append(error)
    problems = [
        Problem("error", e.message, Location(shown, e.line, e.column), e.hint, frame=True)
        for e in errors
    ]
    return config, with_source_lines(problems, lambda path: text)


def with_base_url(config: Config, base_url: str) -> Config:
    """The settings under another base URL, as `--base-url` asks. Raises FieldError if it is not
    one."""
    return replace(config, base_url=_base_url(Node("scalar", 0, 0, base_url)))


def _frame(message: str, path: str, hint: str = "") -> Problem:
    return Problem("error", message, Location(path), hint, frame=True)


# --- readers of single settings -------------------------------------------------------------------


def _base_url(node: Node) -> str:
    """With one slash at its end, and its path escaped."""
    url = fields.text(node).strip()
    if not url:
        return ""
    wrong = node.error(f"`{url}` is not the URL of a site", "write https://example.org/ or …/repo/")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # reading the port is what checks it
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise wrong
    path = quote(unquote(parts.path).rstrip("/"), safe="/:@!$&'()*+,;=~-._")
    return f"{parts.scheme}://{parts.netloc}{path}/"


def _timezone(node: Node) -> str:
    try:
        return ZoneInfo(fields.text(node)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "write a name such as Asia/Tokyo or UTC"
        raise node.error(f"the time zone `{node.text}` is not known", hint) from None


def _folder(node: Node) -> str:
    folder = fields.text(node).strip().rstrip("/")
    if not folder:
        raise node.error("the name of a folder is expected here")
    return folder


def _menu(node: Node) -> tuple[Link, ...]:
    if node.empty:
        return ()
    if node.kind != "list":
        raise node.error("a list is expected here", "write: - {title: Tags, url: /tags/}")
    links = []
    for item in node.items:
        entry = dict(fields.pairs(item))
        if set(entry) != {"title", "url"}:
            raise item.error(
                "an entry of the menu has a title and a url", "{title: Tags, url: /tags/}"
            )
        links.append(Link(entry["title"], entry["url"]))
    return tuple(links)


def _taxonomies(node: Node) -> tuple[str, ...]:
    found = fields.names(node)
    for name in found:
        if name not in ("tags", "categories", "series"):
            raise node.error(f"there is no taxonomy `{name}`", "known: tags, categories, series")
    return found


def _languages(node: Node) -> tuple[tuple[str, Language], ...]:
    """`{en: {title: …}, ja: …}`; where none has settings of its own, `[en, ja]` says the same."""
    if node.kind == "list":
        return tuple((fields.language(item), Language()) for item in node.items)
    if node.kind != "map":
        raise node.error("a map of languages is expected here", "write: en: {title: My notes}")
    found = []
    errors: list[FieldError] = []
    for key, value in node.entries:
        own = _values(value, _OF_LANGUAGE, errors, f"languages.{key.text}.")
        found.append((fields.language(key), Language(**own)))
    if errors:
        raise errors[0]
    return tuple(found)


_text, _flag = fields.text, fields.flag
_OF_LANGUAGE: dict[str, Reader | dict[str, Reader]] = {
    "name": _text, "title": _text, "description": _text, "author": _text, "menu": _menu,
    "date_format": _text,
}  # fmt: skip
_READERS: dict[str, Reader | dict[str, Reader]] = {
    "title": _text, "description": _text, "author": _text, "language": fields.language,
    "timezone": _timezone, "base_url": _base_url, "notes": _folder, "output": _folder,
    "ignore": fields.texts, "permalinks": fields.pairs, "menu": _menu, "date_format": _text,
    "taxonomies": _taxonomies, "search": _flag, "graph": _flag, "extension": _text,
    "languages": _languages,
    "listing": {"per_page": fields.whole(1, 1000)},
    "excerpt": {"width": fields.whole(20, 100_000)},
    "reading_speed": dict.fromkeys(ReadingSpeed.__struct_fields__, fields.number),
    "feeds": {"limit": fields.whole(1, 1000), "full_text": _flag},
    "math": {
        "macros": fields.pairs, "numbering": fields.one_of("labelled", "all", "none"),
        "output": fields.one_of("htmlAndMathml", "html", "mathml"), "double_backslash": _flag,
    },
    "markdown": {
        "soft_breaks": fields.one_of("cjk", "keep", "break"), "typographer": _flag, "html": _flag,
    },
    "highlight": {"light": _text, "dark": _text},
    "links": {"unwritten_pages": _flag, "inline_tags": _flag, "unasked": fields.texts},
    "images": {"resize": _flag},
    "cards": {"font": _text},
    "imports": {"callouts": fields.pairs},
}  # fmt: skip

_GROUPS: dict[str, type[Struct]] = {
    "listing": Listing, "excerpt": Excerpt, "reading_speed": ReadingSpeed, "feeds": Feeds,
    "math": Math, "markdown": Markdown, "highlight": Highlight, "links": Links,
    "images": Images, "cards": Cards, "imports": Imports,
}  # fmt: skip


def _values(
    node: Node,
    readers: Mapping[str, Reader | dict[str, Reader]],
    errors: list[FieldError],
    within: str = "",
) -> dict[str, Any]:
    """The settings of one map by name; what is wrong goes to `errors`."""
    values: dict[str, Any] = {}
    if node.empty:
        return values
    if node.kind != "map":
        name = within.removesuffix(".")
        errors.append(node.error(f"`{name}` holds settings: `name: value` lines"))
        return values
    for key, value in node.entries:
        reader = readers.get(key.text)
        if reader is None:
            hint = _suggestion(key.text, readers)
            errors.append(key.error(f"there is no setting `{within}{key.text}`", hint))
        elif isinstance(reader, dict):
            group = _values(value, reader, errors, f"{key.text}.")
            values[key.text] = _GROUPS[key.text](**group)
        elif not (value.empty and key.text != "menu"):  # `title:` alone means the default
            try:
                values[key.text] = reader(value)
            except FieldError as error:
                errors.append(error)
    return values


def _suggestion(name: str, readers: Mapping[str, Reader | dict[str, Reader]]) -> str:
    """The nearest known setting, or the group that has one of this name."""
    if near := fields.nearest(name, list(readers)):
        return f"did you mean `{near}`?"
    for group, inner in readers.items():
        if isinstance(inner, dict) and name in inner:
            return f"it belongs to `{group}`: {group}: {{{name}: …}}"
    return f"known here: {', '.join(readers)}"
