"""Settings -> the menu of each language; an entry that leads nowhere is a problem."""

from __future__ import annotations

from collections.abc import Container, Iterable

from notesite.config import FILE_NAME, Config, Language
from notesite.model import Link, Location, Problem


def menu(
    config: Config, language: str, home: str, urls: Container[str] | None = None
) -> tuple[Link, ...]:
    """The language's own, else the site's, whose entries lead to the same pages below `home`: all
    of them, or those that are among `urls`."""
    own = dict(config.languages).get(language, Language()).menu
    if own is not None or home == "/":
        return config.menu if own is None else own
    there = (Link(link.title, home + link.url[1:]) for link in config.menu)
    return tuple(
        below if link.url.startswith("/") and (urls is None or below.url in urls) else link
        for link, below in zip(config.menu, there, strict=True)
    )


def dead(links: Iterable[Link], urls: Container[str]) -> Iterable[Problem]:
    """What is wrong with menus of the settings."""
    for link in dict.fromkeys(links):
        path = link.url.partition("#")[0]
        if path.startswith("/") and path.endswith("/") and path not in urls:
            message = f"the menu leads to `{link.url}`, which does not exist"
            yield Problem("warning", message, Location(FILE_NAME), "mend or remove the entry")
