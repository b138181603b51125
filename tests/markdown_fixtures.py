"""The fixture files of tests/markdown: title, Markdown and HTML, each ended by a line of `.`."""

from __future__ import annotations

from pathlib import Path

from markdown_it.utils import read_fixture_file

from notesite.markdown.gathered import Gathered
from notesite.markdown.parser import make_parser
from notesite.problems import Problem

FOLDER = Path(__file__).parent / "markdown"

Case = tuple[str, str, str]  # title, Markdown, HTML


def cases(name: str) -> list[Case]:
    """The cases of tests/markdown/`name`.md."""
    found = read_fixture_file(FOLDER / f"{name}.md")
    return [(title, markdown, html) for _, title, markdown, html in found]


def render(
    text: str, *, html: bool = True, typographer: bool = False, soft_breaks: str = "cjk"
) -> tuple[str, list[Problem]]:
    """The note's HTML and its problems."""
    parser = make_parser(html=html, typographer=typographer, soft_breaks=soft_breaks)
    note = Gathered("note.md", text.split("\n"))
    return parser.render(text, {"note": note}), note.problems
