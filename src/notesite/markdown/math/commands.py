r"""The TeX of one formula in, what it declares out: rows, labels, tags, references, definitions.

Only formulas that hold one of these commands are read; all others go to KaTeX as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST = 10_000  # characters; a longer formula is refused later, so it is not read here
NUMBERED = ("equation", "align", "alignat", "flalign", "gather", "multline")
_ONE_NUMBER = ("equation", "multline")
_INSTEAD = {"flalign": "align", "multline": "gather"}  # what KaTeX lacks
_DEFINING = r"(?:[gex]?def|let|(?:new|renew|provide)command|DeclareMathOperator)(?![a-zA-Z@])"

INTERESTING = re.compile(
    r"\\(?:label|tag|nonumber|notag|ref|eqref|" + _DEFINING
    + r"|begin\s*\{(?:equation|align|alignat|flalign|gather|multline)\*?\})"
)  # fmt: skip
_TOKEN = re.compile(
    r"%[^\n]*\n?"
    r"|\\(?P<edge>begin|end)\s*\{(?P<environment>[a-zA-Z]+)(?P<star>\*?)\}"
    r"|\\(?P<target>label|eqref|ref)\s*\{(?P<name>[^{}\n]+)\}"
    r"|\\tag\s*(?P<tagstar>\*?)\s*(?=\{)"
    r"|\\(?P<unnumbered>nonumber|notag)(?![a-zA-Z@])"
    r"|(?:\\(?:global|long)\s*)*\\(?P<definition>" + _DEFINING + r")\s*"
    r"|\\verb\*?(?P<verb>[^a-zA-Z*\s]).*?(?P=verb)"
    r"|(?P<newline>\\\\)|\\.|[{}]",
    re.DOTALL,
)  # fmt: skip
_NAME = r"\\(?:[a-zA-Z@]+|[^a-zA-Z@])"
_SIGNATURES = {
    "def": re.compile(_NAME + r"[^{}%]*(?=\{)"),
    "let": re.compile(_NAME + r"\s*=?\s*(?:" + _NAME + r"|[^\s{}\\])"),
    "command": re.compile(
        rf"\*?\s*(?:\{{\s*{_NAME}\s*\}}|{_NAME})\s*(?:\[[^\]{{}}]*\]\s*)*(?=\{{)"
    ),
}


@dataclass(slots=True)
class Edit:
    """In place of `length` characters at `offset` KaTeX is given `text`."""

    offset: int
    length: int
    text: str


@dataclass(slots=True)
class Name:
    """A label, or a reference to one (`command` is label, ref or eqref)."""

    name: str
    command: str
    edit: Edit


@dataclass(slots=True)
class Row:
    """What bears a number: a row of align or a formula. `automatic`: LaTeX would number it."""

    automatic: bool
    labels: list[Name] = field(default_factory=list)
    tag: str | None = None
    stop: int = 0  # where a tag can be put


@dataclass(slots=True)
class Scan:
    """All of it. `definitions` are what later formulas inherit, each one line."""

    rows: list[Row] = field(default_factory=list)
    references: list[Name] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    definitions: list[str] = field(default_factory=list)
    only_definitions: bool = False


def scan(tex: str, display: bool) -> Scan:
    """Read the formula once, from left to right."""
    return _Scanner(tex, display).read()


class _Scanner:
    def __init__(self, tex: str, display: bool) -> None:
        self.tex = tex
        self.found = Scan()
        self.whole = Row(automatic=display)
        self.row = self.whole
        self.depth = 0  # of braces and environments
        self.numbered: tuple[str, int] | None = None  # the environment whose rows count, its depth
        self.row_start = 0
        self.starred = False
        self.broken = False  # a definition without an end: KaTeX will say so
        self.rest: list[str] = []  # what stands between definitions

    def read(self) -> Scan:
        position = done = 0
        while match := _TOKEN.search(self.tex, position):
            position = match.end()
            if match["definition"]:
                position = self._define(match)
                self.rest.append(self.tex[done : match.start()])
                done = position
            else:
                self._token(match)
        self.rest.append(self.tex[done:])
        self.whole.stop = len(self.tex.rstrip())
        if "%" in self.tex[self.tex.rfind("\n") + 1 :]:
            self.whole.stop = 0  # a tag at the end would stand in a comment
        self.found.rows.append(self.whole)
        others = "".join(self.rest).strip()
        self.found.only_definitions = bool(self.found.definitions) and not others
        return self.found

    def _token(self, match: re.Match[str]) -> None:
        token = match[0]
        if match["edge"] == "begin":
            self._begin(match)
        elif match["edge"] == "end":
            self._end(match)
        elif match["target"]:
            self._name(match)
        elif match["unnumbered"]:
            self.row.automatic = False
        elif match["newline"]:
            self._newline(match)
        elif token == "{":
            self.depth += 1
        elif token == "}":
            self.depth -= 1
        elif token.startswith("\\tag") and self.row.tag is None:
            stop = group_end(self.tex, match.end())
            self.row.tag = self.tex[match.end() + 1 : stop - 1] if stop > 0 else ""

    def _begin(self, match: re.Match[str]) -> None:
        environment, star = match["environment"], match["star"]
        self.depth += 1
        if environment not in NUMBERED:
            return
        self._rename(match)
        if self.numbered is None:
            self.numbered = (environment, self.depth)
            self.starred = bool(star)
            self.row = Row(automatic=not star)
            self.row_start = match.end()
            self.whole.automatic = False

    def _end(self, match: re.Match[str]) -> None:
        if match["environment"] in NUMBERED:
            self._rename(match)
            if self.numbered is not None and self.depth == self.numbered[1]:
                empty = not re.sub(r"%.*", "", self.tex[self.row_start : match.start()]).strip()
                if not empty or self.row.labels or self.row.tag is not None:
                    self._close_row(match.start())
                self.numbered = None
                self.row = self.whole
        self.depth -= 1

    def _newline(self, match: re.Match[str]) -> None:
        if self.numbered is None or self.depth != self.numbered[1]:
            return
        if self.numbered[0] not in _ONE_NUMBER:
            self._close_row(match.start())
            self.row = Row(automatic=not self.starred)
            self.row_start = match.end()

    def _close_row(self, stop: int) -> None:
        self.row.stop = stop
        self.found.rows.append(self.row)

    def _rename(self, match: re.Match[str]) -> None:
        """KaTeX numbers unstarred environments by a CSS counter: it gets starred ones."""
        environment, star = match["environment"], match["star"]
        instead = _INSTEAD.get(environment, environment)
        if instead == environment and star:
            return
        offset = match.start("environment")
        self.found.edits.append(Edit(offset, len(environment) + len(star), instead + "*"))

    def _name(self, match: re.Match[str]) -> None:
        edit = Edit(match.start(), len(match[0]), " ")
        self.found.edits.append(edit)
        name = Name(match["name"].strip(), match["target"], edit)
        (self.row.labels if name.command == "label" else self.found.references).append(name)

    def _define(self, match: re.Match[str]) -> int:
        """Past a definition; one outside of braces, or a global one, is inherited."""
        kind = match["definition"]
        form = "def" if kind.endswith("def") else "let" if kind == "let" else "command"
        signature = _SIGNATURES[form]
        head = None if self.broken else signature.match(self.tex, match.end())
        stop = head.end() if head else -1
        if head and kind != "let":
            stop = group_end(self.tex, stop)
        if stop < 0:
            self.broken = True
            return match.end()
        if self.depth <= 0 or kind in ("gdef", "xdef") or "\\global" in match[0]:
            text = re.sub(r"(?<!\\)%[^\n]*\n?", "", self.tex[match.start() : stop])
            self.found.definitions.append(" ".join(text.split("\n")))
        return stop


def group_end(tex: str, start: int) -> int:
    """The offset behind the `}` that closes the `{` at `start`; -1 if none does."""
    depth = 0
    for match in re.compile(r"\\.|[{}]", re.DOTALL).finditer(tex, start):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0:
                return match.end()
    return -1
