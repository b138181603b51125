"""Formulas in, HTML and readable text out: KaTeX in V8, inside this process.

The only module that knows the engine. V8 starts with the first formula and is used from one
thread. It hangs in a forked child (start workers by spawn) and at the exit of a process that did
not close it.
"""

from __future__ import annotations

import json
import re
import weakref
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from time import process_time
from typing import Any

from msgspec.json import Decoder

from notesite.markdown.math import messages
from notesite.model import Formula, Typeset
from notesite.problems import Incomplete

LONGEST = 10_000  # characters a formula
SECONDS = 2.0  # a formula
HEAP = 128_000_000  # bytes; V8 would end the process at ten times as much
RENEWED_AFTER = 20_000  # formulas: V8's heap grows with what it caches
MOST_AT_ONCE = 500  # formulas in one call
MAX_SIZE = 50  # em
MAX_EXPAND = 1_000  # expansions of macros in one formula
_FLAGS = ("--max-semi-space-size=2",)  # MB: formulas die young, and 16 are filled before V8 looks
_SLICE = 0.15  # seconds after which a call comes back, so that a hanging formula has its own clock
_MOST_HTML = 2_000_000  # characters after which a call comes back
Result = dict[str, Any]  # what the driver says of one formula

_HERE = Path(__file__).parent
_VENDORED = _HERE.parents[1] / "vendor" / "katex"
_SCRIPTS = (
    _VENDORED / "katex.min.js", _VENDORED / "mhchem.min.js",
    _HERE / "text.js", _HERE / "driver.js",
)  # fmt: skip
_REFUSED_BY_US = re.compile("[\0-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Katex:
    """KaTeX with the macros of a site; `output` is htmlAndMathml, html or mathml."""

    def __init__(
        self, macros: tuple[tuple[str, str], ...] = (), output: str = "htmlAndMathml"
    ) -> None:
        self._settings = {
            "macros": {"\\" + name.removeprefix("\\"): body for name, body in macros},
            "output": output,
            "maxSize": MAX_SIZE,
            "maxExpand": MAX_EXPAND,
        }
        self._engine: _Engine | None = None

    def typeset(self, formulas: Sequence[Formula]) -> list[Typeset]:
        """One result for each formula, in order. One that KaTeX refuses is shown as its TeX."""
        made: list[Typeset] = []
        for start in range(0, len(formulas), MOST_AT_ONCE):
            batch = formulas[start : start + MOST_AT_ONCE]
            results = iter(self._results([formula for formula in batch if _is_sound(formula)]))
            for formula in batch:
                sound = _is_sound(formula)
                made.append(
                    messages.typeset(formula, next(results), _commands)
                    if sound
                    else _unsound(formula)
                )
        return made

    def __enter__(self) -> Katex:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Free V8. The next formula starts it again."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def _results(self, batch: list[Formula]) -> Iterator[Result]:
        """A formula that takes too long or too much memory costs itself and a new start of V8."""
        done = 0
        alone = False  # one formula at a time, after V8 could not say which one was too much
        while done < len(batch):
            made, reason, lost = self._ready().set(
                batch[done : done + 1] if alone else batch[done:]
            )
            yield from made
            done += len(made)
            if not reason:
                continue
            self.close()
            alone = lost and not alone
            if not alone:
                yield {"refused": {"reason": reason, "offset": -1, "text": ""}}
                done += 1

    def _ready(self) -> _Engine:
        if self._engine is not None and self._engine.count >= RENEWED_AFTER:
            self.close()
        if self._engine is None:
            self._engine = _Engine(self._settings)
            weakref.finalize(self._engine, self._engine.racer.close)  # also at exit
        return self._engine


class _Engine:
    """One context of V8 with KaTeX in it."""

    def __init__(self, settings: dict[str, Any]) -> None:
        # 80 ms that a build without new formulas saves
        from py_mini_racer import DEFAULT_V8_FLAGS, MiniRacer, init_mini_racer

        init_mini_racer(flags=(*DEFAULT_V8_FLAGS, *_FLAGS), ignore_duplicate_init=True)
        self.count = 0  # formulas so far
        self.racer = MiniRacer()
        self.racer.set_hard_memory_limit(HEAP)
        for script in _SCRIPTS:
            try:
                self.racer.eval(script.read_text("utf-8"))
            except FileNotFoundError as error:
                self.racer.close()
                message = f"KaTeX's file {script.name} is missing: install notesite again"
                raise Incomplete(message) from error
        self._tell("start", settings)

    def set(self, formulas: Sequence[Formula]) -> tuple[list[Result], str, bool]:
        """Results of the first formulas, at best of all; why the one after them was stopped; and
        whether V8 lost more results, so that it may be a later one."""
        from py_mini_racer import JSEvalException, JSTimeoutException

        self._load(formulas)
        made: list[Result] = []
        spent = 0.0  # seconds of processor, on the formula at hand
        while len(made) < len(formulas):
            began = process_time()
            try:
                made += self._call(f"run({_SLICE * 1000}, {_MOST_HTML})", _SLICE + SECONDS)
                spent = 0.0
                continue
            except JSTimeoutException:
                spent += process_time() - began
                reason = "slow" if spent > SECONDS / 2 else "starved"
            except JSEvalException:
                reason = "memory"
            try:
                made += self._call("take()", SECONDS)
            except JSEvalException:
                return made, reason.replace("starved", "slow"), True
            if reason != "starved":  # by the clock, which runs on while others compute
                return made, reason, False
        return made, "", False

    def _load(self, formulas: Sequence[Formula]) -> None:
        preambles = {preamble: index for index, preamble in enumerate(_distinct(formulas))}
        batch = [(each.tex, each.display, preambles[each.preamble]) for each in formulas]
        self._tell("load", {"preambles": list(preambles), "formulas": batch})
        self.count += len(batch)

    def _call(self, script: str, seconds: float) -> list[Result]:
        *pages, rest = str(self.racer.eval(script, timeout_sec=seconds)).split("\x1e")
        results = _decoder.decode(rest)
        for page, result in zip(pages, results, strict=True):
            result["html"] = page
        return results

    def close(self) -> None:
        self.racer.close()

    def _tell(self, name: str, value: object) -> None:
        self.racer.eval(f"{name}({json.dumps(json.dumps(value))})", timeout_sec=10)


_decoder = Decoder(list[Result])


def _distinct(formulas: Sequence[Formula]) -> list[str]:
    return list(dict.fromkeys(formula.preamble for formula in formulas))


def _is_sound(formula: Formula) -> bool:
    return len(formula.tex) <= LONGEST and not _REFUSED_BY_US.search(formula.tex)


def _unsound(formula: Formula) -> Typeset:
    reason = "long" if len(formula.tex) > LONGEST else "unprintable"
    tex = _REFUSED_BY_US.sub("\ufffd", formula.tex)
    shown = Formula(tex, formula.display)
    refused = {"reason": reason, "offset": -1, "text": ""}
    return messages.typeset(shown, {"refused": refused}, _commands)


@lru_cache(maxsize=1)
def _commands() -> tuple[str, ...]:
    """The commands that KaTeX's script names. Read when the first unknown one turns up."""
    return tuple(sorted(set(re.findall(r'"\\\\([A-Za-z]{2,})"', _SCRIPTS[0].read_text("utf-8")))))
