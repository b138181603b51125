"""The script of the search page, run in V8 over the parts of an index: what a reader would find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import json
from py_mini_racer import JSPromise, MiniRacer

from notesite.finding import Finding, Rows
from notesite.loading import Notes
from notesite.memo import Memo
from notesite.model import Contexts, Searched, Shard, Written
from notesite.outputs.search import index

SCRIPT = Path(__file__).parent.parent / "src/notesite/theme/static/search.js"
# What a browser has and V8 alone has not; `files` is what the site serves below the index.
BROWSER = """
class TextEncoder {
  encode(text) { return [...unescape(encodeURIComponent(text))].map((char) => char.charCodeAt(0)); }
}
let files = {}, fetched = [];
const fetch = (path) => {
  fetched.push(path);
  const ok = path in files;
  const json = () => JSON.parse(files[path]);
  return Promise.resolve({ ok, status: ok ? 200 : 404, url: path, json });
};
"""


@lru_cache(maxsize=1)
def engine() -> MiniRacer:
    v8 = MiniRacer()
    v8.eval(BROWSER + SCRIPT.read_text("utf-8").replace("export ", ""))
    return v8


def called(function: str, *values: str) -> Any:
    """What a function of the script gives for each of these values."""
    answer = engine().eval(f"JSON.stringify({json.encode(values).decode()}.map({function}))")
    return json.decode(str(answer))


def parts(notes: Notes, searched: Iterable[Searched]) -> dict[str, str]:
    """The files of an index."""
    return parts_of(notes.rows, searched)


def parts_of(rows: Rows, searched: Iterable[Searched]) -> dict[str, str]:
    """The same of notes of which this is kept."""
    finding = Finding(rows, Memo(None, b""))
    made = {}
    for output in index("search", tuple(searched)):
        recipe = output.recipe
        assert isinstance(recipe, Written | Contexts | Shard)
        content = recipe.content if isinstance(recipe, Written) else finding.made(recipe)
        made[output.path.removeprefix("search/")] = content.decode()
    return made


class Search:
    """A search in these files."""

    def __init__(self, files: Mapping[str, str]) -> None:
        engine().eval(f"files = {json.encode(files).decode()}; fetched = [];")
        engine().eval("globalThis.index = new Index('');")

    def titles(self, query: str) -> list[str]:
        """Of the notes that are found, the best first."""
        script = f"""(async () => {{
          const hits = await index.find({json.encode(query).decode()});
          const notes = await Promise.all(hits.map((hit) => index.note(hit)));
          return JSON.stringify(notes.map((note) => note[1]));
        }})()"""
        answer = engine().eval(script)
        assert isinstance(answer, JSPromise)
        return json.decode(str(answer.get(timeout=10)), type=list[str])

    @property
    def fetched(self) -> list[str]:
        """The files that were asked for so far."""
        return json.decode(str(engine().eval("JSON.stringify(fetched)")), type=list[str])
