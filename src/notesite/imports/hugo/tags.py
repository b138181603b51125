"""The text of a Hugo page -> its shortcodes: name, arguments, and which one closes which.

In code only the written-out form `{{</* x */>}}` counts, which Hugo shows as `{{< x >}}`. What has
no equal stays as it is: notesite reads the same grammar, for macros of the site's own.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from notesite.imports.places import Code

_TAG = re.compile(r"\{\{([<%])((?:(?!\{\{[<%]).){1,2000}?)[>%]\}\}", re.DOTALL)
_INSIDE = re.compile(r"\s*(?P<end>/)?\s*(?P<name>[\w./-]*[\w-])(?P<arguments>(?:\s.*)?)", re.DOTALL)
_ARGUMENT = re.compile(r"""(?:([\w-]+)\s*=\s*)?(?:"((?:\\.|[^"\\])*)"|`([^`]*)`|([^\s"`]+))""")


class Tag(Struct, frozen=True):
    """A shortcode between two offsets. `closed_by` is the index of the tag that closes it, or -1;
    `plain` is what a written-out one shows."""

    start: int
    stop: int
    name: str = ""
    words: tuple[str, ...] = ()
    named: dict[str, str] = {}
    closed_by: int = -1
    plain: str = ""

    def get(self, *names: str, index: int = -1) -> str:
        """The first of these arguments that is given, else the one at a position, else ""."""
        found = next((self.named[name] for name in names if name in self.named), "")
        return found or (self.words[index] if 0 <= index < len(self.words) else "")


def tags(text: str) -> list[Tag]:
    """The shortcodes of a text, in their order."""
    code = Code(text)
    found: list[Tag] = []
    opened: dict[str, list[int]] = {}
    for match in _TAG.finditer(text):
        written_out = match[2].startswith("/*") and match[2].endswith("*/")
        if written_out:
            in_code = code.holds(match.start())  # elsewhere notesite shows it as Hugo does
            plain = f"{match[0][:3]}{match[2][2:-2]}{match[0][-3:]}" if in_code else match[0]
            found.append(Tag(match.start(), match.end(), plain=plain))
        elif (inside := _INSIDE.fullmatch(match[2])) and not code.holds(match.start()):
            name = inside["name"]
            if not inside["end"]:
                opened.setdefault(name, []).append(len(found))
            elif opened.get(name):
                index = opened[name].pop()
                found[index] = replace(found[index], closed_by=len(found))
            found.append(_tag(match, f"/{name}" if inside["end"] else name, inside["arguments"]))
    return found


def _tag(match: re.Match[str], name: str, arguments: str) -> Tag:
    words: list[str] = []
    named: dict[str, str] = {}
    for found in _ARGUMENT.finditer(arguments.rstrip().removesuffix("/")):
        value = next(part for part in found.groups()[1:] if part is not None)
        value = re.sub(r"\\(.)", r"\1", value) if found[2] is not None else value
        if found[1]:
            named[found[1]] = value
        else:
            words.append(value)
    return Tag(match.start(), match.end(), name, tuple(words), named)
