"""Documents -> taxonomies with their terms: tags, categories, series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from unicodedata import normalize

from msgspec.structs import replace

from notesite.index.standing import clash_key
from notesite.index.urls import slugify
from notesite.model import Entry, FrontMatter, Link, Stored, Taxonomy, Term
from notesite.names import unsafe_name


@lru_cache(maxsize=100_000)
def term_key(name: str) -> str:
    """Terms that differ by case, width or normal form only are one term."""
    return normalize("NFKC", normalize("NFKC", name).casefold())


def names_of(front: FrontMatter, taxonomy: str) -> tuple[str, ...]:
    """The terms that a note has in a taxonomy, as it spells them."""
    names: tuple[str, ...] = getattr(front, taxonomy)
    return names


def collect(
    documents: Iterable[Entry], names: Iterable[str], menu: Iterable[Link] = (), home: str = "/"
) -> tuple[Taxonomy, ...]:
    """The taxonomies, below `home`, that have a term at all, or that the menu leads to; a term is
    named as most notes spell it. Notes that no listing shows do not count."""
    wanted = {link.url for link in menu}
    documents = [document for document in documents if document.front_matter.listed]
    found = (_taxonomy(name, documents, home) for name in names)
    return tuple(taxonomy for taxonomy in found if taxonomy.terms or taxonomy.url in wanted)


def _taxonomy(name: str, documents: list[Entry], home: str) -> Taxonomy:
    spellings: dict[str, Counter[str]] = {}
    words = Counter(word for document in documents for word in _once(document.front_matter, name))
    for word, count in words.items():
        spellings.setdefault(term_key(word), Counter())[normalize("NFC", word)] += count
    terms: list[Term] = []
    slugs: set[str] = set()
    for key, counter in sorted(spellings.items()):
        best = min(counter, key=lambda word: (-counter[word], word))
        slug = base = _safe(slugify(best.replace("/", "-")))
        digest, length = blake2b(key.encode()).hexdigest(), 4
        while slug in slugs:  # `C` and `C!` are two terms with one slug
            slug = f"{base}-{digest[:length]}"
            length += 4
        slugs.add(slug)
        terms.append(Term(best, slug, f"{home}{name}/{slug}/", counter.total()))
    return Taxonomy(name, f"{home}{name}/", tuple(terms))


def _once(front: FrontMatter, name: str) -> Iterable[str]:
    """The terms of a note; of two spellings of one the first."""
    return {term_key(word): word for word in reversed(names_of(front, name))}.values()


def _safe(slug: str) -> str:
    """The slug, or another that can be the name of a folder (`aux` cannot; nor a whole
    sentence)."""
    if not unsafe_name(slug):
        return slug
    start = slug.encode()[:60].decode(errors="ignore").strip("-")
    return f"{start}-{blake2b(slug.encode(), digest_size=4).hexdigest()}"


class Known:
    """The terms of a taxonomy as links, for all notes; many notes have the same."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.name = taxonomy.name
        self._terms = {term_key(term.name): Link(term.name, term.url) for term in taxonomy.terms}
        self._of: dict[tuple[str, ...], tuple[Link, ...]] = {(): ()}

    def links(self, front: FrontMatter) -> tuple[Link, ...]:
        """The terms of a note as links, in the note's own order."""
        names = names_of(front, self.name)
        if names not in self._of:
            keys = dict.fromkeys(term_key(word) for word in names)
            self._of[names] = tuple(self._terms[key] for key in keys if key in self._terms)
        return self._of[names]


def links(front: FrontMatter, taxonomy: Known | None) -> tuple[Link, ...]:
    """The terms of a note in a taxonomy, if the site has that."""
    return taxonomy.links(front) if taxonomy else ()


def introduced(taxonomy: Taxonomy, introductions: Mapping[str, Stored]) -> Taxonomy:
    """The taxonomy with the notes that stand at its own or a term's path as introductions, which
    are by `clash_key`."""

    def html(url: str) -> Stored:
        return introductions.get(clash_key(url), Stored())

    terms = tuple(replace(term, html=html(term.url)) for term in taxonomy.terms)
    return replace(taxonomy, terms=terms, html=html(taxonomy.url))
