"""YAML text -> `Node`.

Safe by construction: nodes are built from the C parser's events one by one, so nothing recurses in
C (its composer dies of 50,000 `[`), and anchors, aliases and tags, which make YAML bombs, are
refused.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml._yaml import CParser

from notesite.nodes import MAX_DEPTH, MAX_LENGTH, FieldError, Node, scalar, too_long


def read(text: str, first_line: int = 1) -> Node:
    """As `nodes.read_yaml`."""
    if len(text) > MAX_LENGTH:
        raise too_long(first_line)
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
        return scalar(event.value, (line, column), event.style not in (None, ""))
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(event := events.next(), yaml.SequenceEndEvent):
            items.append(_node(events, event, depth + 1))
        return Node("list", line, column, items=tuple(items))
    return Node("map", line, column, entries=_entries(events, depth))


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
