"""`Node` -> typed value: readers of strings, flags, numbers, dates, lists.

A node keeps the text as written, so its *key* decides the type: `tags: [2024, no, 1.10]` are three
strings and `draft: no` is a flag, whatever YAML 1.1 thinks of them. A reader raises FieldError at
the value's place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from urllib.parse import unquote

from notesite.nodes import Node

DATE_FORMS = "2024-01-31, 2024-01-31 09:30 or 2024-01-31T09:30:00+09:00"

Reader = Callable[[Node], Any]


def text(node: Node) -> str:
    """A string, as written."""
    if node.kind != "scalar":
        raise node.error("text is expected here", "put text that begins with [ or { in quotes")
    return "" if node.empty else node.text


def flag(node: Node) -> bool:
    """yes or no, in any of YAML's spellings, also in quotes."""
    word = text(node).strip().lower()
    if word in ("true", "yes", "on", "y"):
        return True
    if word in ("false", "no", "off", "n"):
        return False
    raise node.error(f"`{node.text}` is neither true nor false")


def whole(minimum: int = 0, maximum: int = 1_000_000) -> Reader:
    """A reader of whole numbers between two bounds."""

    def read(node: Node) -> int:
        if re.fullmatch(r"[+-]?[0-9]{1,9}", text(node).strip()):
            number = int(node.text)
            if minimum <= number <= maximum:
                return number
        raise node.error(f"a whole number from {minimum} to {maximum} is expected here")

    return read


def number(node: Node) -> float:
    """A number above zero, with or without a decimal part."""
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text(node).strip()) and float(node.text) > 0:
        return float(node.text)
    raise node.error("a number above zero is expected here")


def one_of(*choices: str) -> Reader:
    """A reader of one of a few words."""

    def read(node: Node) -> str:
        if (word := text(node)) in choices:
            return word
        near = nearest(word, choices)
        hint = f"did you mean `{near}`?" if near else ""
        raise node.error(f"`{word}` is not one of {', '.join(choices)}", hint)

    return read


def language(node: Node) -> str:
    """The tag of a language; `zh_Hant` is written `zh-Hant` in HTML."""
    tag = text(node).strip().replace("_", "-")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", tag):
        raise node.error(f"`{node.text}` is not a language", "write ja, en or zh-Hant")
    return tag


def names(node: Node) -> tuple[str, ...]:
    """Strings: a list, or one string with commas. Blank ones are dropped, repeated ones kept
    once."""
    if node.empty:
        return ()
    found = [text(item) for item in node.items] if node.kind == "list" else text(node).split(",")
    stripped = (word.strip().lstrip("#") for word in found)
    return tuple(dict.fromkeys(word for word in stripped if word))


def texts(node: Node) -> tuple[str, ...]:
    """Strings: a list, or a single one (commas are part of it)."""
    if node.empty:
        return ()
    return tuple(text(item) for item in node.items) if node.kind == "list" else (text(node),)


def pairs(node: Node) -> tuple[tuple[str, str], ...]:
    """A map of strings to strings."""
    if node.empty:
        return ()
    if node.kind != "map":
        raise node.error("`key: value` lines are expected here")
    return tuple((key.text, text(value)) for key, value in node.entries)


_MOMENT = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[Tt\s]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(?:(Z|z|UTC)|([+-])(\d{2}):?(\d{2})?)?)?"
)


def moment(zone: tzinfo) -> Reader:
    """A reader of dates with or without a time; the result is aware and in `zone`.

    A date without a zone is meant in `zone`; without a time, it is the start of that day there.
    """

    def read(node: Node) -> datetime:
        found = _MOMENT.fullmatch(text(node).strip())
        if not found:
            raise node.error(f"`{node.text}` is not a date", f"write {DATE_FORMS}")
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        utc, sign, hours, minutes = found.groups()[6:]
        offset: tzinfo = UTC if utc else zone
        try:
            if sign:
                ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
                offset = timezone(ahead if sign == "+" else -ahead)
            return datetime(year, month, day, hour, minute, second, tzinfo=offset).astimezone(zone)
        except (ValueError, OverflowError):
            shown = f"{year}-{month:02}-{day:02}"
            try:
                date(year, month, day)
            except ValueError:
                raise node.error(f"there is no day {shown}") from None
            raise node.error(f"`{node.text}` is not a time of day") from None

    return read


def plain(node: Node) -> Any:
    """The value as YAML means it: str, int, float, bool, None, list or dict. For keys that are not
    ours."""
    if node.kind == "list":
        return [plain(item) for item in node.items]
    if node.kind == "map":
        return {key.text: plain(value) for key, value in node.entries}
    if node.quoted:
        return node.text
    if node.empty:
        return None
    if node.text.lower() in ("true", "false"):
        return node.text.lower() == "true"
    if re.fullmatch(r"[+-]?(0|[1-9]\d{0,17})", node.text):
        return int(node.text)
    if re.fullmatch(r"[+-]?\d{1,17}\.\d{1,17}", node.text):
        return float(node.text)
    return node.text


def nearest(word: str, known: tuple[str, ...] | list[str]) -> str:
    """The known word that `word` is most likely a slip of, or ""."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, 1, 0.75)), "")


def unquoted(path: str) -> str:
    """A path with its percent escapes decoded until none is left, so that none can hide `..`."""
    while (decoded := unquote(path)) != path:
        path = decoded
    return path
