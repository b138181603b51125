"""A language and a whole number -> which plural form a text with that number takes.

The rules are those of the Unicode CLDR 46 for whole numbers, cardinal. They are here because a
library that has them brings the calendars and currencies of the world along; a test compares them
with one. Breton, Cornish and Manx are not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Rule = dict[str, Callable[[int], bool]]  # the first form that fits; "other" if none does

_ONE: Rule = {"one": lambda n: n == 1}
_SLAVIC_ONE: Rule = {"one": lambda n: n % 10 == 1 and n % 100 != 11}
_SLAVIC: Rule = _SLAVIC_ONE | {"few": lambda n: n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14)}
_RULES: dict[str, Rule] = {
    "bm bo dz hnj id ig ii ja jbo jv kde km ko lkt lo ms my nqo osa sah ses sg su th to tpi vi wo"
    " yo yue zh": {},
    "ak am as bho bn csw doi fa ff fr gu hi hy kab kn ln mg nso pa pcm pt si ti wa zu": {
        "one": lambda n: n < 2,
    },
    "he iu naq sat se sma smj smn sms": _ONE | {"two": lambda n: n == 2},
    "blo ksh lag": _ONE | {"zero": lambda n: n == 0},
    "is mk": _SLAVIC_ONE,
    "bs hr sr": _SLAVIC,
    "be ru uk": _SLAVIC | {"many": lambda n: True},
    "pl": _ONE | {"few": _SLAVIC["few"], "many": lambda n: True},
    "cs sk": _ONE | {"few": lambda n: n in (2, 3, 4)},
    "dsb hsb sl": {
        "one": lambda n: n % 100 == 1,
        "two": lambda n: n % 100 == 2,
        "few": lambda n: n % 100 in (3, 4),
    },
    "lt": {
        "one": lambda n: n % 10 == 1 and n % 100 not in range(11, 20),
        "few": lambda n: n % 10 > 1 and n % 100 not in range(11, 20),
    },
    "lv prg": _SLAVIC_ONE | {"zero": lambda n: n % 10 == 0 or n % 100 in range(11, 20)},
    "ro": _ONE | {"few": lambda n: n == 0 or n % 100 in range(1, 20)},
    "ceb fil tl": {"one": lambda n: n in (1, 2, 3) or n % 10 not in (4, 6, 9)},
    "ar": _ONE | {
        "zero": lambda n: n == 0,
        "two": lambda n: n == 2,
        "few": lambda n: n % 100 in range(3, 11),
        "many": lambda n: n % 100 in range(11, 100),
    },
    "ga": _ONE | {
        "two": lambda n: n == 2,
        "few": lambda n: n in range(3, 7),
        "many": lambda n: n in range(7, 11),
    },
    "gd": {
        "one": lambda n: n in (1, 11),
        "two": lambda n: n in (2, 12),
        "few": lambda n: n in range(3, 20),
    },
    "cy": _ONE | {
        "zero": lambda n: n == 0,
        "two": lambda n: n == 2,
        "few": lambda n: n == 3,
        "many": lambda n: n == 6,
    },
    "mt": _ONE | {
        "two": lambda n: n == 2,
        "few": lambda n: n == 0 or n % 100 in range(3, 11),
        "many": lambda n: n % 100 in range(11, 20),
    },
    "shi": {"one": lambda n: n < 2, "few": lambda n: n < 11},
    "tzm": {"one": lambda n: n < 2 or n in range(11, 100)},
}  # fmt: skip
RULES: Mapping[str, Rule] = {tag: rule for tags, rule in _RULES.items() for tag in tags.split()}


def plural(language: str, number: int) -> str:
    """`one`, `few`, …, `other`: of a language without a rule of its own that of English."""
    rule = RULES.get(language.lower().partition("-")[0], _ONE)
    return next((form for form, fits in rule.items() if fits(number)), "other")
