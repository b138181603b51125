"""YAML or TOML text -> `Node`: text with its place; every error knows its line and column.

Safe by construction: nodes are built from the C parser's events one by one, so nothing recurses in
C (its composer dies of 50,000 `[`), and anchors, aliases and tags, which make YAML bombs, are
refused.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import yaml
from msgspec import Struct
from yaml._yaml import CParser

MAX_LENGTH = 64 * 1024  # characters of one block
MAX_DEPTH = 20
MAX_INTEGER = 2**63  # what TOML asks for
CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f]")  # no text holds them, escaped or not


class FieldError(Exception):
    """A value that cannot be read, with its place in the file (from 1)."""

    def __init__(self, message: str, line: int, column: int, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.line, self.column, self.hint = message, line, column, hint


class Node(Struct, frozen=True):
    """A scalar (`text`), a list (`items`) or a map (`entries`: key -> value) at a line and
    column."""

    kind: Literal["scalar", "list", "map"]
    line: int
    column: int
    text: str = ""
    quoted: bool = False
    items: tuple[Node, ...] = ()
    entries: tuple[tuple[Node, Node], ...] = ()

    @property
    def empty(self) -> bool:
        """True for `key:` with nothing after it, `~` and `null`."""
        return self.kind == "scalar" and not self.quoted and self.text in ("", "~", "null", "Null")

    def error(self, message: str, hint: str = "") -> FieldError:
        return FieldError(message, self.line, self.column, hint)


def read_yaml(text: str, first_line: int = 1) -> Node:
    """The map that a block of YAML holds; `first_line` is where the block starts in its file."""
    if len(text) > MAX_LENGTH:
        raise FieldError(f"more than {MAX_LENGTH // 1024} KiB of settings", first_line, 1)
    try:  # the parser alone: a loader would first make tables for what nothing is made of here
        root = _document(_Events(CParser(text), first_line))
    except yaml.MarkedYAMLError as error:
        raise _explained(error, text, first_line) from None
    except yaml.YAMLError as error:  # e.g. a character that YAML does not allow
        raise FieldError(str(error).partition("\n")[0], first_line, 1) from None
    if root is None:
        return Node("map", first_line, 1)
    if root.kind != "map":
        raise root.error("this is not a list of `key: value` lines", _colon_hint(root.text))
    return root


class _Events:
    """The parser's events, one at a time, with lines counted in the file."""

    def __init__(self, parser: CParser, first_line: int) -> None:
        self.next = parser.get_event
        self.first_line = first_line

    def place(self, event: Any) -> tuple[int, int]:
        mark = event.start_mark
        return mark.line + self.first_line, mark.column + 1


def _document(events: _Events) -> Node | None:
    events.next()  # StreamStart
    event = events.next()
    if isinstance(event, yaml.StreamEndEvent):
        return None
    root = _node(events, events.next(), 1)
    events.next()  # DocumentEnd
    event = events.next()
    if not isinstance(event, yaml.StreamEndEvent):
        raise FieldError("a second YAML document starts here", *events.place(event))
    return root


def _node(events: _Events, event: Any, depth: int) -> Node:
    line, column = events.place(event)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise FieldError(
            "YAML anchors and aliases (`&`, `*`) are not supported", line, column,
            "if the value begins with this character, put it in quotes",
        )  # fmt: skip
    if getattr(event, "tag", None) not in (None, "!"):
        raise FieldError(
            "YAML tags (`!`) are not supported", line, column,
            "if the value begins with this character, put it in quotes",
        )  # fmt: skip
    if depth > MAX_DEPTH:
        raise FieldError(f"nested more than {MAX_DEPTH} levels deep", line, column)
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event.value, (line, column), event.style not in (None, ""))
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(event := events.next(), yaml.SequenceEndEvent):
            items.append(_node(events, event, depth + 1))
        return Node("list", line, column, items=tuple(items))
    return Node("map", line, column, entries=_entries(events, depth))


def _scalar(text: str, place: tuple[int, int], quoted: bool) -> Node:
    """A value or key; its escapes are decoded, and may have hidden a control character."""
    if bad := CONTROLS.search(text):
        message = f"the control character U+{ord(bad[0]):04X} cannot stand here"
        raise FieldError(message, *place, "delete its escape")
    return Node("scalar", *place, text, quoted)


def _entries(events: _Events, depth: int) -> tuple[tuple[Node, Node], ...]:
    entries = []
    seen: dict[str, int] = {}
    while not isinstance(event := events.next(), yaml.MappingEndEvent):
        key = _node(events, event, depth + 1)
        if key.kind != "scalar":
            raise key.error("a key must be a word", "put text that begins with [ or { in quotes")
        if key.text in seen:
            raise key.error(f"the key `{key.text}` stands twice, first on line {seen[key.text]}")
        seen[key.text] = key.line
        entries.append((key, _node(events, events.next(), depth + 1)))
    return tuple(entries)


