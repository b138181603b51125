"""Search in ten thousand notes: what a query fetches, and how long a browser takes (SPEC 9)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from browsing import hosted
from crawl import build
from msgspec.structs import replace
from playwright.sync_api import BrowserContext
from searching import parts_of
from serving import write

from benchmarks.corpus import notes
from notesite.markdown.findable import findable
from notesite.markdown.grams import annotated
from notesite.markdown.note import unreadable
from notesite.model import Location, Problem, Searched, Source, Stretch, Text

COUNT = 10_000
FETCHED = 60_000  # bytes over the wire that a query may take
SHOWN = 50  # milliseconds from the last data to the first result
SLOW = 5  # times slower than the machine of a reader may be the one that runs tests
QUERIES = [
    "固有値", "桁あふれを避ける", r"\mathbb{E}", "p(x|y)", "正規化 量子", "entropy", "最尤推定 77",
]  # fmt: skip

# When the first result stands there, in milliseconds since the page began.
WATCH = """new MutationObserver(() => {
  if (!window.shown && document.querySelector(".found-title")) window.shown = performance.now();
}).observe(document, { childList: true, subtree: true });"""
WAITED = """() => window.shown - Math.max(...performance.getEntriesByType("resource")
  .map((each) => each.responseEnd).filter((end) => end < window.shown))"""


def row(text: str) -> tuple[bytes, bytes]:
    """What is kept of a note for search; its text is taken as it is written."""
    body = text.split("---\n", 2)[2].replace("$$", "$")
    shown = re.sub(r"\$([^$]*)\$", lambda formula: annotated(formula[1], formula[1]), body)
    title = re.search("title: (.*)", text)
    assert title
    note = unreadable(Source("", "", b"", b"", ""), Problem("error", "", Location("")))
    stretches = (Stretch("", Text(), Text((shown,))),)
    found = findable(replace(note, title=Text((title[1],)), stretches=stretches))
    return found.stretches, found.grams


def index() -> dict[str, str]:
    """The files of an index of many notes."""
    made, searched = {}, []
    for number, (_, text) in enumerate(notes(COUNT)):
        digest = number.to_bytes(4, "big")
        made[digest] = row(text)
        searched.append(Searched(f"/{number}/", f"N {number}", "ja", digest))

    def rows(table: str, digests: Sequence[bytes]) -> list[bytes]:
        return [made[digest][table == "grams"] for digest in digests]

    return parts_of(rows, searched)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site with the index of a large one."""
    site: dict[str, str | bytes] = {"notesite.yaml": "title: T\n", "notes/a.md": "# A\n"}
    root = write(tmp_path_factory.mktemp("large") / "site", site)
    made = build(root, "https://example.org/").folder
    write(made / "search", dict(index()))
    return made


@pytest.fixture(scope="module")
def host(folder: Path) -> Iterator[str]:
    with hosted(folder) as address:
        yield address


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_fetches_little_and_answers_at_once(
    query: str, context: BrowserContext, host: str, folder: Path
) -> None:
    page = context.new_page()
    paths: list[str] = []
    page.on("request", lambda request: paths.append(urlsplit(request.url).path))
    page.add_init_script(WATCH)
    page.goto(f"{host}/search/?q={quote(query)}", wait_until="networkidle")
    parts = {path for path in paths if path.endswith(".json")}
    fetched = sum(len(gzip.compress((folder / path[1:]).read_bytes(), 6)) for path in parts)
    milliseconds = page.evaluate(WAITED) if page.locator(".found-title").count() else 0.0
    print(f"\n{query}: {len(parts)} files, {fetched} bytes, {milliseconds:.0f} ms")
    assert fetched <= FETCHED
    assert milliseconds <= SHOWN * SLOW
