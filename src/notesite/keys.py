"""Output -> its key: the digests of its template closure and of each named value that this
mentions.

An output is stale exactly when its key differs from the one it was written under. Which names a
template mentions is read off its syntax tree, so nothing is recorded while rendering and nothing is
declared by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from hashlib import blake2b
from struct import pack
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from msgspec import Struct, msgpack

from notesite.model import (
    Card,
    Contexts,
    Copy,
    Drawn,
    Hop,
    Link,
    Output,
    Page,
    Resized,
    Shard,
    Template,
    Theme,
    Written,
)

if TYPE_CHECKING:
    from notesite.inlining import Inlining

_encoder = msgpack.Encoder(order="deterministic")
_PLAIN = frozenset((str, bool, Link))  # what most values are, and is encoded as it is


class Closure(Struct, frozen=True):
    """A template with all that it can include, extend or import: one digest, and the names that any
    of them mentions, sorted."""

    digest: str
    names: tuple[str, ...]


class Mentioned(Struct, frozen=True, array_like=True):
    """The names of values and of templates in a template; `any`: one is made while rendering, so it
    can be any template."""

    names: tuple[str, ...]
    templates: tuple[str, ...]
    any: bool


def closures(
    theme: Theme, mentioned: Callable[[str], Mentioned], frame: bytes
) -> dict[str, Closure]:
    """The closure of every template, and of "", which stands on the frame alone.

    `frame` is of what all pages stand on besides: the program and the settings that filters use.
    `mentioned` is that of the environment. A template that does not compile mentions nothing; it is
    told of elsewhere.
    """
    from jinja2 import TemplateSyntaxError

    read: dict[str, Mentioned] = {}
    for name, text in theme.templates.items():
        with suppress(TemplateSyntaxError):
            read[name] = mentioned(text)
    return {name: _closure(name, read, theme, frame) for name in ["", *read]}


def mentioned(jinja: Inlining, text: str) -> Mentioned:
    """What a template mentions. Raises TemplateSyntaxError."""
    from jinja2 import meta

    tree = jinja.plain.parse(text)
    templates = set(meta.find_referenced_templates(tree))
    names = sorted(meta.find_undeclared_variables(tree))
    return Mentioned(tuple(names), tuple(sorted(filter(None, templates))), None in templates)


def key(output: Output, known: Mapping[str, Closure], digest: Digests) -> str:
    """`template=digest values=digest name=checksum … name,name,name=checksums`: the digests decide,
    and the checksums, which are cheap, tell what differs."""
    recipe = output.recipe
    match recipe:
        case Template(name):  # first, as nearly all are
            closure = known.get(name)
            return digest.of(recipe, closure) if closure else ""
        case Copy(source):
            return f"copy {source.digest.hex()}"
        case Resized(source, width, encoder):
            return f"resized {source.digest.hex()} {width} {_hash(encoder.encode())}"
        case Written(content):
            return f"bytes {_hash(content)}"
        case Drawn(title, text, site, font):
            return f"card {_hash(_encoder.encode((title, text, site, font.digest)))}"
        case Contexts(notes):
            return f"search={known[''].digest} notes={_hash(_encoder.encode(notes))}"
        case Shard():
            return f"search={known[''].digest} words={digest.of_shard(recipe)}"


def difference(old: str, new: str) -> str:
    """What changed between two keys of one output, for a reader."""
    if not old:
        return "new"
    before, after = _told(old), _told(new)
    changed = [name for name in after if before.get(name) != after[name] and name != "values"]
    return ", ".join(changed) or "its file was missing or altered"


def own_names(key: str) -> list[str]:
    """The names that the template of an output mentions and that its own context gives."""
    return key.rpartition(" ")[2].partition("=")[0].split(",")


def _told(key: str) -> dict[str, str]:
    """Name -> what a key says of it."""
    told: dict[str, str] = {}
    for part in key.split(" "):
        names, _, sums = part.partition("=")
        each = names.split(",")
        size = len(sums) // len(each)
        told |= {name: sums[n * size : (n + 1) * size] for n, name in enumerate(each)}
    return told


class Digests:
    """Keys of rendered outputs. What many of them share is told by identity, and hashed once: the
    names of the frame, notes and their cards, and groups of 2-hop links.

    `of_shard` tells what a shard of the search index holds; without it, what it is made from."""

    def __init__(self, of_shard: Callable[[Shard], str] = lambda shard: shard.digest.hex()) -> None:
        self.of_shard = of_shard
        self._known: dict[int, tuple[object, bytes]] = {}
        self._shared: dict[tuple[object, ...], _Shared] = {}

    def of(self, recipe: Template, closure: Closure) -> str:
        """The key: the names that the template mentions, in the order of the closure."""
        context = recipe.context
        shared = self._of_frame(recipe, closure)
        encoded = [
            _encoder.encode(value) if type(value) in _PLAIN or not value else self._encoded(value)
            for value in map(context.__getitem__, shared.others)
        ]
        values = blake2b(shared.digest + b"".join(encoded), digest_size=16).hexdigest()
        hints = pack(shared.form, *map(crc32, encoded)).hex()
        return f"{recipe.name}={closure.digest} values={values} {shared.hint}={hints}"

    def _of_frame(self, recipe: Template, closure: Closure) -> _Shared:
        number = (recipe.name, id(recipe.shared), *recipe.context)
        if number not in self._shared:
            others = [name for name in closure.names if name in recipe.context]
            names = sorted(set(closure.names) & recipe.shared.keys() - recipe.context.keys())
            found = [_encoder.encode(recipe.shared[name]) for name in names]
            hints = [f"{n}={crc32(encoded):x}" for n, encoded in zip(names, found, strict=True)]
            self._shared[number] = _Shared(
                recipe.shared,
                blake2b(b"".join(found), digest_size=16).digest(),
                " ".join([*hints, ",".join(others)]),
                tuple(others),
                f">{len(others)}I",
            )
        return self._shared[number]

    def _encoded(self, value: object) -> bytes:
        """The encoding of a value; of notes, which stand in feeds too, of cards, which stand in
        many listings, and of 2-hop groups, which many notes share, their digests."""
        if type(value) is Page:
            return self._digest(value)
        if type(value) is tuple and value and type(value[0]) in (Card, Hop, Page):
            return b"".join(map(self._digest, value))
        return _encoder.encode(value)

    def _digest(self, value: object) -> bytes:
        if found := self._known.get(id(value)):
            return found[1]
        digest = blake2b(_encoder.encode(value), digest_size=16).digest()
        self._known[id(value)] = value, digest
        return digest


class _Shared(NamedTuple):
    """The frame's part of the keys of outputs that have the same template and names."""

    frame: dict[str, object]  # held, so that no other has its identity
    digest: bytes
    hint: str
    others: tuple[str, ...]  # the names that are the output's own
    form: str  # of their checksums


def _closure(name: str, read: Mapping[str, Mentioned], theme: Theme, frame: bytes) -> Closure:
    reached, new = {name}, [name]
    while new:
        if found := read.get(new.pop()):
            fresh = set(theme.templates if found.any else found.templates) - reached
            reached |= fresh
            new += fresh
    hashed = blake2b(frame, digest_size=8)
    for each in sorted(reached):
        hashed.update(f"\0{each}\0{theme.templates.get(each, '')}".encode())
    names = set().union(*(read[each].names for each in reached & read.keys()))
    return Closure(hashed.hexdigest(), tuple(sorted(names)))


def _hash(content: bytes) -> str:
    return blake2b(content, digest_size=8).hexdigest()