def _explained(error: yaml.MarkedYAMLError, text: str, first_line: int) -> FieldError:
    """A YAML error in an author's words: the usual slips are known by the line they are on."""
    mark = error.problem_mark or error.context_mark
    assert mark is not None
    lines = text.split("\n")
    number = min(mark.line, len(lines) - 1)
    line, column = lines[number], mark.column + 1
    place = (mark.line + first_line, column)
    # a bracket or quote that stays open is noticed only later: point at the line that opened it
    opened = error.context_mark
    if opened is not None and opened.line != mark.line and "flow" in str(error.context):
        number, place = opened.line, (opened.line + first_line, opened.column + 1)
        line = lines[number]
    key, colon, value = line.partition(":")
    value = value.strip()
    if line[: len(line) - len(line.lstrip())].count("\t") or "\\t" in str(error.problem):
        return FieldError("a tab cannot indent YAML", place[0], line.find("\t") + 1, "use spaces")
    if (colon and value[:1] in ("[", "{", "@", "`", "%", '"', "'", "&", "*", "!")) or ": " in value:
        return FieldError(
            f"this YAML cannot be read ({error.problem})", *place,
            f"put the value in quotes: {key.strip()}: '{value.strip(chr(39))}'",
        )  # fmt: skip
    return FieldError(f"this YAML cannot be read ({error.problem})", *place, _colon_hint(line))


def _colon_hint(line: str) -> str:
    if re.search(r"^\s*[\w-]+\s*：|^\s*[\w-]+:　", line):
        return "use a half-width colon and space after the key: `key: value`"
    return "each line is `key: value`, with a space after the colon"


# `a.a.a.…`: tomllib takes a second for 10,000 parts, and four for 20,000
_DEEP_KEY = re.compile(
    rf"""^[ \t]*\[{{0,2}}[ \t]*(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{MAX_DEPTH}}}""",
    re.MULTILINE,
)


def read_toml(text: str, first_line: int = 1) -> Node:
    """The map that a block of TOML holds. A value's place is that of its key, where that is plain
    to see."""
    if len(text) > MAX_LENGTH:
        raise FieldError(f"more than {MAX_LENGTH // 1024} KiB of settings", first_line, 1)
    if deep := _DEEP_KEY.search(text):
        at = text.count("\n", 0, deep.end()) + first_line, 1
        raise FieldError(f"nested more than {MAX_DEPTH} levels deep", *at)
    import tomllib  # which few notes need

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"^(.*) \(at line (\d+), column (\d+)\)$", str(error))
        end = text.count("\n") + 1, len(text) - text.rfind("\n")
        message, line, column = found.groups() if found else (str(error), *end)
        place = int(line) + first_line - 1, int(column)
        raise FieldError(f"this TOML cannot be read ({message})", *place) from None
    except RecursionError:
        raise FieldError(f"nested more than {MAX_DEPTH} levels deep", first_line, 1) from None
    except ValueError:  # of int(): Python reads no more than 4,300 digits
        raise FieldError("a number is too long", first_line, 1, "put it in quotes") from None
    places: dict[str, tuple[int, int]] = {}
    for number, line_text in enumerate(text.split("\n")):
        if found := re.match(r"""\s*\[*\s*["']?([\w-]+)["']?\s*[=\].]\s*""", line_text):
            places.setdefault(found[1], (number + first_line, found.end() + 1))
    return _from_python(table, places, (first_line, 1))


def _from_python(
    value: Any, places: dict[str, tuple[int, int]], at: tuple[int, int], depth: int = 1
) -> Node:
    if depth > MAX_DEPTH:
        raise FieldError(f"nested more than {MAX_DEPTH} levels deep", *at)
    if isinstance(value, dict):
        entries = []
        for key, item in value.items():
            place = places.get(key, at)
            node = _from_python(item, places, place, depth + 1)
            entries.append((_scalar(key, place, True), node))
        return Node("map", *at, entries=tuple(entries))
    if isinstance(value, list):
        items = (_from_python(item, places, at, depth + 1) for item in value)
        return Node("list", *at, items=tuple(items))
    if isinstance(value, bool):
        return Node("scalar", *at, "true" if value else "false")
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise FieldError("this number is too long", *at, "put it in quotes")
    return _scalar(value if isinstance(value, str) else str(value), at, isinstance(value, str))
