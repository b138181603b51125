"""The block rules of markdown-it -> the same, of which only those are asked that can start at a
line's first sign.

markdown-it asks every rule at every line, and most say no.
"""

from __future__ import annotations

from collections.abc import Callable

from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock

Rule = Callable[[StateBlock, int, int, bool], bool]

# Rule -> the signs it can start at; a rule that is not here is asked at every line.
STARTS = {
    "admonition": "!?",
    "attributes": "{",
    "callout": "[",
    "comment": "%",
    "container": ":",
    "fence": "`~",
    "math_block": "$\\",
    "more": "<",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*-+0123456789",
    "reference": "[",
    "shortcode": "{",
    "footnote_def": "[",
    "html_block": "<",
    "heading": "#",
}


class BlockRuler(Ruler[Rule]):
    """Takes the rules of `other` over."""

    def __init__(self, other: Ruler[Rule]) -> None:
        super().__init__()
        self.__rules__ = other.__rules__

    def __compile__(self) -> None:
        """Make of each chain one rule, which asks those of the chain in order."""
        chains = {"", *(name for rule in self.__rules__ for name in rule.alt)}
        self.__cache__ = {chain: [self._asking(chain)] for chain in chains}

    def _asking(self, chain: str) -> Rule:
        active = [
            rule for rule in self.__rules__ if rule.enabled and (not chain or chain in rule.alt)
        ]
        signs = {sign for name in STARTS.values() for sign in name}
        known = {
            sign: [rule.fn for rule in active if sign in STARTS.get(rule.name, sign)]
            for sign in signs
        }
        others = [rule.fn for rule in active if rule.name not in STARTS]

        def ask(state: StateBlock, start: int, end: int, silent: bool) -> bool:
            first = state.bMarks[start] + state.tShift[start]
            for rule in known.get(state.src[first : first + 1], others):
                if rule(state, start, end, silent):
                    return True
            return False

        return ask
