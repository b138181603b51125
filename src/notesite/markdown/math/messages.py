"""What KaTeX answered in, `Typeset` with complaints in words for an author out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from notesite.model import Formula, Typeset
from notesite.problems import Level

_REASONS = {
    "long": "this formula is longer than 10,000 characters",
    "slow": "this formula took longer than 2 seconds",
    "memory": "this formula needs too much memory",
    "nested": "this formula is nested too deeply",
    "unprintable": "this formula holds a character that is not printable",
    "unbalanced": "KaTeX made broken HTML of this formula",
}
_Words = str | Callable[[re.Match[str]], str]
_PARSE: tuple[tuple[str, _Words], ...] = (
    (r"Undefined control sequence: (\\.+)", r"KaTeX does not know \1"),
    (r"No such environment: (.+)", r"KaTeX has no environment \1"),
    (r"Expected 'EOF', got '}'", "a } without its {"),
    (r"Expected 'EOF', got '&'", "a & outside of an environment such as aligned"),
    (r"Expected 'EOF', got '\\(right|middle)'", r"a \\\1 without its \\left"),
    (r"Expected 'EOF', got '\\end'", r"an \\end without its \\begin"),
    (r"Expected '\\right', got '(.+)'", r"a \\left without its \\right"),
    (r"Expected '}', got 'EOF'", "a { is not closed"),
    (r"Expected '}', got '(.+)'", r"a { is not closed before \1"),
    (r"Got function '(.+)' with no arguments as .*", r"\1 cannot stand here without braces"),
    (
        r"Unexpected end of input in a macro argument.*",
        "a { is not closed, or an argument is missing",
    ),
    (r"Expected & or \\\\ or \\cr or \\end", r"an environment is not closed by its \\end"),
    (r"Expected 'EOF', got '(.+)'", r"\1 cannot stand here"),
    (r"Expected group after '(.+)'", r"nothing follows \1"),
    (r"Expected group as argument to '(.+)' at end of input|Expected group as argument to '(.+)'",
     lambda m: f"{m[1] or m[2]} lacks its argument"),
    (r"Double (sub|super)script", r"two \1scripts at one place; put braces around one"),
    (r"Can't use function '\$' in math mode", "a $ inside of the formula"),
    (r"Can't use function '(.+)' in math mode", r"\1 cannot be used in math, only in \\text{…}"),
    (r"Can't use function '(.+)' in text mode", r"\1 cannot be used in text"),
    (r"\\tag works only in display equations", r"\\tag works only in a display formula"),
    (r"Multiple \\tag", r"two \\tag for one number"),
    (r"{(.+)} can be used only in display mode\.", r"\1 can be used only in a display formula"),
    (r"Too many expansions.*", "the macros of this formula expand without end"),
    (r"Unknown accent.*|Accent .* unsupported.*", "a letter with an accent unknown to KaTeX"),
    (r"\\newcommand\{(.+)\} attempting to redefine.*", r"\1 exists already; use \\renewcommand"),
    (r"\\renewcommand\{(.+)\} when command.*", r"\1 does not exist yet; use \\newcommand"),
    (r"\\@char has invalid code point (.+)", r"\1 is not a printable character"),
)  # fmt: skip
_ADVICE = {
    "unicodeTextInMathMode": r"bare “{}” in a formula; LaTeX wants \text{{{}}}",
    "unknownSymbol": "KaTeX has no sign for “{}”",
    "newLineInDisplayMode": r"LaTeX ignores \\ here; use an environment such as aligned",
    "commentAtEnd": "a % comment at the end of a formula hides what closes it from LaTeX",
    "mathVsTextUnits": "a unit of text in math, or of math in text; LaTeX refuses it",
    "mathVsTextAccents": "an accent of text in math; LaTeX refuses it",
    "textEnv": "more columns than the environment declares",
}


def typeset(
    formula: Formula, result: Mapping[str, Any], commands: Callable[[], Sequence[str]]
) -> Typeset:
    """The result of one formula, as the driver in V8 gave it; `commands` are those KaTeX knows."""
    if "refused" in result:
        refused = result["refused"]
        offset = _offset(formula.tex, refused["offset"])
        message = _refusal(refused["reason"], refused["text"])
        if unknown := re.fullmatch(r"Undefined control sequence: \\(.+)", refused["text"]):
            from difflib import get_close_matches

            close = get_close_matches(unknown[1], commands(), n=1, cutoff=0.7)
            message += f"; did you mean \\{close[0]}?" if close else ""
        if offset < 0 and (command := re.search(r"\\[A-Za-z]+", refused["text"])):
            offset = formula.tex.find(command[0])
        code = as_code(formula.tex, formula.display)
        return Typeset(code, formula.tex.strip(), (("warning", offset, message),))
    return Typeset(result["html"], result["text"], tuple(_advice(formula.tex, result["warnings"])))


def as_code(tex: str, display: bool) -> str:
    """TeX in place of a formula; a display formula keeps its lines."""
    code = escape(tex.strip())
    return f'<code class="math-error">{code.replace(chr(10), "<br>") if display else code}</code>'


def _refusal(reason: str, text: str) -> str:
    if reason == "forbidden":
        return f"{text} is not allowed"
    if reason in _REASONS:
        return _REASONS[reason]
    for pattern, words in _PARSE:
        if match := re.fullmatch(pattern, text):
            return words(match) if callable(words) else match.expand(words)
    return f"KaTeX: {text[:200]}"


def _advice(tex: str, warnings: list[dict[str, Any]]) -> list[tuple[Level, int, str]]:
    """One complaint of each kind a formula: at its first place, with all such characters there."""
    advice: list[tuple[Level, int, str]] = []
    seen: set[str] = set()
    for index, warning in enumerate(warnings):
        code = warning["code"]
        if code in seen or warning["message"].startswith("No character metrics"):
            continue
        seen.add(code)
        start = _offset(tex, warning["offset"])
        stop = start + 1
        for following in warnings[index + 1 :]:
            if following["code"] == code and _offset(tex, following["offset"]) == stop:
                stop += 1
        words = _ADVICE.get(code, warning["message"].replace("{", "{{").replace("}", "}}"))
        text = tex[start:stop] if start >= 0 else "…"
        advice.append(("note", start, words.format(text, text) if "“{}”" in words else words))
    return advice


def _offset(tex: str, units: int) -> int:
    """JavaScript counts characters beyond U+FFFF as two."""
    if units <= 0 or tex.isascii():
        return units
    return len(tex.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))
