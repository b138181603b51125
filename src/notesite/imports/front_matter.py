"""Title, dates and tags -> the front matter of a note."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime


def block(
    title: str, date: datetime | None, updated: datetime | None, tags: Sequence[str] = ()
) -> str:
    """The block with its fences and an empty line. Dates are written with their offset, so that
    they stay true when the site's time zone changes."""
    lines = [f"title: {_string(title)}"]
    if date:
        lines.append(f"date: {date.isoformat(' ')}")
    if updated and updated != date:
        lines.append(f"updated: {updated.isoformat(' ')}")
    if tags:
        lines.append(f"tags: [{', '.join(map(_string, tags))}]")
    return "\n".join(["---", *lines, "---", "", ""])


def _string(text: str) -> str:
    """JSON strings are YAML strings, but for a byte order mark, which YAML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\ufeff", "\\ufeff")
