"""Documents and where they stand -> the URL of each, and of all pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from notesite.config import Config
from notesite.index.languages import Languages
from notesite.index.standing import (
    Kind,
    Standing,
    asks,
    asks_elsewhere,
    clash_key,
    folder_url,
    is_bundle,
    whole,
)
from notesite.model import Entry, Location, Problem, Taxonomy
from notesite.names import slugify as slugify
from notesite.names import unsafe_name

_CLASH_HINT = "change the slug or permalink of one of them"
_DATED = re.compile(r"^\d{4}-\d{2}-\d{2}[-_ ]?(?=.)")
_NEED_DATE = (":year", ":month", ":day")


class Address(Struct, frozen=True):
    """A document's URL (a site path, NFC, not escaped), the folder it belongs to, its kind, and its
    language."""

    url: str
    folder: str
    kind: Kind
    language: str


@lru_cache(maxsize=100_000)
def name_of(path: str) -> str:
    """The name a note's slug is made of: its file name without suffix and date, or its folder's
    name."""
    folder, _, name = path.rpartition("/")
    name = folder.rpartition("/")[2] if folder and is_bundle(path) else name.rpartition(".")[0]
    return _DATED.sub("", name)


def assign(
    standing: Iterable[Standing], reserved: Callable[[str], str], config: Config,
    languages: Languages,
) -> tuple[dict[str, Address], list[Problem]]:  # fmt: skip
    """The address of every document by path; one that clashes beyond repair has none.

    `reserved` names what of the site itself has a URL, or is "".
    """
    standing = tuple(standing)
    problems: list[Problem] = []
    addresses: dict[str, Address] = {}
    taken: dict[str, Entry] = {}
    for note in standing:
        if note.kind == "section":
            url = folder_url(note.folder)
            addresses[note.document.path] = Address(url, note.folder, "section", note.language)
            if asks_elsewhere(note.document, note.folder):
                problems.append(_kept_at(note.document, url))
            taken[clash_key(url)] = note.document
    for note in standing:
        if note.kind == "section":
            continue
        document = note.document
        address: Address | None = _note_address(note, languages, config, problems)
        assert address is not None
        other = taken.get(clash_key(address.url)) or reserved(address.url)
        if other:
            address = _resolved(document, other, address, problems)
        if address is not None and not _refused(document, address, problems):
            taken[clash_key(address.url)] = document
            addresses[document.path] = address
    return addresses, problems


def site_paths(
    addresses: Mapping[str, Address],
    found: Mapping[str, Iterable[Taxonomy]],
    languages: Languages,
    search: bool,
) -> set[str]:
    """The site paths of all pages but redirects and later pages of listings."""
    urls = {"/404.html", *(address.url for address in addresses.values())}
    for home in map(languages.home, languages.all):
        urls |= {home, f"{home}archive/", *([f"{home}search/"] if search else ())}
    for folder in {address.folder for address in addresses.values()}:
        while folder:
            urls.add(folder_url(folder))
            folder = folder.rpartition("/")[0]
    for taxonomy in chain(*found.values()):
        urls |= {taxonomy.url, *(term.url for term in taxonomy.terms)}
    return urls


def _note_address(
    note: Standing, languages: Languages, config: Config, problems: list[Problem]
) -> Address:
    """A pattern of the settings is that of a folder in each language, below its home page."""
    document, front = note.document, note.document.front_matter
    if front.permalink:
        return Address(whole(front.permalink), note.folder, "note", note.language)
    slug = slugify(front.slug) if front.slug else slugify(name_of(note.place))
    section = note.folder.removeprefix(languages.root(note.language)).lstrip("/")
    pattern = _pattern(section, dict(config.permalinks)) if config.permalinks else ""
    if pattern and front.date is None and any(word in pattern for word in _NEED_DATE):
        hint = "add a date to the note; until then its URL is made of folder and slug"
        message = f"the URL pattern `{pattern}` needs a date and this note has none"
        problems.append(Problem("warning", message, Location(document.shown), hint))
        pattern = ""
    if not pattern:
        return Address(folder_url(note.folder) + slug + "/", note.folder, "note", note.language)
    words = {
        "slug": slug,
        "title": slugify(document.title),
        "section": folder_url(section).strip("/"),
    }
    words["sections"] = words["section"]
    words["filename"] = slugify(name_of(note.place))
    if front.date:
        words |= {
            "year": f"{front.date:%Y}",
            "month": f"{front.date:%m}",
            "day": f"{front.date:%d}",
        }
    url = whole(re.sub(r":(\w+)", lambda m: words.get(m[1], m[0]), pattern))
    home = languages.home(note.language).rstrip("/")
    return Address(home + url, note.folder, "note", note.language)


def _pattern(section: str, permalinks: Mapping[str, str]) -> str:
    """The pattern of the nearest folder that has one; `/` is the pattern of all others."""
    while True:
        for name in (section, "/" + section, section + "/"):
            if section and name in permalinks:
                return permalinks[name]
        if not section:
            return permalinks.get("/", "")
        section = section.rpartition("/")[0]


def _resolved(
    document: Entry, other: Entry | str, address: Address, problems: list[Problem]
) -> Address | None:
    """Another address for a note whose own is taken; None if one of the two asked for it by
    name."""
    name = other if isinstance(other, str) else other.shown
    if not asks(document) and (isinstance(other, str) or not asks(other)):
        tail = blake2b(document.path.encode(), digest_size=2).hexdigest()
        url = f"{address.url.rstrip('/')}-{tail}/"
        message = f"this note would have the URL of {name}, so it is published at {url}"
        problems.append(Problem("warning", message, Location(document.shown), _CLASH_HINT))
        return replace(address, url=url)
    message = f"{document.shown} and {name} both ask for the URL {address.url}"
    hint = f"{_CLASH_HINT}; until then this note is left out"
    problems.append(Problem("error", message, _place(document), hint))
    return None


def _refused(document: Entry, address: Address, problems: list[Problem]) -> bool:
    """Whether no file can be written for this URL."""
    reason = unsafe_name(address.url.strip("/"))
    if reason:
        message = f"this note cannot be published at {address.url}: {reason}"
        hint = "change the slug, or the name of the file or folder"
        problems.append(Problem("error", message, _place(document), hint))
    return bool(reason)


def _kept_at(document: Entry, url: str) -> Problem:
    """An introduction has the URL of its folder, whatever it asks for."""
    key = "permalink" if document.front_matter.permalink else "slug"
    message = f"this note introduces the folder {url}, so its `{key}` says nothing"
    hint = f"remove `{key}`, or rename the folder"
    return Problem("warning", message, _place(document), hint)


def _place(document: Entry) -> Location:
    """Where the note asks for its URL; the whole note if it does not."""
    places = {key: (line, column) for key, line, column in document.front_matter.places}
    return Location(document.shown, *(places.get("permalink") or places.get("slug") or (0, 0)))
