"""templates/ of the site and the packaged theme -> Theme: templates by name, static files, UI
strings.

A site's file takes the place of the theme's of the same name; the original stays at `theme/<name>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path

from notesite import fields
from notesite.model import Location, Problem, Source, Theme
from notesite.nodes import FieldError, Node, read_yaml
from notesite.program import PACKAGE

PACKAGED = PACKAGE / "theme"
KATEX = PACKAGE / "vendor" / "katex"

_TEXTS = (".html", ".xml", ".txt", ".svg", ".json", ".js", ".css", ".j2", ".atom")
_STRINGS = "i18n/"  # in templates/ of a site: a table of UI strings for a language


def load_theme(
    templates: Iterable[Source],
    static: Iterable[Source],
    read: Callable[[str], Node] = read_yaml,
) -> tuple[Theme, list[Problem]]:
    """The theme of a site, and what is wrong with its own files."""
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    origins: dict[str, str] = {}
    strings: dict[str, dict[str, object]] = {}
    for name, entry in _walk(PACKAGED / "templates"):
        texts[name] = texts["theme/" + name] = entry.read_text("utf-8")
        origins[name] = origins["theme/" + name] = f"theme/{name}"
    for name, entry in _walk(PACKAGED / "i18n"):
        lang = name.removesuffix(".yaml")
        strings[lang] = {"language": lang, **_words(read(entry.read_text("utf-8")))}
    for source in templates:
        table = source.path.startswith(_STRINGS) and source.path.endswith(".yaml")
        if not table and not source.path.lower().endswith(_TEXTS):
            problems.append(_no_template(source))
            continue
        text = _text(source, problems)
        if text is None:
            continue
        if table:
            _add_language(source, text, strings, problems)
        else:
            texts[source.path], origins[source.path] = text, source.shown
    assets = [*_packaged("static"), *_katex()]
    return Theme(texts, origins, tuple(static), tuple(assets), strings), problems


def _walk(folder: Path, prefix: str = "") -> Iterable[tuple[str, Path]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif not entry.name.startswith("."):
            yield prefix + entry.name, entry


def _packaged(folder: str) -> Iterable[Source]:
    return (_source(name, f"theme/{name}", entry) for name, entry in _walk(PACKAGED / folder))


def _katex() -> Iterable[Source]:
    """KaTeX's style sheet and fonts, which a site serves itself."""
    if not KATEX.is_dir():
        return  # the engine says so, with what to do
    yield _source("katex.css", "KaTeX's katex.min.css", KATEX / "katex.min.css")
    for name, entry in _walk(KATEX / "fonts"):
        yield _source(f"fonts/{name}", f"KaTeX's {name}", entry)


def _source(path: str, shown: str, entry: Path) -> Source:
    content = entry.read_bytes()
    return Source(path, shown, blake2b(content, digest_size=16).digest(), content, "")


def _no_template(source: Source) -> Problem:
    message = "this is no template by its name, and is left out"
    hint = "what the site serves as it is belongs in static/"
    return Problem("note", message, Location(source.shown), hint)


def _text(source: Source, problems: list[Problem]) -> str | None:
    try:
        return (source.content or b"").decode("utf-8-sig")
    except UnicodeDecodeError:
        where = Location(source.shown)
        problems.append(
            Problem("error", "this template is not UTF-8", where, "save it as UTF-8", frame=True)
        )
        return None


def _add_language(
    source: Source, text: str, strings: dict[str, dict[str, object]], problems: list[Problem]
) -> None:
    """A table of the site: over the packaged one of that language, with English for what it
    lacks."""
    lang = source.path.removeprefix(_STRINGS).removesuffix(".yaml")
    try:
        own = _words(read_yaml(text))
    except FieldError as error:
        where = Location(source.shown, error.line, error.column)
        problems.append(Problem("error", error.message, where, error.hint, frame=True))
        return
    named = {"language": lang, "language_name": lang}
    strings[lang] = {**strings["en"], **named, **strings.get(lang, {}), **own}


def _words(node: Node) -> dict[str, object]:
    """A table of UI strings. Raises FieldError where the program could not read a value."""
    for key, value in node.entries:
        if key.text == "direction":
            fields.one_of("ltr", "rtl")(value)
        elif key.text == "months" and len(value.items) != 12:
            raise value.error("a list of twelve months is expected here")
        elif value.kind == "map" and "other" not in {form.text for form, _ in value.entries}:
            raise value.error("the plural form `other` is missing", "write {one: …, other: …}")
    table: dict[str, object] = fields.plain(node)
    return table
