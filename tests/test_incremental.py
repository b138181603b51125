"""An incremental build equals a clean one, byte for byte, whatever was edited before (SPEC 14).

NOTESITE_STEPS sets the length of the histories: 100 by default, thousands on demand (`make long`).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from histories import History, Looks, Texts, built, clean, tree
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from msgspec.structs import replace

from notesite import exchange, keys, render
from notesite.compiled import ByClosure
from notesite.exchange import Shown
from notesite.inlining import Inlining
from notesite.keys import Closure
from notesite.lastplan import LastPlan
from notesite.loading import Notes
from notesite.markdown.math import katex
from notesite.memo import Memo
from notesite.model import (
    Archive,
    Backlink,
    Hop,
    Link,
    Node,
    Output,
    Series,
    SiteMap,
    Source,
    Template,
    Theme,
)
from notesite.outputrows import shows_notes
from notesite.postings import shard_of
from notesite.report import Report
from notesite.seen import Seen

STEPS = int(os.environ.get("NOTESITE_STEPS", "100"))


class Compiled(BytecodeCache):
    """What templates compiled to."""

    def __init__(self, known: dict[str, bytes]) -> None:
        self.known = known

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.bytecode_to_string()


class ClosuresCompiled(ByClosure, Compiled):
    def __init__(self, closures: Mapping[str, Closure], known: dict[str, bytes]) -> None:
        ByClosure.__init__(self, closures)
        Compiled.__init__(self, known)


@pytest.fixture(autouse=True)
def compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates compiled once for all builds with the same ones: half of a build is this."""
    plain, known = Compiled({}), dict[str, bytes]()
    monkeypatch.setattr("notesite.compiled.compiled", lambda found: ClosuresCompiled(found, known))
    real = render.environment

    def environment(theme: Theme, *rest: Any) -> Inlining:
        made = real(theme, *rest)
        made.plain.bytecode_cache = plain
        return made

    monkeypatch.setattr(render, "environment", environment)


@pytest.fixture(autouse=True)
def one_engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """V8 started once for all builds: it is the same engine, and remembers nothing between them."""
    engines: dict[object, katex.Katex] = {}
    real = katex.Katex

    def shared(*settings: Any) -> katex.Katex:
        if settings not in engines:
            engines[settings] = real(*settings)
        return engines[settings]

    monkeypatch.setattr(katex, "Katex", shared)
    monkeypatch.setattr(real, "close", lambda self: None)
    yield
    monkeypatch.undo()
    for engine in engines.values():
        engine.close()


def told(report: Report) -> Report:
    """What a report says of the site, not of the work."""
    return replace(report, written=0, unchanged=0, removed=0, made=())


def first_difference(tmp_path: Path, seed: int, steps: int, kind: type[History] = History) -> str:
    """The first edit after which the output is not that of a clean build; "" if there is none."""
    root = tmp_path / "site"
    history = kind(root, seed)
    for number in range(steps):
        name = history.step() if number else "start"
        report = built(root)
        expected, files = clean(root, tmp_path / "elsewhere" / root.name)
        if told(report) != told(expected):
            return f"step {number} ({name}): the reports differ"
        if not report.published:
            continue
        found = tree(root / "public")
        if found != files:
            differing = sorted(
                p for p in found.keys() | files.keys() if found.get(p) != files.get(p)
            )
            return f"step {number} ({name}): {', '.join(differing[:5])}"
    return ""


