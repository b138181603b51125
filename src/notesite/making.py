"""Planned outputs -> what publish is given: how each file is made, and the key it is made under."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from notesite import render
from notesite.cards import draw
from notesite.finding import Finding
from notesite.inlining import Inlining
from notesite.keys import Closure, Digests, difference, key
from notesite.model import (
    Contexts,
    Copy,
    Drawn,
    Output,
    Problem,
    Resized,
    Shard,
    Template,
    Theme,
    Written,
)
from notesite.resizing import resized


class TemplateFailed(Exception):
    """A template failed on one output: nothing is published."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def keys(
    outputs: Mapping[str, Output], known: Mapping[str, Closure], finding: Finding
) -> dict[str, str]:
    """The key of each output."""
    digests = Digests(finding.key)
    return {path: key(output, known, digests) for path, output in outputs.items()}


def files(
    outputs: Mapping[str, Output],
    theme: Theme,
    jinja: Inlining,
    root: Path,
    finding: Finding,
) -> Iterator[tuple[str, Callable[[], bytes | Path]]]:
    """Each output's path and the function that makes it, which raises TemplateFailed. `root` is
    the site's folder. Listings of the same notes, as home page and section often are, come one
    after the other, so that excerpts are loaded once."""
    for path, output in sorted(outputs.items(), key=lambda item: _first_listed(item[1])):
        yield path, partial(_made, output, jinja, theme, root, finding)


def explained(made: Mapping[str, str], keys: Mapping[str, str]) -> tuple[str, ...]:
    """A line for each file that was made anew (path -> the key it had before): why it was."""
    return tuple(f"{path}: {difference(old, keys[path])}" for path, old in sorted(made.items()))


def _first_listed(output: Output) -> str:
    """The URL of the first note that is listed, if there is one."""
    recipe = output.recipe
    cards = recipe.context.get("listing") if isinstance(recipe, Template) else None
    return cards[0].url if isinstance(cards, tuple) and cards else ""


def _made(
    output: Output, jinja: Inlining, theme: Theme, root: Path, finding: Finding
) -> bytes | Path:
    match output.recipe:
        case Template() as recipe:
            made = render.render(output, recipe, jinja, theme)
            if isinstance(made, Problem):
                raise TemplateFailed(made)
            return made
        case Copy(source):
            return Path(source.file)
        case Resized() as smaller:
            return resized(smaller, root)
        case Written(content):
            return content
        case Drawn():
            return draw(output.recipe)
        case Contexts() | Shard() as part:
            return finding.made(part)
