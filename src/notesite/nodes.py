"""`Node`: a text, a list or a map of YAML or TOML, with its place; every error knows its line and
column.

What reads the one and the other is imported when there is something to read: the settings that a
build has met before are not read again, and PyYAML takes as long to import as a small scan.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

MAX_LENGTH = 64 * 1024  # characters of one block
MAX_DEPTH = 20
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
    """The map that a block of YAML holds; `first_line` is where the block starts in its file.
    Raises FieldError."""
    from notesite.yaml_nodes import read

    return read(text, first_line)


def read_toml(text: str, first_line: int = 1) -> Node:
    """The map that a block of TOML holds. A value's place is that of its key, where that is plain
    to see. Raises FieldError."""
    from notesite.toml_nodes import read

    return read(text, first_line)


def too_long(first_line: int) -> FieldError:
    """What is wrong with a block of more than MAX_LENGTH characters."""
    return FieldError(f"more than {MAX_LENGTH // 1024} KiB of settings", first_line, 1)


def scalar(text: str, place: tuple[int, int], quoted: bool) -> Node:
    """A value or key; its escapes are decoded, and may have hidden a control character."""
    if bad := CONTROLS.search(text):
        message = f"the control character U+{ord(bad[0]):04X} cannot stand here"
        raise FieldError(message, *place, "delete its escape")
    return Node("scalar", *place, text, quoted)
