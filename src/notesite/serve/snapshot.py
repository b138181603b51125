"""A plan with what its outputs are rendered by -> Snapshot: the site of one moment, never changed.

It is what a request looks at: a URL is found among its outputs, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from unicodedata import normalize

from msgspec import Struct

from notesite.config import Config
from notesite.inlining import Inlining
from notesite.keys import Closure, Digests, key
from notesite.model import Copy, Output, Problem, Theme
from notesite.render import link


class Looks(Struct, frozen=True):
    """What pages are rendered by: theme, its compiled templates, and what each depends on."""

    theme: Theme
    jinja: Inlining
    closures: Mapping[str, Closure]


class Snapshot:
    """`ready` is false until there is a site. Its keys are made when they are asked for, by any
    thread."""

    def __init__(
        self,
        config: Config,
        outputs: Mapping[str, Output],
        looks: Looks | None,
        problems: tuple[Problem, ...],
    ) -> None:
        self.base_path = normalize("NFC", config.base_path)
        self.outputs = outputs
        self.looks = looks
        self.problems = problems
        self.ready = looks is not None
        self._digests = Digests()
        self._config = config
        self._keys: dict[str, str] = {}
        self._copied: dict[str, bytes] | None = None

    def key(self, path: str | None) -> str:
        """The key of an output, in 16 hex digits: another one means other bytes. "" for none."""
        output = self.outputs.get(path or "")
        if output is None or self.looks is None:
            return ""
        if output.path not in self._keys:
            whole = key(output, self.looks.closures, self._digests)
            self._keys[output.path] = blake2b(whole.encode(), digest_size=8).hexdigest()
        return self._keys[output.path]

    def saying(self, problems: tuple[Problem, ...]) -> Snapshot:
        """The same site with other problems."""
        other = Snapshot(self._config, self.outputs, self.looks, problems)
        other._digests, other._keys, other._copied = self._digests, self._keys, self._copied
        return other

    def with_outputs(self, changed: Mapping[str, Output]) -> Snapshot:
        """The same site with other outputs at these paths."""
        other = Snapshot(self._config, {**self.outputs, **changed}, self.looks, self.problems)
        other._digests, other._copied = self._digests, self._copied
        other._keys = {path: key for path, key in self._keys.items() if path not in changed}
        return other

    def copies(self) -> dict[str, bytes]:
        """Site path as a link -> digest, of every file that is copied."""
        if self._copied is None:
            self._copied = dict(self._copies())
        return self._copied

    def _copies(self) -> Iterator[tuple[str, bytes]]:
        for path, output in self.outputs.items():
            if isinstance(output.recipe, Copy):
                yield link(f"/{path}", self.base_path), output.recipe.source.digest


def changed_copies(old: Snapshot, new: Snapshot) -> frozenset[str]:
    """The links to files that are copied and are no longer what they were, or not there."""
    before, now = old.copies(), new.copies()
    if before is now:
        return frozenset()
    return frozenset(
        path for path in before.keys() | now.keys() if before.get(path) != now.get(path)
    )
