"""TOML text -> `Node`."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from notesite.nodes import MAX_DEPTH, MAX_LENGTH, FieldError, Node, scalar, too_long

MAX_INTEGER = 2**63  # what TOML asks for

# `a.a.a.…`: tomllib takes a second for 10,000 parts, and four for 20,000
_DEEP_KEY = re.compile(
    rf"""^[ \t]*\[{{0,2}}[ \t]*(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{MAX_DEPTH}}}""",
    re.MULTILINE,
)


def read(text: str, first_line: int = 1) -> Node:
    """As `nodes.read_toml`."""
    if len(text) > MAX_LENGTH:
        raise too_long(first_line)
    if deep := _DEEP_KEY.search(text):
        at = text.count("\n", 0, deep.end()) + first_line, 1
        raise FieldError(f"nested more than {MAX_DEPTH} levels deep", *at)
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
            entries.append((scalar(key, place, True), node))
        return Node("map", *at, entries=tuple(entries))
    if isinstance(value, list):
        items = (_from_python(item, places, at, depth + 1) for item in value)
        return Node("list", *at, items=tuple(items))
    if isinstance(value, bool):
        return Node("scalar", *at, "true" if value else "false")
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise FieldError("this number is too long", *at, "put it in quotes")
    return scalar(value if isinstance(value, str) else str(value), at, isinstance(value, str))
