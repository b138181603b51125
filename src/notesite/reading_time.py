"""Counts of a note -> how long it takes to read, in seconds, and how that is told."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from notesite.model import Counts

# Characters (ja, zh) or words (ko, en) a minute. Sources: zh, ko, en as collected in zola PR #3145
# (en: Brysbaert 2019); ja: below the 653 that Kobayashi and Kawashima measured in 2018, because
# notes are dense. Then seconds: an image takes 12, each further one a second less (the rule that
# Medium published).
SPEED: Mapping[str, float] = MappingProxyType({
    "ja": 500, "zh": 439, "ko": 202, "en": 238,
    "code_line": 2, "display_formula": 6, "inline_formula": 1.5, "image": 12, "image_least": 3,
})  # fmt: skip
SHORT = 55  # seconds; shorter times are told in steps of ten seconds


def reading_time(counts: Counts, speed: Mapping[str, float] = SPEED) -> int:
    """Seconds. `speed` overrides any of SPEED."""
    a = {**SPEED, **speed}
    minutes = (
        counts.ja / a["ja"] + counts.zh / a["zh"] + counts.ko / a["ko"] + counts.words / a["en"]
    )
    seconds = (
        counts.code_lines * a["code_line"]
        + counts.display_formulas * a["display_formula"]
        + counts.inline_formulas * a["inline_formula"]
        + _looking(counts.images, a["image"], a["image_least"])
    )
    return int(minutes * 60 + seconds + 0.5)


def steps(seconds: int) -> tuple[str, int]:
    """As a reader is told: ("seconds", 10 to 50 in tens) below 55 s, then ("minutes", n), halves
    up."""
    if seconds < SHORT:
        return "seconds", max((seconds + 5) // 10 * 10, 10)
    return "minutes", max((seconds + 30) // 60, 1)


def rounded(seconds: int) -> int:
    """The time in seconds as it is told, so that an edit of a few words changes no listing."""
    unit, number = steps(seconds)
    return number if unit == "seconds" else 60 * number


def _looking(images: int, first: float, least: float) -> float:
    """Seconds for so many images, each a second less than the one before, but not below `least`."""
    falling = min(images, max(int(first - least), 0))
    return falling * first - falling * (falling - 1) / 2 + (images - falling) * min(first, least)
