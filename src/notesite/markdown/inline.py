"""The inline parser of markdown-it -> one that asks only the rules that can start at a character.

markdown-it asks every rule at every sign; with as many rules as notesite has, most of a parse is
rules that say no. What is parsed is the same, but for the state class: a way in for rules about
what surrounds a delimiter, which markdown-it has none for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

Rule = Callable[[StateInline, bool], bool]

# Rule -> the characters it can start at; a rule that is not here is asked at all of them.
STARTS = {
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "link": "[",
    "image": "!",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
    "linkify": ":",
}

# Rules for pairs of delimiters, which a text without any need not ask
PAIRING = frozenset(["balance_pairs", "strikethrough", "mark", "emphasis"])


def starts(md: MarkdownIt, name: str, characters: str) -> None:
    """Say that the inline rule `name` can only start at one of `characters`."""
    if isinstance(md.inline, Inline):
        md.inline.starts[name] = characters


class Inline(ParserInline):
    """Takes the rules of `other` over, and makes states of class `state`."""

    def __init__(self, other: ParserInline, state: type[StateInline] = StateInline) -> None:
        super().__init__()
        self.ruler, self.ruler2 = other.ruler, other.ruler2
        self.terminator_re = other.terminator_re
        self.starts = dict(STARTS)
        self._state = state
        self._chains: dict[str, list[Rule]] = {}
        self._made_of: tuple[object, object] = (None, None)
        self._pairing: list[tuple[bool, Callable[[StateInline], None]]] = []
        self._rules2_of: object = None

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        state = self._state(src, md, env, tokens)
        self.tokenize(state)
        paired = bool(state.delimiters or any(state.tokens_meta))
        for pairs, rule in self._rules2():
            if paired or not pairs:
                rule(state)
        return state.tokens

    def _rules2(self) -> list[tuple[bool, Callable[[StateInline], None]]]:
        """The rules for finished tokens, and whether each needs pairs: not one of a site's
        extension, which may stand in the place of another."""
        rules = self.ruler2.getRules("")
        if rules is not self._rules2_of:
            self._rules2_of = rules
            named = zip(self.ruler2.get_active_rules(), rules, strict=True)
            self._pairing = [(name in PAIRING and _is_known(rule), rule) for name, rule in named]
        return self._pairing

    def tokenize(self, state: StateInline) -> None:
        """Make tokens of what lies between `state.pos` and `state.posMax`."""
        chains, src, end = self.chains(), state.src, state.posMax
        nested_too_deep = state.level >= state.md.options["maxNesting"]
        while state.pos < end:
            pos = state.pos
            rules = chains.get(src[pos])
            if rules is None:
                stop = self._text_end(src, pos, end)
                state.append_pending(src[pos:stop])
                state.pos = stop
                continue
            if not nested_too_deep:
                for rule in rules:
                    if rule(state, False):
                        break
            if state.pos == pos:
                state.append_pending(src[pos])
                state.pos += 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:
        """Move over one token without making it."""
        pos = state.pos
        if (known := state.cache.get(pos)) is not None:
            state.pos = known
            return
        rules = self.chains().get(state.src[pos])
        if state.level >= state.md.options["maxNesting"]:
            state.pos = state.posMax
        elif rules is None:
            state.pos = self._text_end(state.src, pos, state.posMax)
        else:
            state.level += 1
            for rule in rules:
                if rule(state, True):
                    break
            state.level -= 1
            if state.pos == pos:
                state.pos += 1
        state.cache[pos] = state.pos

    def _text_end(self, src: str, pos: int, end: int) -> int:
        # from pos + 1: a sign outside ASCII that ends a text is taken as text itself
        found = self.terminator_re.search(src, pos + 1, end)
        return found.start() if found else end

    def chains(self) -> dict[str, list[Rule]]:
        """Character -> rules to ask, in order; made anew when rules have been added or switched."""
        rules = self.ruler.getRules("")
        if (rules, self.terminator_re) != self._made_of:
            self._made_of = (rules, self.terminator_re)
            named = list(zip(self.ruler.get_active_rules(), rules, strict=True))
            signs = [c for c in map(chr, range(128)) if self.terminator_re.match(c)]
            self._chains = {
                sign: [
                    rule
                    for name, rule in named
                    if name != "text" and sign in self.starts.get(name, sign)
                ]
                for sign in signs
            }
        return self._chains


def _is_known(rule: Callable[[StateInline], None]) -> bool:
    """Whether it is markdown-it's, or ours."""
    return str(getattr(rule, "__module__", "")).startswith(("markdown_it.", "notesite."))
