"""The bytes of a site's extension.py -> what it adds; each failure of it is a problem with its
place.

Code of the site is trusted, like its templates. It runs where it is needed: in the processes that
parse and in those that render.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache, wraps
from importlib.abc import ExecutionLoader
from importlib.util import decode_source, module_from_spec, spec_from_loader
from itertools import islice
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from notesite.config import Config
from notesite.model import Library, Location, Output, Problem, Source

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

NAME = "notesite_extension"  # of the module, in tracebacks and for `dataclasses`
KNOWN = ("markdown", "outputs", "filters")

Plugin = Callable[["MarkdownIt"], object]
Planner = Callable[[Library, Config], Iterable[Output]]


class Extension(Struct, frozen=True):
    """What a site adds: syntax, outputs, filters of templates. `digest` is of its file."""

    digest: bytes = b""
    source: Source | None = None
    markdown: Plugin | None = None
    outputs: Planner | None = None
    filters: Mapping[str, Callable[..., object]] = {}

    @property
    def syntax(self) -> Source | None:
        """What the parse of a note hangs on."""
        return self.source if self.markdown else None


NOTHING = Extension()


class ExtensionFailed(Exception):
    """An extension that cannot be used: nothing is published."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@lru_cache(maxsize=2)
def load(source: Source | None) -> Extension:
    """Run the file; none adds nothing. Raises ExtensionFailed."""
    if source is None:
        return NOTHING
    with blamed(source, "while it is loaded"):
        loader = _Bytes(source)
        spec = spec_from_loader(NAME, loader)
        assert spec is not None
        module = module_from_spec(spec)
        sys.modules[NAME] = module  # where dataclasses look for their own
        loader.exec_module(module)
        found = {name: getattr(module, name) for name in KNOWN if hasattr(module, name)}
        return _checked(found, source)


@contextmanager
def blamed(source: Source, doing: str) -> Iterator[None]:
    """Whatever the site's code raises within is told as its fault."""
    try:
        yield
    except ExtensionFailed:
        raise
    except (Exception, SystemExit) as error:
        raise ExtensionFailed(fault(error, source, doing)) from error


def fault(error: BaseException, source: Source, doing: str) -> Problem:
    """What was raised, at the innermost line of the extension that it passed through."""
    lines = (source.content or b"").decode("utf-8", "replace").split("\n")
    line, column = _place(error, source.shown, lines)
    source_line = lines[line - 1] if 0 < line <= len(lines) else ""
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    message = f"{type(error).__name__}: {said}".replace("\n", " ").removesuffix(": ")
    where = Location(source.shown, line, column)
    return Problem("error", f"{message} ({doing})", where, "", source_line, frame=True)


def extend(md: MarkdownIt, source: Source) -> None:
    """Install its syntax. Raises ExtensionFailed."""
    plugin = load(source).markdown
    assert plugin is not None
    with blamed(source, "in `markdown`"):
        plugin(md)


# --- the file -------------------------------------------------------------------------------------


class _Bytes(ExecutionLoader):
    """Runs the very bytes whose digest is in the keys, and leaves no compiled file in the site."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def get_filename(self, fullname: str) -> str:
        return self._source.shown

    def get_source(self, fullname: str) -> str:
        return decode_source(self._source.content or b"")


def _checked(found: dict[str, Any], source: Source) -> Extension:
    if not found:
        raise TypeError(f"it has none of {', '.join(f'`{name}`' for name in KNOWN)}")
    for name in ("markdown", "outputs"):
        if not callable(found.get(name, print)):
            raise TypeError(f"`{name}` is not a function")
    filters = found.get("filters", {})
    if not isinstance(filters, dict) or not all(map(callable, filters.values())):
        raise TypeError("`filters` is not a dict of functions by their names")
    guarded = {str(name): _guarded(str(name), filters[name], source) for name in filters}
    extension = Extension(source.digest, source, **{**found, "filters": {}})
    return replace(extension, filters=guarded)


def _guarded(name: str, function: Callable[..., object], source: Source) -> Callable[..., object]:
    @wraps(function)  # with the marks of Jinja's `pass_context` and its like
    def call(*arguments: Any, **named: Any) -> object:
        with blamed(source, f"in the filter `{name}`"):
            return function(*arguments, **named)

    return call


def _place(error: BaseException, shown: str, lines: Sequence[str]) -> tuple[int, int]:
    """Line and column in the file of this name, which has these lines; or (0, 0)."""
    if isinstance(error, SyntaxError) and error.filename == shown:
        return error.lineno or 0, error.offset or 0
    found = 0, 0
    trace = error.__traceback__
    while trace is not None:
        code, line = trace.tb_frame.f_code, trace.tb_lineno
        if code.co_filename == shown and 0 < line <= len(lines):
            position = next(islice(code.co_positions(), trace.tb_lasti // 2, None))
            before = lines[line - 1].encode()[: position[2] or 0]  # Python counts bytes
            found = line, len(before.decode("utf-8", "replace")) + 1
        trace = trace.tb_next
    return found