@pytest.mark.parametrize("seed", [1, 2])
def test_an_incremental_build_equals_a_clean_one(seed: int, tmp_path: Path) -> None:
    assert first_difference(tmp_path, seed, STEPS // 2) == ""


def test_edits_of_texts_cost_no_plan_and_equal_a_clean_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanged: list[int] = []
    real = LastPlan.remember_edits

    def counting(self: LastPlan, *arguments: Any) -> None:
        exchanged.append(len(arguments[0]))
        real(self, *arguments)

    monkeypatch.setattr(LastPlan, "remember_edits", counting)
    assert first_difference(tmp_path, 2, STEPS // 2, Texts) == ""
    assert len(exchanged) > STEPS // 20


def test_edits_of_titles_and_first_words_cost_no_plan_and_equal_a_clean_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[int] = []
    real = LastPlan._find

    def counting(self: LastPlan, urls: list[str]) -> set[str]:
        searched.append(len(urls))
        return real(self, urls)

    monkeypatch.setattr(LastPlan, "_find", counting)
    assert first_difference(tmp_path, 1, STEPS // 2, Looks) == ""
    assert len(searched) > STEPS // 20


@pytest.mark.parametrize("forgets", ["rows", "looks"])
def test_an_edit_of_a_title_that_is_taken_for_less_than_it_is_is_caught(
    forgets: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if forgets == "rows":
        monkeypatch.setattr(LastPlan, "_find", lambda self, urls: set())
    else:
        monkeypatch.setattr("notesite.alike._look", lambda entry, speed: entry.title)
    assert any(first_difference(tmp_path / f"{seed}", seed, 60, Looks) for seed in range(8))


def test_what_is_kept_of_a_plan_is_what_was_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: dict[str, Output] = {}
    keys: dict[str, str] = {}
    real = LastPlan.remember

    def noting(self: LastPlan, outputs: dict[str, Output], of: dict[str, str], *more: Any) -> None:
        planned.update(outputs)
        keys.update(of)
        real(self, outputs, of, *more)

    monkeypatch.setattr(LastPlan, "remember", noting)
    files = {
        "notesite.yaml": "base_url: https://example.org/\nlanguages: {ja: {}, en: {}}\n",
        "notes/a.md": "---\ntitle: $x$ A\ndate: 2025-01-01\ntags: [t]\nseries: S\n"
        "extra: {k: [1, x]}\n---\n\n# H\n\n[[b]], [[gone]] and `code`.\n",
        "notes/b.md": "---\ndate: 2025-01-02\ntags: [t]\nseries: S\n---\n\n[[a]] [[gone]]\n",
        "notes/b.en.md": "---\ntitle: B\ndate: 2025-01-02\n---\n\n![[a]]\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    assert built(tmp_path).published
    memo = Memo(tmp_path / ".notesite/cache.sqlite", program(), readonly=True)
    last = LastPlan(memo)
    kept = {
        path: output
        for path, output in planned.items()
        if isinstance(output.recipe, Template) and shows_notes(output.recipe)
    }
    assert len(kept) > 15
    last._keys = keys
    assert kept == {path: last._output(path) for path in kept}
    memo.close()


def test_an_output_that_another_process_looks_at_is_seen_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notesite.publish.left.MUCH", 0)
    assert first_difference(tmp_path / "all", 4, 60) == ""
    assert first_difference(tmp_path / "texts", 4, 60, Texts) == ""


def test_an_output_that_nobody_looks_at_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notesite.publish.left._untouched", lambda output: True)
    assert any(first_difference(tmp_path / f"{seed}", seed, 60) for seed in range(5))


@pytest.mark.parametrize("forgets", ["is_alike", "shown_on"])
def test_an_edit_that_is_taken_for_less_than_it_is_is_caught(
    forgets: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = exchange.shown_on

    def pages_alone(outputs: Mapping[str, Output]) -> dict[str, Shown]:
        return {
            note: Shown(url, tuple(path for path in paths if path.endswith(".html")))
            for note, (url, paths) in real(outputs).items()
        }

    other = {"is_alike": lambda *entries: True, "shown_on": pages_alone}[forgets]
    monkeypatch.setattr(f"notesite.lastplan.{forgets}", other)
    assert any(first_difference(tmp_path / f"{seed}", seed, 60, Texts) for seed in range(5))


@pytest.mark.parametrize(("name", "seed"), [("page", 3), ("listing", 1), ("previous", 5)])
def test_a_key_that_forgets_a_name_is_caught(
    name: str, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = keys.closures

    def forgetful(theme: Theme, *rest: Any) -> dict[str, Closure]:
        made = real(theme, *rest)
        return {
            template: replace(each, names=tuple(n for n in each.names if n != name))
            for template, each in made.items()
        }

    monkeypatch.setattr("notesite.lastbuild.closures", forgetful)
    assert first_difference(tmp_path, seed, 100) != ""


def test_a_parse_key_that_forgets_the_note_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notesite.loading._key", lambda note, prefix: prefix + note.path.encode())
    assert first_difference(tmp_path, 1, 60) != ""


# --- what is done, and what is not ----------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    for number in range(25):
        file = root / "notes" / f"n{number:02}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        text = (
            f"---\ntitle: N{number}\ndate: 2025-01-{number + 1:02}\n---\n\nText.\n\n" + "語" * 400
        )
        file.write_text(text + "\n\nEnd.\n", "utf-8")
        os.utime(file, ns=(1, 1))
    built(root)
    return root


def test_a_second_build_makes_nothing(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Notes, "__init__", lambda *arguments: pytest.fail("a note was loaded"))
    report = built(site)
    assert (report.written, report.removed) == (0, 0)
    assert report.published


def test_an_edit_of_a_body_makes_that_page_and_what_finds_it(site: Path) -> None:
    note = site / "notes/n07.md"
    note.write_text(note.read_text("utf-8").replace("End.", "Fin."), "utf-8")
    report = built(site, explain=True)
    shards = {f"search/words/{shard_of(word, 2)}.json: words" for word in ("end", "fin")}
    assert set(report.made) == {"n07/index.html: page", "search/notes/0-1.json: notes"} | shards


@pytest.mark.parametrize("moved", [True, False])
def test_what_is_said_of_a_note_is_told_where_it_stands_after_an_edit(
    moved: bool, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not moved:
        monkeypatch.setattr(
            "notesite.alike._places",
            lambda old, new: {h.location: h.location for h in old.body.holes},
        )
    wrong = "\n\n[[gone]] [a](none.md)\n\n![[n08#none]] $\\frac{$\n"
    note = site / "notes/n07.md"
    note.write_text(note.read_text("utf-8").replace("Text.", "Text." + wrong), "utf-8")
    built(site)
    note.write_text(note.read_text("utf-8").replace("Text.", "New.\n\nMore."), "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr("notesite.build._Build._made", lambda *more: pytest.fail("it is planned"))
        report = built(site)
    expected, _ = clean(site, tmp_path / "elsewhere" / "site")
    assert len([p for p in report.problems if p.location.path == "notes/n07.md"]) == 4
    assert (told(report) == told(expected)) is moved


# What a title decides over besides what pages show: name -> files, the new title of notes/a.md.
DECIDES = {
    "the order of a day": ({"b.md": "---\ntitle: M\ndate: 2025-01-01\n---\n"}, "Z"),
    "the order of a day, by case": ({"b.md": "---\ntitle: Z\ndate: 2025-01-01\n---\n"}, "alpha"),
    "the order of notes without a date": ({"b.md": "# M\n"}, "Z"),
    "the order beside an introduction": (
        {"b/_index.md": "---\ntitle: M\ndate: 2025-01-01\n---\n\n[c](/c.md)\n", "c.md": "C.\n"},
        "Z",
    ),
    "a link by the old title": ({"b.md": "[[Alpha]]\n"}, "Z"),
    "a link by the new title": ({"b.md": "[[z|there]]\n"}, "Z"),
    "a link with a folder": ({"b.md": "[[./Z]]\n", "c.md": "[[x/Z]]\n"}, "Z"),
    "an embed by the new title": ({"b.md": "![[Z]]\n"}, "Z"),
    "a heading's anchor": ({"b.md": "[a](a.md#the-title)\n"}, "The title"),
    "an anchor in the note itself": ({"b.md": "x\n"}, "Z"),
    "which of two notes is meant": (
        {"b.md": "---\ntitle: Alpha\n---\n", "c.md": "[[Alpha]]\n"},
        "Z",
    ),
    "its address": ({"../notesite.yaml": "permalinks: {/: '/:title/'}\n"}, "Z"),
}


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", DECIDES)
def test_an_edit_of_a_title_that_decides_over_more_equals_a_clean_build(
    name: str, known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not known:
        monkeypatch.setattr("notesite.ties.Ties.after", lambda ties, *asked: ties)
    files, title = DECIDES[name]
    link = "[top](#alpha)" if "itself" in name else "[c](c.md)" if "introduction" in name else ""
    date = "" if "without a date" in name else "date: 2025-01-01\n"
    text = f"---\ntitle: {{}}\n{date}---\n\nText. {link}\n"
    files = {"a.md": text.format("Alpha"), "other.md": "Other.\n", **files}
    root = tmp_path / "site"
    for file, content in files.items():
        (root / "notes" / file).parent.mkdir(parents=True, exist_ok=True)
        (root / "notes" / file).write_text(content, "utf-8")
    built(root)
    (root / "notes/a.md").write_text(text.format(title), "utf-8")
    report = built(root)
    expected, found = clean(root, tmp_path / "elsewhere" / "site")
    same = told(report) == told(expected) and tree(root / "public") == found
    assert same is known


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("date", ["date: 2025-01-01\n", ""])
def test_titles_of_one_day_are_exchanged_as_long_as_they_keep_their_order(
    date: str, known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From B, D, F to B, C, F to B, C, E without a plan; then B after E, which needs one."""
    root = tmp_path / "site"

    def entitle(name: str, title: str) -> None:
        (root / "notes").mkdir(parents=True, exist_ok=True)
        (root / "notes" / name).write_text(f"---\ntitle: {title}\n{date}---\n\nText.\n", "utf-8")

    for name, title in (("x.md", "B"), ("y.md", "D"), ("z.md", "F")):
        entitle(name, title)
    built(root)
    with monkeypatch.context() as patch:
        patch.setattr("notesite.build._Build._made", lambda *more: pytest.fail("it is planned"))
        entitle("y.md", "C")
        built(root)
        entitle("z.md", "E")
        built(root)
    if not known:  # where the titles of a day stand
        monkeypatch.setattr("notesite.ties._exchanged", lambda notes, old, new: notes)
    entitle("x.md", "Ea")
    report = built(root)
    expected, found = clean(root, tmp_path / "elsewhere" / "site")
    assert (told(report) == told(expected) and tree(root / "public") == found) is known


def test_two_titles_of_one_day_that_pass_each_other_are_planned(tmp_path: Path) -> None:
    root = tmp_path / "site"
    text = "---\ntitle: {}\ndate: 2025-01-01\n---\n\nText.\n"
    (root / "notes").mkdir(parents=True)
    for name, title in (("a", "A"), ("m", "M"), ("n", "N"), ("z", "Z")):
        (root / f"notes/{name}.md").write_text(text.format(title), "utf-8")
    built(root)
    for name, title in (("m", "Mz"), ("n", "Ma")):  # each alone would keep its place
        (root / f"notes/{name}.md").write_text(text.format(title), "utf-8")
    built(root)
    assert tree(root / "public") == clean(root, tmp_path / "elsewhere" / "site")[1]


LINKED = {
    "a.md": "---\ntitle: Alpha\ndate: 2025-01-01\nseries: S\n---\n\nFirst. [[b]] [[c]]\n",
    "b.md": "---\ntitle: B\ndate: 2025-01-02\nseries: S\n---\n\n[[a]] [[c]]\n",
    "c.md": "---\ntitle: C\ndate: 2025-01-03\ntags: [t]\n---\n\n[[a]]\n",
}


@pytest.mark.parametrize("forgotten", [None, Link, Backlink, Hop, Node, Series, Archive, SiteMap])
def test_a_title_is_exchanged_wherever_it_stands(
    forgotten: type | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding = {kind: name for kind, name in exchange._HOLDING.items() if kind is not forgotten}
    monkeypatch.setattr(exchange, "_HOLDING", holding)
    monkeypatch.setattr(exchange, "_TITLED", exchange._TITLED - {forgotten})
    root = tmp_path / "site"
    (root / "notes").mkdir(parents=True)
    for name, text in LINKED.items():
        (root / "notes" / name).write_text(text, "utf-8")
    built(root)
    text = LINKED["a.md"].replace("Alpha", "Omega").replace("First", "Second")
    (root / "notes/a.md").write_text(text, "utf-8")
    built(root)
    _, expected = clean(root, tmp_path / "elsewhere" / "site")
    assert (tree(root / "public") == expected) is (forgotten is None)


@pytest.mark.parametrize("known", [True, False])
def test_an_edit_of_a_text_that_is_embedded_makes_what_embeds_it(
    known: bool, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not known:  # then it would be missed
        monkeypatch.setattr("notesite.exchange._embedded", lambda html: ())
    (site / "notes/other.md").write_text("![[n07]]\n", "utf-8")
    built(site)
    note = site / "notes/n07.md"
    note.write_text(note.read_text("utf-8").replace("End.", "Fin."), "utf-8")
    assert ("other/index.html: page" in built(site, explain=True).made) is known


def test_what_the_memory_has_lost_of_the_last_plan_costs_time_alone(site: Path) -> None:
    note = site / "notes/n07.md"
    for table in ("outputs", "blob", "note", "shards", "body"):
        with sqlite3.connect(site / ".notesite/cache.sqlite") as base:
            base.execute(f"DELETE FROM {table}")
        note.write_text(note.read_text("utf-8") + f"\nWithout {table}.\n", "utf-8")
        assert built(site).written
        assert f"Without {table}." in (site / "public/n07/index.html").read_text("utf-8")


TEXT = "---\ntitle: {0}\ndate: 2025-01-02\n{1}---\n\n" + "語" * 400 + "\n\n{2}\n"


def with_feeds(root: Path, front: str = "") -> Path:
    """A site with two dated notes and feeds of them."""
    for name in ("l", "m"):
        file = root / "notes" / f"{name}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(TEXT.format(name, front if name == "l" else "", "End."), "utf-8")
    (root / "notesite.yaml").write_text("base_url: https://example.org/\n")
    return root


def test_a_feed_shows_the_edit_of_a_note_whose_own_template_shows_no_text(tmp_path: Path) -> None:
    site = with_feeds(tmp_path, "template: link\n")
    (site / "templates").mkdir()
    (site / "templates/link.html").write_text("<p>{{ title }} {{ url|url }}</p>")
    built(site)
    for name, front in (("l", "template: link\n"), ("m", "")):
        (site / f"notes/{name}.md").write_text(TEXT.format(name, front, f"New in {name}."), "utf-8")
        built(site)
    for feed in ("feed.xml", "rss.xml", "feed.json"):
        text = (site / "public" / feed).read_text("utf-8")
        assert "New in l." in text
        assert "New in m." in text


def test_what_the_memory_has_lost_of_another_note_in_the_feed_is_made_again(
    tmp_path: Path,
) -> None:
    site = with_feeds(tmp_path)
    built(site)
    with sqlite3.connect(site / ".notesite/cache.sqlite") as base:
        base.execute("DELETE FROM body")
    (site / "notes/l.md").write_text(TEXT.format("l", "", "New."), "utf-8")
    assert built(site).published
    assert "New." in (site / "public/feed.xml").read_text("utf-8")


def test_a_static_file_in_the_place_of_a_part_of_the_index_stays_there(site: Path) -> None:
    own = [site / f"static/search/{part}.json" for part in ("words/0", "words/1", "notes/0-1")]
    for file in own:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("own")
    built(site)
    note = site / "notes/n07.md"
    note.write_text(note.read_text("utf-8").replace("End.", "Fin."), "utf-8")
    built(site)
    for file in own:
        assert (site / "public" / file.relative_to(site / "static")).read_text() == "own"


def test_a_file_that_someone_else_wrote_as_it_is_meant_is_made_once_it_is_gone(site: Path) -> None:
    page = site / "public/n07/index.html"
    content = page.read_bytes()
    note = site / "notes/n07.md"
    text = note.read_text("utf-8")
    note.unlink()
    built(site)
    page.parent.mkdir()
    page.write_bytes(content)
    note.write_text(text, "utf-8")
    built(site)
    page.unlink()
    built(site)
    assert page.read_bytes() == content


def test_an_output_of_another_state_is_not_taken_for_that_of_the_last_build(site: Path) -> None:
    first, second = site / "notes/n03.md", site / "notes/n07.md"
    shutil.copytree(site / "public", site / "kept", copy_function=os.link)
    first.write_text(first.read_text("utf-8").replace("End.", "Fin."), "utf-8")
    built(site)
    shutil.rmtree(site / "public")
    (site / "kept").rename(site / "public")  # every file as it was before that edit
    second.write_text(second.read_text("utf-8").replace("End.", "Fin."), "utf-8")
    built(site)
    for name in ("n03", "n07"):
        assert "Fin." in (site / f"public/{name}/index.html").read_text("utf-8")


def test_an_edit_of_a_title_makes_what_shows_it(site: Path) -> None:
    note = site / "notes/n07.md"
    note.write_text(note.read_text("utf-8").replace("title: N7", "title: Seven"), "utf-8")
    made = dict(line.split(": ") for line in built(site, explain=True).made)
    assert made == {
        "archive/index.html": "archive",
        "page/2/index.html": "listing",
        "n06/index.html": "next",
        "n07/index.html": "page, title",
        "n08/index.html": "previous",
        "search/notes/0-1.json": "notes",
        "search/words/0.json": "words",
        "search/words/1.json": "words",
    }


def test_a_template_makes_what_includes_it(site: Path) -> None:
    template = site / "templates/partials/neighbours.html"
    template.parent.mkdir(parents=True)
    template.write_text("changed")
    made = dict(line.split(": ") for line in built(site, explain=True).made)
    assert set(made.values()) == {"page.html"}
    assert len(made) == 25


def test_of_an_edited_template_alone_it_is_read_what_it_mentions(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counting(jinja: Inlining, text: str) -> keys.Mentioned:
        read.append(text)
        return keys.mentioned(jinja, text)

    monkeypatch.setattr("notesite.lastbuild.mentioned", counting)
    template = site / "templates/partials/neighbours.html"
    template.parent.mkdir(parents=True)
    template.write_text("{{ page.card.url }}")
    built(site)
    template.write_text("{{ site.title }}")
    assert len(built(site, explain=True).made) == 25
    assert read == ["{{ page.card.url }}", "{{ site.title }}"]


def test_a_file_that_someone_altered_is_written_again(site: Path) -> None:
    (site / "public/n03/index.html").write_text("altered")
    (site / "public/n04/index.html").unlink()
    report = built(site, explain=True)
    assert dict(line.split(": ") for line in report.made) == {
        "n03/index.html": "its file was missing or altered",
        "n04/index.html": "its file was missing or altered",
    }


def test_a_note_that_changes_while_it_is_read_is_not_remembered_as_another(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / ".notesite/cache.sqlite").unlink()
    real = Seen.digest
    # as if the file were changed between the look at it and the reading of it
    monkeypatch.setattr(Seen, "digest", lambda self, file, status: real(self, file, status) or b"x")
    with pytest.raises(OSError, match="changed while it was read"):
        built(site)


def test_a_fault_names_the_note_that_it_met(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(note: Source, options: object) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr("notesite.markdown.note.parse", fails)
    with pytest.raises(ValueError, match="a fault") as caught:
        built(site, force=True)
    assert caught.value.__notes__ == ["while reading notes/n00.md"]


def test_force_makes_everything_anew(site: Path) -> None:
    assert built(site, force=True, explain=True).made


def test_what_is_remembered_goes_after_ten_builds_that_did_not_ask(site: Path) -> None:
    note = site / "notes/n00.md"
    text = note.read_text("utf-8")
    for number in range(10):  # edits that look at that note alone: what they leave goes later
        note.write_text(text + f"\n{number}\n", "utf-8")
        built(site)
    for number in range(25):
        note.write_text(text.replace("title: ", f"weight: {number}\ntitle: "), "utf-8")
        built(site)
    memo = Memo(site / ".notesite/cache.sqlite", program(), readonly=True)
    assert 25 + 10 <= len(memo.keys("note")) < 25 + 20
    memo.close()


def test_builds_that_look_at_one_note_drop_nothing_of_the_others(site: Path) -> None:
    def kept() -> dict[str, set[bytes]]:
        memo = Memo(site / ".notesite/cache.sqlite", program(), readonly=True)
        found = {table: memo.keys(table) for table in ("note", "body", "shards", "outputs")}
        memo.close()
        return found

    before, note = kept(), site / "notes/n00.md"
    text = note.read_text("utf-8")
    for number in range(25):
        note.write_text(text + f"\n{number}\n", "utf-8")
        built(site)
    after = kept()
    assert len(before["outputs"] - after["outputs"]) == 1  # the note's own, of before the edits
    for table in ("note", "body", "shards"):
        assert before[table] <= after[table]


def program() -> bytes:
    from notesite.program import program_digest

    return program_digest()
