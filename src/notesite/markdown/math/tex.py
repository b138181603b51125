r"""Math in Markdown: a `MarkdownIt` in, the same with rules for formulas out.

Tokens: `math_inline`, `math_display` (`$$…$$` inside a paragraph), `math_block`; `content` is the
TeX as written, `meta["formula"]` the `Formula` that KaTeX is given. A reference to an equation in
prose becomes an ordinary link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from functools import lru_cache, partial
from typing import Any
from unicodedata import east_asian_width

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from notesite.markdown.gathered import Gathered, gathered
from notesite.markdown.math.blocks import forget as forget_lines
from notesite.markdown.math.blocks import math_block
from notesite.markdown.math.commands import Edit, Name
from notesite.markdown.math.numbering import Numbering, Placed, place
from notesite.markdown.math.places import Places
from notesite.markdown.math.spans import Spans
from notesite.markdown.math.tables import forget as forget_tables
from notesite.markdown.math.tables import with_formulas

__all__ = ["place", "plugin", "width"]

_SPANS = "tex spans"  # in markdown-it's env, while a note is parsed
_REFERENCE = re.compile(r"\\(ref|eqref)\{([^{}\n]+)\}")
_MATH = ("math_inline", "math_display", "math_block")
_ALT = ["paragraph", "reference", "blockquote", "list"]


def plugin(md: MarkdownIt, *, double_backslash: bool = False, numbering: str = "labelled") -> None:
    r"""Math for `md`. `double_backslash`: `\\(…\\)` too; `numbering`: labelled, all or none.

    `env["note"]` is the `Gathered` of the note; `env["macros"]` may hold (name, body) of its own.
    """
    md.inline.ruler.before("escape", "math", partial(_inline, double_backslash=double_backslash))
    block = partial(math_block, double_backslash=double_backslash)
    md.block.ruler.before("fence", "math_block", block, {"alt": _ALT})
    for rule in md.block.ruler.__rules__:
        if rule.name == "table":
            rule.fn = with_formulas(rule.fn, double_backslash=double_backslash)
    md.block.ruler.__cache__ = None
    md.core.ruler.after("block", "math_fence", _fences)
    md.core.ruler.push("math_formulas", partial(_formulas, numbering=numbering))
    for name in _MATH:
        md.add_render_rule(name, _render)


# --- rules ---


def _inline(state: StateInline, silent: bool, *, double_backslash: bool) -> bool:
    sign = state.src[state.pos]
    if sign not in "$\\":
        return False
    following = state.src[state.pos + 1 : state.pos + 2]
    if sign == "\\" and following not in tuple("([\\"):
        return following in ("r", "e") and _reference(state, silent)
    known: dict[str, Spans] = state.env.setdefault(_SPANS, {})
    if state.src not in known:
        known[state.src] = Spans(state.src, double_backslash=double_backslash)
    span = known[state.src].at(state.pos)
    if span is None or span.end > state.posMax:
        if sign == "$" and not silent and known[state.src].unclosed(state.pos):
            state.env.setdefault("tex unclosed", []).append((state.src, state.pos))
        return False
    if not silent:
        display = span.markup == "$$" or span.markup.endswith("[")
        token = state.push("math_display" if display else "math_inline", "math", 0)
        token.content = state.src[span.start : span.stop]
        token.markup = span.markup
        token.meta["at"] = span.start
    state.pos = span.end
    return True


def _reference(state: StateInline, silent: bool) -> bool:
    r"""`\ref{…}` and `\eqref{…}` in prose."""
    match = _REFERENCE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("math_reference", "", 0)
        token.content = token.markup = match[0]
        token.meta = {"at": match.start(), "command": match[1], "name": match[2].strip()}
        token.meta["linked"] = state.linkLevel > 0
    state.pos = match.end()
    return True


def _fences(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "fence" and token.info.split()[:1] == ["math"]:
            token.type, token.tag, token.content = "math_block", "math", token.content.rstrip("\n")


def _formulas(state: StateCore, *, numbering: str) -> None:
    """After all other rules: give every math token its formula."""
    env = state.env
    note = gathered(env)
    places = Places(note)
    placed: list[Placed] = []
    for token in state.tokens:
        if token.type == "math_block":
            starts = token.meta.pop("starts", None) or places.of_fence(token)
            placed.append(Placed(token, starts))
        elif token.children and ("$" in token.content or "\\" in token.content):
            placed += _in_paragraph(token, token.children, places)
    Numbering(note, numbering, env.get("macros", ())).apply(placed)
    for token in state.tokens:
        if token.children and "\\" in token.content:
            _link_references(token)
    _report_unclosed(env, state.tokens, note, places)
    for key in (_SPANS, "tex unclosed"):
        env.pop(key, None)
    forget_lines(env)
    forget_tables(env)


def _in_paragraph(parent: Token, children: Sequence[Token], places: Places) -> Iterator[Placed]:
    for child in children:
        if child.type in ("math_inline", "math_display"):
            yield Placed(child, places.of_span(parent, child))
        elif child.type == "math_reference":
            edit = Edit(0, 0, "")
            name = Name(child.meta["name"], child.meta["command"], edit)
            yield Placed(child, places.of_span(parent, child), name)
        elif child.type == "image":
            _flatten(child)


def _flatten(image: Token) -> None:
    """An image's text is read, not seen: a formula in it stays TeX, without its dollar signs."""
    for child in image.children or ():
        if child.type in ("math_inline", "math_display", "math_reference"):
            child.type, child.tag, child.content = "text", "", child.content.strip()
        elif child.type == "image":
            _flatten(child)


