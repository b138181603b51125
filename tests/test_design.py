"""The design, kept: imports point left along the flow, pure stages stay pure, modules stay small.

Each rule is a function from a module's syntax tree to what it breaks. Each has a control: code that
breaks it and must be found.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import PROJECT

# The flow, from left to right. Modules of one group may know each other, and all to the left.
FLOW: tuple[tuple[str, ...], ...] = (
    ("problems",),
    ("model",),
    (
        "decode",
        "fields",
        "languages",
        "limits",
        "memo",
        "memofile",
        "names",
        "nodes",
        "plurals",
        "processes",
        "program",
        "seen",
        "toml_nodes",
        "yaml_nodes",
    ),
    ("workers",),
    ("config", "cards"),
    ("extension", "gitdates", "pictures", "scan", "settings", "theming", "walk"),
    ("markdown",),
    ("reading_time", "parsing"),
    ("loading",),
    ("index",),
    ("outputs",),
    ("drawing",),
    ("codegen",),
    (
        "standalone",
        "inlining",
        "faults",
        "shortcodes",
        "render",
        "keys",
        "postings",
        "alike",
        "ties",
        "exchange",
        "outputrows",
    ),
    ("publish", "report", "resizing", "making", "lastbuild", "lastplan", "finding", "compiled"),
    ("writing",),
    ("planning",),
    ("outside",),
    ("build",),
    ("imports",),
    ("serve",),
    ("cli",),
    ("__main__",),
)
RANK = {name: rank for rank, group in enumerate(FLOW) for name in group}
PURE = (
    "markdown", "index", "outputs", "drawing", "standalone", "codegen", "inlining", "faults",
    "shortcodes", "render", "postings", "alike", "ties", "exchange", "outputrows",
    "imports.scrapbox", "imports.hugo",
    "imports.jekyll", "imports.places", "imports.blocks", "imports.quoting", "imports.file_names",
    "imports.front_matter",
)  # fmt: skip
READERS = (
    "gitdates",
    "pictures",
    "scan",
    "settings",
    "theming",
    "walk",
)  # what they read comes to the pure stages as values
# These read the files of their engine, and watch how long it takes.
ENGINE = ("markdown.math.katex", "markdown.math.messages")

IO_MODULES = {
    "asyncio", "fcntl", "getpass", "glob", "http", "importlib", "io", "locale", "logging", "mmap",
    "multiprocessing", "os", "pathlib", "pkgutil", "platform", "random", "secrets", "select",
    "shelve", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile",
    "threading", "time", "urllib.request", "uuid",
}  # fmt: skip
# These parts of them look at nothing outside.
PURE_NAMES = {"pathlib.PurePosixPath", "io.StringIO", "io.BytesIO"}
IO_CALLS = {"open", "input", "print", "breakpoint"}
CLOCKS = {"now", "utcnow", "today", "fromtimestamp", "localtime"}


class Module(NamedTuple):
    """A module of the package: its name below `notesite` (`markdown.tex`), its text, its tree."""

    name: str
    text: str
    tree: ast.Module

    @property
    def part(self) -> str:
        return self.name.split(".")[0]


def module(name: str, text: str) -> Module:
    return Module(name, text, ast.parse(text))


def package() -> list[Module]:
    root = PROJECT / "src/notesite"
    return [module(named(f, root), f.read_text(encoding="utf-8")) for f in root.rglob("*.py")]


def named(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = package()
NAMES = {module.name for module in MODULES}


def imports(module: Module, *, at_once: bool = False) -> Iterator[str]:
    """Every import as a dotted name, with what is imported from a module as its last part.

    With `at_once` only those that run when the module is imported, not those inside functions.
    """
    for node in module.tree.body if at_once else ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = node.module or ""
            if node.level:
                start = f"<relative>.{start}"
            yield from (f"{start}.{alias.name}" for alias in node.names)


def own_imports(module: Module, *, at_once: bool = False) -> Iterator[str]:
    """The modules of this package that it imports, by their names below `notesite`."""
    for name in imports(module, at_once=at_once):
        if name == "notesite" or name.startswith("notesite."):
            below = name.removeprefix("notesite").removeprefix(".")
            while below not in NAMES and "." in below:
                below = below.rpartition(".")[0]
            yield below if below in NAMES or below in RANK else ""


# --- The rules -----------------------------------------------------------------------------------


def points_right(module: Module) -> Iterator[str]:
    if module.part not in RANK:
        if module.name:
            yield f"{module.name} has no place in the flow"
        return
    for name in own_imports(module):
        part = name.split(".")[0]
        if part and part != module.part and RANK.get(part, len(FLOW)) > RANK[module.part]:
            yield f"{module.name} imports {name}, which is to its right"
    if any(name.startswith("<relative>") for name in imports(module)):
        yield f"{module.name} has a relative import, which hides where it points"


def is_pure(name: str) -> bool:
    return any(f"{name}.".startswith(f"{pure}.") for pure in PURE)


def touches_the_world(module: Module) -> Iterator[str]:
    if not is_pure(module.name) or module.name in ENGINE:
        return
    for name in imports(module):
        first, _, rest = name.partition(".")
        if {first, f"{first}.{rest.split('.')[0]}"} & IO_MODULES and name not in PURE_NAMES:
            yield f"{module.name} imports {name}"
    yield from (f"{module.name} imports {name}" for name in own_imports(module) if name in READERS)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and called(node) in IO_CALLS:
            yield f"{module.name}:{node.lineno} calls {called(node)}"
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            yield f"{module.name}:{node.lineno} looks at the clock"


def speaks(module: Module) -> Iterator[str]:
    """Only the command line prints, logs or ends the program."""
    if module.part in ("cli", "__main__"):
        return
    if any(name.split(".")[0] in ("logging", "rich", "click") for name in imports(module)):
        yield f"{module.name} imports what only the command line needs"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and called(node) in ("print", "exit", "quit", "sys.exit"):
            yield f"{module.name}:{node.lineno} calls {called(node)}"


DANGEROUS_CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.removedirs",
    "yaml.load", "yaml.load_all", "yaml.full_load", "yaml.unsafe_load", "yaml.full_load_all",
    "yaml.unsafe_load_all",
}  # fmt: skip
DANGEROUS_NAMES = {
    "rmtree", "FullLoader", "UnsafeLoader", "CFullLoader", "CUnsafeLoader", "CLoader", "Loader",
    "xmlattr",
}  # fmt: skip
DANGEROUS_MODULES = {"pickle", "marshal", "shelve", "dill"}


def is_dangerous(module: Module) -> Iterator[str]:
    """Loaders that make objects, data that is code, deletion of whole folders, a shell."""
    for name in imports(module):
        if name.split(".")[0] in DANGEROUS_MODULES or name.split(".")[-1] in DANGEROUS_NAMES:
            yield f"{module.name} imports {name}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            if called(node) in DANGEROUS_CALLS:
                yield f"{module.name}:{node.lineno} calls {called(node)}"
            if any(keyword.arg == "shell" for keyword in node.keywords):
                yield f"{module.name}:{node.lineno} starts a shell"
        elif isinstance(node, ast.Attribute) and node.attr in DANGEROUS_NAMES:
            yield f"{module.name}:{node.lineno} uses {node.attr}"


def catches_everything(module: Module) -> Iterator[str]:
    """Only the outer loops may; to clean up and raise on is no catching."""
    # whose functions run on their own, or what a site brings along
    if module.name in ("cli", "processes", "workers", "serve.faults", "extension", "outside"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and ast.unparse(node.body[-1]) != "raise":
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            for kind in kinds:
                if kind is None or ast.unparse(kind) in ("Exception", "BaseException"):
                    yield f"{module.name}:{node.lineno} catches everything"


def is_long(module: Module) -> Iterator[str]:
    """A module has at most 250 lines, a function at most 40 without its docstring."""
    lines = len(module.text.splitlines())
    if lines > 250:
        yield f"{module.name} has {lines} lines"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > 40:
            yield f"{module.name}:{node.lineno} {node.name} has {length(node)} lines"


def is_silent_about_itself(module: Module) -> Iterator[str]:
    if module.text.strip() and not ast.get_docstring(module.tree):
        yield f"{module.name} does not begin with what comes in and what goes out"


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


Rule = Callable[[Module], Iterator[str]]
RULES: list[Rule] = [
    points_right, touches_the_world, speaks, is_dangerous, catches_everything, is_long,
    is_silent_about_itself,
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
def test_no_module_breaks_a_rule(rule: Rule) -> None:
    assert [found for module in MODULES for found in rule(module)] == []


CONTROLS: list[tuple[Rule, str, str]] = [
    (points_right, "markdown.tex", "from notesite.index import build"),
    (points_right, "index.urls", "import notesite.render"),
    (points_right, "model", "from notesite import config"),
    (points_right, "outputs.pages", "from . import listings"),
    (points_right, "somewhere", ""),
    (touches_the_world, "markdown.tex", "import os"),
    (touches_the_world, "markdown", "from os.path import join"),
    (touches_the_world, "index.urls", "from pathlib import Path"),
    (touches_the_world, "index.urls", "from urllib.request import urlopen"),
    (touches_the_world, "outputs.feeds", "from datetime import date\ndate.today()"),
    (touches_the_world, "outputs.feeds", "import datetime\ndatetime.datetime.now()"),
    (touches_the_world, "render", "def f():\n    import random"),
    (touches_the_world, "render", "open('x')"),
    (touches_the_world, "markdown", "from notesite.scan import scan"),
    (touches_the_world, "imports.scrapbox.lines", "import os"),
    (speaks, "scan", "print('x')"),
    (speaks, "build", "import sys\nsys.exit(1)"),
    (speaks, "render", "import logging"),
    (is_dangerous, "fields", "import yaml\nyaml.load(text, yaml.CSafeLoader)"),
    (is_dangerous, "fields", "import yaml\nclass L(yaml.FullLoader): pass"),
    (is_dangerous, "fields", "from yaml import UnsafeLoader"),
    (is_dangerous, "publish", "import shutil\nshutil.rmtree(folder)"),
    (is_dangerous, "publish", "from shutil import rmtree"),
    (is_dangerous, "scan", "import subprocess\nsubprocess.run('git log', shell=True)"),
    (is_dangerous, "build", "import pickle"),
    (is_dangerous, "render", "eval('1')"),
    (catches_everything, "build", "try:\n    f()\nexcept Exception:\n    pass"),
    (catches_everything, "build", "try:\n    f()\nexcept (OSError, BaseException):\n    pass"),
    (catches_everything, "cli.commands", "try:\n    f()\nexcept Exception:\n    pass"),
    (catches_everything, "build", "try:\n    f()\nexcept:\n    pass"),
    (is_long, "build", "x = 1\n" * 251),
    (is_long, "build", "def f():\n" + "    x = 1\n" * 40),
    (is_silent_about_itself, "build", "x = 1"),
]


@pytest.mark.parametrize(("rule", "name", "text"), CONTROLS)
def test_what_breaks_a_rule_is_found(rule: Rule, name: str, text: str) -> None:
    assert list(rule(module(name, text)))


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (points_right, "render", "from notesite.model import Html"),
        (points_right, "markdown.tex", "from notesite.markdown.gathered import gathered"),
        (touches_the_world, "markdown.math.katex", "from pathlib import Path"),
        (touches_the_world, "index.urls", "from urllib.parse import quote"),
        (touches_the_world, "index.urls", "from pathlib import PurePosixPath"),
        (touches_the_world, "scan", "import os"),
        (touches_the_world, "imports.writing", "import os"),
        (speaks, "cli", "print('x')"),
        (is_dangerous, "nodes", "import yaml\nyaml.compose(text, yaml.CSafeLoader)"),
        (catches_everything, "scan", "try:\n    f()\nexcept OSError:\n    pass"),
        (catches_everything, "cli", "try:\n    f()\nexcept Exception:\n    pass"),
        (catches_everything, "scan", "try:\n    f()\nexcept BaseException:\n    g()\n    raise"),
        (is_long, "build", 'def f():\n    """' + "x\n" * 20 + '"""\n' + "    x = 1\n" * 39),
    ],
)
def test_what_keeps_a_rule_is_left_alone(rule: Rule, name: str, text: str) -> None:
    assert list(rule(module(name, text))) == []


def test_no_module_imports_itself_by_a_way_round() -> None:
    graph = {m.name: set(own_imports(m, at_once=True)) - {m.name, ""} for m in MODULES}
    assert on_cycles(graph) == {}
    control = {"problems": {"model"}, "model": {"cli"}, "cli": {"problems"}, "scan": {"model"}}
    assert on_cycles(control) == {"problems": {"model"}, "model": {"cli"}, "cli": {"problems"}}


def on_cycles(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The part of the graph that is left when leaves and roots are taken away, again and again."""
    while True:
        imported = set().union(*graph.values())
        left = {name: to & graph.keys() for name, to in graph.items() if name in imported}
        left = {name: to for name, to in left.items() if to}
        if left == graph:
            return graph
        graph = left
