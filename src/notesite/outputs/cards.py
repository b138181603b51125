"""A note without an image -> its share card, if the site has a font for them."""

from __future__ import annotations

from notesite.cards import plain, undrawable
from notesite.model import Drawn, Location, Output, Page, Problem
from notesite.outputs.frame import Frame


def share_card(frame: Frame, page: Page) -> Output | None:
    """The card, or None: a note with a letter that the font lacks has none, and a warning."""
    font = frame.theme.font
    if font is None or page.card.image:
        return None
    title, text, site = map(plain, (page.card.title, page.description, frame.config.title))
    if char := undrawable(title + text + site + ".", font):  # a dot for what is cut off
        message = f"`{char}` (U+{ord(char):04X}) cannot be drawn, so this note has no share card"
        hint = "give the note an `image`, or set `cards.font` to a font that has it"
        frame.problems.append(Problem("warning", message, Location(page.path), hint))
        return None
    path = "cards" + page.card.url.removesuffix("/").removesuffix(".html") + ".png"
    return Output(path, Drawn(title, text, site, font), f"the share card of {page.path}", True)
