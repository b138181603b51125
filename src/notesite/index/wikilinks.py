"""What `[[…]]` says -> where it leads: a note, a file, or a word that nobody has written about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from html import escape
from unicodedata import normalize

from msgspec.structs import replace

from notesite.index.links import Aim, Targets, anchor_of, href, ident_of
from notesite.index.names import common
from notesite.index.standing import clash_key, folder_url
from notesite.model import Embed, Entry, Problem, Stored, TagLink, WikiLink
from notesite.names import slugify

WORDS = "/words/"


def aim(target: str, path: str, targets: Targets) -> Aim:
    """Where `[[target]]` in the note at `path` leads. A `#` can be part of a name: `[[C#]]`."""
    folder = path.rpartition("/")[0]
    key = target, folder, targets.languages[path]
    if key not in targets.aims:
        targets.aims[key] = _aim(normalize("NFC", target), path, targets)
    found = targets.aims[key]
    return found if found.name else Aim((path,), anchor=found.anchor)


def _aim(target: str, path: str, targets: Targets) -> Aim:
    """The same for all notes of a folder and a language; without a name it is the note itself."""
    folder = path.rpartition("/")[0]
    if "#" in target and (notes := targets.names.notes(target, path)):
        return Aim(notes, name=target)
    name, _, anchor = (part.strip() for part in target.partition("#"))
    anchor = anchor.rpartition("#")[2].strip()  # `Title#Part#Section`
    if not name:
        return Aim(anchor=anchor)
    if notes := targets.names.notes(_from(name, folder), path):
        return Aim(notes, name=name, anchor=anchor)
    if asset := targets.names.asset(name, folder):
        return Aim(url=targets.assets[asset], name=name)
    if url := targets.terms.get((targets.languages[path], clash_key(name))):
        return Aim(url=url, name=name)
    if (url := folder_url(name)) in targets.urls:
        return Aim(url=url, name=name)
    return Aim(word=clash_key(target if target.endswith("#") else name), name=name)


def tag_url(link: TagLink, path: str, targets: Targets) -> str:
    """That of the tag's page, or "" where tags have none."""
    return targets.terms.get((targets.languages[path], clash_key(f"tags/{link.name}")), "")


def embedded(hole: Embed, path: str, targets: Targets) -> tuple[Entry | None, Stored]:
    """The note that `![[target]]` in the note at `path` means, and what of its HTML is shown; None
    if there is nothing to show."""
    found = aim(hole.target, path, targets)
    note = targets.documents[found.notes[0]] if found.notes else None
    ident = ident_of(found.anchor, note, targets) if note and found.anchor else ""
    if note is None or ident is None or not note.body:
        return None, Stored()
    if ident in ("", "top"):
        return note, note.body
    passage = next((passage for passage in note.passages if passage.id == ident), None)
    if passage is None:
        return None, Stored()
    return note, replace(
        note.body, passage=ident, math=passage.math, code=passage.code,
        holes=note.body.holes[passage.first : passage.last],
    )  # fmt: skip


def called(targets: Targets) -> tuple[str, ...]:
    """What of titles was asked for by now: keys of names, and slugs behind `#`."""
    names: set[str] = set()
    for target, folder, _ in targets.aims:
        name = target.partition("#")[0].strip()
        names |= {clash_key(target), clash_key(name), clash_key(_from(name, folder))}
    return tuple(sorted(names | {"#" + slug for slug in targets.anchors}))


def unwritten(documents: Iterable[Entry], targets: Targets) -> dict[str, tuple[str, str]]:
    """Key -> (the word as most spell it, URL) of each word that two or more notes want."""
    wanted: dict[str, set[str]] = {}
    spelled: dict[str, Counter[str]] = {}
    for document in documents:
        for hole in document.body.holes:
            if (
                isinstance(hole, WikiLink)
                and (found := aim(hole.target, document.path, targets)).word
            ):
                wanted.setdefault(found.word, set()).add(document.path)
                spelled.setdefault(found.word, Counter())[found.name] += 1
    pages: dict[str, tuple[str, str]] = {}
    taken = {clash_key(url) for url in targets.urls if url.startswith(WORDS)}
    counts: Counter[str] = Counter()
    for word in sorted(word for word, paths in wanted.items() if len(paths) > 1):
        slug = slugify(word)
        while clash_key(url := f"{WORDS}{_numbered(slug, counts)}/") in taken:
            pass
        taken.add(clash_key(url))
        pages[word] = common(spelled[word]), url
    return pages


def attributes(link: WikiLink, path: str, targets: Targets, problems: list[Problem]) -> str:
    """Of the `<a>`: ` href="…"`; one of an unwritten word has a class, and perhaps no page."""
    found = aim(link.target, path, targets)
    if found.notes:
        note = found.notes[0]
        if len(found.notes) > 1:
            problems.append(_ambiguous(link, found))
        anchor = anchor_of(found.anchor, found.name, note, link.location, targets, problems)
        url = href(targets.notes[note], targets.base_path) if found.name else ""
        return f' href="{escape(url + anchor)}"'
    if found.url:
        return f' href="{escape(href(found.url, targets.base_path))}"'
    problems.append(_missing(link, found, targets))
    if page := targets.words.get(found.word):
        return f' class="unwritten" href="{escape(href(page[1], targets.base_path))}"'
    return ' class="unwritten"'


def _from(name: str, folder: str) -> str:
    """A path that begins with `./` or `../` is one from the note's folder."""
    if not name.startswith(("./", "../")):
        return name
    parts = folder.split("/") if folder else []
    for part in name.split("/"):
        if part == "..":
            del parts[-1:]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _numbered(slug: str, counts: Counter[str]) -> str:
    """The slug, and when it is asked for again with the next number."""
    counts[slug] += 1
    return slug if counts[slug] == 1 else f"{slug}-{counts[slug]}"


def _ambiguous(link: WikiLink, found: Aim) -> Problem:
    shown = ", ".join(found.notes[:5]) + (", …" if len(found.notes) > 5 else "")
    message = f"`{found.name}` is the name of several notes: {shown}"
    hint = f"the nearest is taken; write its path: [[{found.notes[0].rpartition('.')[0]}]]"
    return Problem("warning", message, link.location, hint)


def _missing(link: WikiLink, found: Aim, targets: Targets) -> Problem:
    if found.word.rpartition("/")[2] in targets.names.held_back:
        message = f"`{found.name}` is a draft or not yet published"
        return Problem("note", message, link.location)
    message = f"`{found.name}` is not written yet"
    return Problem("note", message, link.location, "write the note, or give one this alias")