def _link_references(parent: Token) -> None:
    """Make links of the references that were found, and text of the others."""
    if not any(child.type == "math_reference" for child in parent.children or ()):
        return
    made: list[Token] = []
    for child in parent.children or ():
        if child.type != "math_reference":
            made.append(child)
            continue
        formula = "formula" in child.meta
        shown = Token("math_inline" if formula else "text", "math" if formula else "", 0)
        shown.content, shown.level = child.content, child.level
        if formula:
            shown.meta["formula"] = child.meta["formula"]
            shown.content = child.meta["formula"].tex
        if "id" not in child.meta or child.meta["linked"]:
            made.append(shown)
            continue
        opening = Token("link_open", "a", 1, {"href": f"#{child.meta['id']}"}, level=child.level)
        opening.meta["equation"] = True
        shown.level += 1
        made += [opening, shown, Token("link_close", "a", -1, level=child.level)]
    parent.children = made


def _report_unclosed(
    env: MutableMapping[str, Any], tokens: Sequence[Token], note: Gathered, places: Places
) -> None:
    if "tex unclosed" not in env:
        return
    parents = {token.content: token for token in tokens if token.type == "inline"}
    for text, position in env["tex unclosed"]:
        if text in parents:
            place = places.of_offset(parents[text], position)
            note.problem("warning", "$$ is not closed", *place, "write $$ where the formula ends")


# --- rendering ---


def _render(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    token = tokens[index]
    formula = token.meta["formula"]
    hole = gathered(env).hole(formula)
    anchors = "".join(f'<span id="{escapeHtml(anchor)}"></span>' for anchor in formula.ids)
    hidden = " hidden" if "definitions" in token.meta else ""
    if token.type == "math_block":
        return f'<div class="math-block"{hidden}>{anchors}{hole}</div>\n'
    if token.type == "math_display":
        return f'<span class="math-display"{hidden}>{anchors}{hole}</span>'
    return f"<span hidden>{hole}</span>" if hidden else anchors + hole


# --- width ---

_SHOWN = re.compile(
    r"(\\(?:begin|end|label|tag|ref|eqref|hspace|vspace|color)\*?\s*\{[^{}]*\}|%[^\n]*|\\([a-zA-Z]+)|\\.|[^\s{}^_&$])",
    re.DOTALL,
)
_SHOWN_ESCAPES = {f"\\{sign}" for sign in "{}|%&$#_"}
_SILENT = re.compile(
    r"left|right|[bB]igg?[lrm]?|middle|[dtc]?frac|[dt]?binom|text\w*|math\w*|mbox|boldsymbol|bm|operatorname"
    r"|displaystyle|textstyle|scriptstyle|limits|nolimits|nonumber|notag|hat|bar|vec|tilde|dot|ddot|wide\w+"
    r"|over\w*|under\w*|boxed|phantom|sqrt|hline|rm|bf|it|label|not"
)
_NAMES = re.compile(
    r"(?:arc)?(?:sin|cos|tan)h?|cot|sec|csc|log|ln|exp|lim|max|min|sup|inf|det|dim|ker|arg(?:max|min)?|gcd|deg|Pr|bmod"
)


def width(tex: str) -> int:
    """Roughly how many half-width columns the formula shows: a sign 1, a wide character 2."""
    total = 0
    for sign, name in _SHOWN.findall(tex):
        if name:
            total += _name_width(name)
        elif len(sign) == 1:
            total += 1 if sign.isascii() or east_asian_width(sign) not in "WF" else 2
        elif sign[0] == "\\" and sign in _SHOWN_ESCAPES:
            total += 1
    return total


@lru_cache(maxsize=4096)
def _name_width(name: str) -> int:
    """What the command of this name shows."""
    if _NAMES.fullmatch(name):
        return len(name)
    if name in ("quad", "qquad"):
        return 2
    return 0 if _SILENT.fullmatch(name) else 1
