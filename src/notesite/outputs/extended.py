"""Library and settings -> the outputs of the site's extension, like those of the built-in parts."""

from __future__ import annotations

from msgspec import msgpack
from msgspec.structs import replace

from notesite.config import Config
from notesite.extension import Extension, ExtensionFailed, blamed
from notesite.model import Copy, Library, Output, Template, Written
from notesite.outputs.frame import Frame


def outputs(frame: Frame, extension: Extension) -> list[Output]:
    """None, and a problem of `frame`, if anything is wrong with one."""
    try:
        found = _made(frame.library, frame.config, extension)
    except ExtensionFailed as failed:
        frame.problems.append(failed.problem)
        return []
    return [frame.completed(output) for output in found]


def urls(library: Library, config: Config, extension: Extension) -> tuple[str, ...]:
    """Where they will stand, for links to them; nothing if anything is wrong."""
    try:
        found = _made(library, config, extension)
    except ExtensionFailed:
        return ()
    return tuple("/" + output.path.removesuffix("index.html") for output in found)


def _made(library: Library, config: Config, extension: Extension) -> list[Output]:
    if extension.outputs is None or extension.source is None:
        return []
    with blamed(extension.source, "in `outputs`"):
        found = [_checked(each) for each in extension.outputs(library, config)]
    return [replace(each, origin=each.origin or extension.source.shown) for each in found]


def _checked(output: object) -> Output:
    """What no type checker has seen. Raises TypeError."""
    if not isinstance(output, Output):
        raise TypeError(f"it yields Outputs, not {type(output).__name__}")
    path, recipe = output.path, output.recipe
    if not isinstance(path, str) or not isinstance(recipe, Template | Copy | Written):
        raise TypeError("an Output has a path, and a Template, a Copy or Written as its recipe")
    if isinstance(recipe, Written) and not isinstance(recipe.content, bytes):
        raise TypeError(f"`{path}` is Written with bytes; encode() makes some of a text")
    if isinstance(recipe, Template):
        msgpack.encode(recipe.context)  # its digest says whether the page is stale
    return output
