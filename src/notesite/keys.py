"""Output -> its key: the digests of its template closure and of each named value that this
mentions.

An output is stale exactly when its key differs from the one it was written under. Which names a
template mentions is read off its syntax tree, so nothing is recorded while rendering and nothing is
declared by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from msgspec import Struct, msgpack

from notesite.model import Copy, Output, Template, Theme, Written

if TYPE_CHECKING:
    from jinja2 import Environment

_encoder = msgpack.Encoder(order="deterministic")


class Closure(Struct, frozen=True):
    """A template with all that it can include, extend or import: one digest, and the names that any
    of them mentions, sorted."""

    digest: str
    names: tuple[str, ...]


def closures(theme: Theme, jinja: Environment, frame: bytes) -> dict[str, Closure]:
    """The closure of every template. `frame` is of what all pages stand on besides: the program and
    the settings that filters use. A template that does not compile mentions nothing; it is told of
    elsewhere."""
    from jinja2 import TemplateSyntaxError, meta

    names: dict[str, set[str]] = {}
    references: dict[str, set[str]] = {}
    for name, text in theme.templates.items():
        try:
            tree = jinja.parse(text, name)
        except TemplateSyntaxError:
            continue
        names[name] = meta.find_undeclared_variables(tree)
        found = set(meta.find_referenced_templates(tree))
        # None: a name that is made while rendering, so it can be any template
        references[name] = set(theme.templates) if None in found else {r for r in found if r}
    return {name: _closure(name, names, references, theme, frame) for name in names}


def key(output: Output, known: Mapping[str, Closure], digest: Digests) -> str:
    """`closure name=digest name=digest …`: readable, so that a difference can be told."""
    match output.recipe:
        case Copy(source):
            return f"copy {source.digest.hex()}"
        case Written(content):
            return f"bytes {_hash(content)}"
        case Template(name, context):
            closure = known.get(name)
            if closure is None:
                return ""
            values = " ".join(
                f"{mentioned}={digest.of(context[mentioned])}"
                for mentioned in closure.names
                if mentioned in context
            )
            return f"{name}={closure.digest} {values}"


def difference(old: str, new: str) -> str:
    """What changed between two keys of one output, for a reader."""
    if not old:
        return "new"
    before, after = (dict(part.partition("=")[::2] for part in k.split(" ")) for k in (old, new))
    changed = [name for name in after if before.get(name) != after[name]]
    return ", ".join(changed) or "its file was missing or altered"


class Digests:
    """Digests of values. Those that many outputs share are told apart by identity, and hashed
    once."""

    def __init__(self, shared: tuple[object, ...]) -> None:
        self._shared = {id(value): value for value in shared}
        self._known: dict[int, str] = {}

    def of(self, value: object) -> str:
        number = id(value)
        if number not in self._shared:
            return _digest(value)
        if number not in self._known:
            self._known[number] = _digest(value)
        return self._known[number]


def _closure(
    name: str,
    names: Mapping[str, set[str]],
    references: Mapping[str, set[str]],
    theme: Theme,
    frame: bytes,
) -> Closure:
    reached, new = {name}, [name]
    while new:
        fresh = references.get(new.pop(), set()) - reached
        reached |= fresh
        new += fresh
    hashed = blake2b(frame, digest_size=8)
    for each in sorted(reached):
        hashed.update(f"\0{each}\0{theme.templates.get(each, '')}".encode())
    mentioned = set().union(*(names.get(each, set()) for each in reached))
    return Closure(hashed.hexdigest(), tuple(sorted(mentioned)))


def _digest(value: object) -> str:
    if value is None or value == () or isinstance(value, bool):
        return _constant(value)
    return _hash(_encoder.encode(value))


@cache
def _constant(value: object) -> str:
    return _hash(_encoder.encode(value))


def _hash(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()
