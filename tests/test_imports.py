"""`notesite import`: what it writes, what it leaves alone, what it says of what cannot be read."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

import html5lib
import pytest
from crawl import build
from hypothesis import given, settings
from hypothesis import strategies as st

from notesite.cli import commands
from notesite.imports import ledger as ledgers
from notesite.imports import scrapbox, writing
from notesite.imports.file_names import FileNames
from notesite.imports.front_matter import block
from notesite.imports.imported import Imported, Made
from notesite.imports.ledger import Ledger
from notesite.imports.scrapbox import export, lines
from notesite.markdown import front_matter
from notesite.names import LONGEST, folded, unsafe_name
from notesite.problems import show
from notesite.publish import content
from notesite.settings import load_config

SETTINGS = "title: T\nlanguage: ja\ntimezone: Asia/Tokyo\n"


class Done(NamedTuple):
    """A command's exit code and what it said."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


def run_in(folder: Path, *arguments: str) -> Done:
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        code = commands.run(arguments)
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a site without notes."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notesite.yaml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: run_in(Path(), *arguments)


def page(title: str, *lines: Any, **more: Any) -> dict[str, Any]:
    return {"title": title, "lines": [title, *lines], **more}


def save(*pages: Any, name: str = "export.json") -> str:
    Path(name).write_text(json.dumps({"name": "p", "pages": pages}))
    return name


def state(folder: str = "notes") -> dict[str, tuple[bytes, int, int]]:
    """Bytes, time of change and inode of every file."""
    files = (f for f in Path(folder).rglob("*") if f.is_file())
    return {str(f): (f.read_bytes(), f.stat().st_mtime_ns, f.stat().st_ino) for f in files}


# --- What is written ------------------------------------------------------------------------------


def test_a_page_becomes_a_note_with_its_title_dates_and_tags(run: Run) -> None:
    save(
        page("KL/ダイバージェンス", "[$ x] #情報", created=1603984449, updated=1626683063, id="a1")
    )
    result = run("import", "scrapbox", "export.json")
    assert (result.code, result.out) == (0, "1 file written to notes, 0 unchanged\n")
    assert Path("notes/KL-ダイバージェンス.md").read_text() == (
        '---\ntitle: "KL/ダイバージェンス"\ndate: 2020-10-30 00:14:09+09:00\n'
        'updated: 2021-07-19 17:24:23+09:00\ntags: ["情報"]\n---\n\n$x$ [[情報|#情報]]\n'
    )
    assert sorted(os.listdir("notes")) == [".imported.json", "KL-ダイバージェンス.md"]
    entry = json.loads(Path("notes/.imported.json").read_bytes())["files"]["KL-ダイバージェンス.md"]
    assert entry["source"] == "scrapbox:a1"


def test_lines_with_metadata_a_single_page_and_a_list_of_pages_say_the_same(run: Run) -> None:
    lines = [{"text": text, "created": 1, "userId": "u"} for text in ("A", "[* b]")]
    Path("meta.json").write_text(json.dumps({"pages": [{"title": "A", "lines": lines}]}))
    Path("one.json").write_text(json.dumps({"title": "A", "lines": lines}))
    Path("list.json").write_text(json.dumps([page("A", "[* b]")]))
    save(page("A", "[* b]"))
    run("import", "scrapbox", "export.json")
    before = state()
    for name in ("meta.json", "one.json", "list.json"):
        assert run("import", "scrapbox", name).out == "0 files written to notes, 1 unchanged\n"
    assert state() == before
    assert "**b**" in Path("notes/A.md").read_text()


def test_a_section_is_a_folder_below_the_notes_however_it_is_named(run: Run) -> None:
    save(page("A"))
    run("import", "scrapbox", "--into", "box/old", "export.json")
    run("import", "scrapbox", "export.json", "--into=notes/box/old/")
    assert sorted(state()) == ["notes/.imported.json", "notes/box/old/A.md"]


@pytest.mark.parametrize("into", ["../x", "/tmp", "a:b", "a/../b"])
def test_a_section_stays_among_the_notes(run: Run, tmp_path: Path, into: str) -> None:
    save(page("A"))
    result = run("import", "scrapbox", "export.json", "--into", into)
    assert result.code in (0, 2)
    assert sorted(os.listdir(tmp_path)) == ["export.json", "notes", "notesite.yaml"]


def test_the_file_is_relative_to_where_one_stands_and_the_site_is_the_root(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "away").mkdir()
    monkeypatch.chdir(tmp_path / "away")
    save(page("A"))
    assert run("-C", str(tmp_path), "import", "scrapbox", "export.json").code == 0
    assert (tmp_path / "notes/A.md").is_file()


def test_an_export_among_the_notes_would_be_published_and_is_warned_about(run: Run) -> None:
    save(page("A"), name="notes/export.json")
    result = run("import", "scrapbox", "notes/export.json")
    assert result.code == 0
    assert "notes/export.json: warning: this file is among the notes" in result.err


# --- The author's edits stay ----------------------------------------------------------------------


def test_importing_again_changes_no_file(run: Run) -> None:
    save(page("A", "[B]"), page("B", "x"))
    run("import", "scrapbox", "export.json")
    before = state()
    assert run("import", "scrapbox", "export.json").out == (
        "0 files written to notes, 2 unchanged\n"
    )
    assert state() == before


def test_a_page_that_changed_is_written_again_and_an_edited_note_is_not(run: Run) -> None:
    save(page("A", "old"), page("B", "old"), page("C", "old"))
    run("import", "scrapbox", "export.json")
    Path("notes/B.md").write_text("mine")
    Path("notes/C.md").unlink()
    save(page("A", "new"), page("B", "new"), page("C", "new"))
    result = run("import", "scrapbox", "export.json")
    assert result.code == 0
    assert result.out == "1 file written to notes, 0 unchanged, 2 left as you have them\n"
    assert "notes/B.md: note: this file was edited since it was imported" in result.err
    assert "notes/C.md: note: this file was deleted since it was imported" in result.err
    assert "new" in Path("notes/A.md").read_text()
    assert Path("notes/B.md").read_text() == "mine"
    assert not Path("notes/C.md").exists()
    run("import", "scrapbox", "--force", "export.json")
    assert all("new" in Path(f"notes/{name}.md").read_text() for name in "ABC")
    assert run("import", "scrapbox", "export.json").out.startswith("0 files")


def test_a_note_that_was_edited_into_what_the_page_says_now_is_ours_again(run: Run) -> None:
    save(page("A", "old"))
    run("import", "scrapbox", "export.json")
    old = Path("notes/A.md").read_text()
    Path("notes/A.md").write_text(old.replace("old", "new"))
    save(page("A", "new"))
    assert "1 unchanged" in run("import", "scrapbox", "export.json").out
    save(page("A", "newer"))
    assert "1 file written" in run("import", "scrapbox", "export.json").out


def test_a_note_of_the_author_with_the_name_of_a_page_stays(run: Run) -> None:
    Path("notes/A.md").write_text("mine")
    Path("notes/b.md").write_text("mine")
    save(page("A", "x"), page("B", "x"))
    result = run("import", "scrapbox", "export.json")
    assert result.err.count("warning: a file of this name that no import wrote is there") == 2
    assert Path("notes/A.md").read_text() == Path("notes/b.md").read_text() == "mine"
    assert not Path("notes/B.md").exists()


def test_nothing_is_removed_and_a_page_keeps_its_file_under_a_new_title(run: Run) -> None:
    save(page("A", "x", id="1"), page("B", "y", id="2"), page("C", "z"))
    run("import", "scrapbox", "export.json")
    save(page("A new", "x", id="1"))
    run("import", "scrapbox", "export.json")
    assert sorted(os.listdir("notes")) == [".imported.json", "A.md", "B.md", "C.md"]
    assert 'title: "A new"' in Path("notes/A.md").read_text()


def test_a_new_twin_does_not_take_the_name_of_an_old_one(run: Run) -> None:
    save(page("b", "x", id="1"))
    run("import", "scrapbox", "export.json")
    save(page("B", "y", id="2"), page("b", "x", id="1"))
    run("import", "scrapbox", "export.json")
    names = sorted(os.listdir("notes"))
    assert names[0] == ".imported.json"
    assert re.fullmatch(r"B-[0-9a-f]{8}\.md", names[1])
    assert names[2:] == ["b.md"]


class Killed(BaseException):
    """The end of the process."""


def test_an_import_that_is_ended_anywhere_is_completed_by_the_next_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each call that changes the disk in turn; every file is whole, none counts as edited."""
    pages = [page(name, "old", id=name) for name in "AB"]
    save(*pages)
    run("import", "scrapbox", "export.json")
    old = {name: Path(f"notes/{name}.md").read_text() for name in "AB"}
    new = {name: text.replace("old", "new") for name, text in old.items()}
    save(*[page(name, "new", id=name) for name in "AB"], name="new.json")
    for steps in range(100):
        for name, text in old.items():
            Path(f"notes/{name}.md").write_text(text)
        save(*pages)
        run("import", "scrapbox", "export.json")
        with monkeypatch.context() as patch:
            left = ending(patch, steps)
            try:
                done = run("import", "scrapbox", "new.json").code == 0
            except Killed:
                done = False
        for name in "AB":
            assert Path(f"notes/{name}.md").read_text() in (old[name], new[name])
        result = run("import", "scrapbox", "new.json")
        assert "left as" not in result.out
        assert {name: Path(f"notes/{name}.md").read_text() for name in "AB"} == new
        assert sorted(os.listdir("notes")) == [".imported.json", "A.md", "B.md"]
        if done:
            assert next(left) >= 0
            assert steps > 5
            return
    raise AssertionError("it never came to its end")


def ending(patch: pytest.MonkeyPatch, steps: int) -> Iterator[int]:
    """The process ends after so many renames and stores; what is left of them."""
    left = [steps]

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **more: Any) -> Any:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return function(*arguments, **more)

        return wrapped

    patch.setattr(os, "replace", wrap(os.replace))
    for name, function in (("store", content.store), ("flush", content.flush)):
        patch.setattr(f"notesite.imports.writing.{name}", wrap(function))
    return iter(left)


def test_without_its_ledger_an_import_knows_its_files_by_their_bytes(run: Run) -> None:
    save(page("A", "x"))
    run("import", "scrapbox", "export.json")
    before = state()
    Path("notes/.imported.json").unlink()
    assert "1 unchanged" in run("import", "scrapbox", "export.json").out
    assert state().keys() == before.keys()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"files": 3}', b"\xff", b'{"version": 2}',
     b'{"files": {"../x.md": {"digest": "", "source": ""}}}'],
)  # fmt: skip
def test_a_damaged_ledger_is_a_problem_and_nothing_is_written(run: Run, content: bytes) -> None:
    save(page("A"))
    Path("notes/.imported.json").write_bytes(content)
    result = run("import", "scrapbox", "export.json")
    assert result.code == 1
    assert "notes/.imported.json: error: the list of what was imported is damaged" in result.err
    assert os.listdir("notes") == [".imported.json"]


def test_no_link_is_followed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    (tmp_path / "away/A.md").write_text("mine")
    (tmp_path / "notes/A.md").symlink_to(tmp_path / "away/A.md")
    (tmp_path / "notes/box").symlink_to(tmp_path / "away")
    save(page("A", "x"))
    run("import", "scrapbox", "--force", "export.json")
    save(page("B", "x"))
    with pytest.raises(NotADirectoryError):
        run("import", "scrapbox", "--force", "export.json", "--into", "box")
    assert os.listdir(tmp_path / "away") == ["A.md"]
    assert (tmp_path / "away/A.md").read_text() == "mine"
    assert not (tmp_path / "notes/A.md").is_symlink()


def test_two_imports_at_a_time_are_one_after_the_other(tmp_path: Path) -> None:
    def make(ledger: Ledger) -> Made:
        inner = writing.write(lambda _: Made((), ()), tmp_path, "notes", kind="x", wait=0.1)
        assert "is writing to this folder" in inner.problems[0].message
        return Made((Imported("a.md", b"a", "a"),), ())

    assert writing.write(make, tmp_path, "notes", kind="x").written == 1


def test_the_ledger_has_the_same_bytes_whatever_the_order() -> None:
    entries = {name: ledgers.Entry("0" * 32, f"scrapbox:{name}") for name in "abc"}
    assert ledgers.encode(Ledger(entries)) == ledgers.encode(
        Ledger({name: entries[name] for name in "cba"})
    )


# --- What cannot be read --------------------------------------------------------------------------

CASES: list[tuple[bytes, str]] = [
    (b"", "export.json:1:1: error: this JSON cannot be read (Expecting value)"),
    (b'{"pages": [', "export.json:1:12: error: this JSON cannot be read"),
    (b'{"pages":\n [1,]}', "export.json:2:5: error: this JSON cannot be read"),
    ("題".encode("shift_jis"), "error: this is not UTF-8"),
    ('{"pages": []}'.encode("utf-16"), "export.json:1:1: error: this file is UTF-16, not UTF-8"),
    (b"\x89PNG", "export.json:1:1: error: this file is not text"),
    (b"[" * 200_000, "export.json:1:1: error: this JSON is nested too deep"),
    (b'{"pages": [' + b"1" * 10_000 + b"]}", "error: a number in this JSON is too long"),
    (b"3", "export.json:1:1: error: this is no export of Scrapbox: it holds no pages"),
    (b'{"name": "x"}', "error: this is no export of Scrapbox: it holds no pages"),
    (b'{"pages": {"a": 1}}', "error: this is no export of Scrapbox: it holds no pages"),
    (b'{"pages": [3]}', "export.json [page 1]: error: this is not a page: it has no lines"),
    (b'{"pages": [{"title": "T"}]}', "export.json [T]: error: this is not a page"),
    (b'{"pages": [{"title": "T", "lines": "x"}]}', "export.json [T]: error: this is not a page"),
    (b'{"pages": [{"title": "T", "lines": ["T", {"t": 1}]}]}',
     "export.json [T]:2:1: error: this line is not text, so the page is left out"),
    (b'{"pages": [{"title": " ", "lines": []}]}',
     "export.json [page 1]: error: this page has no title"),
    (b'{"pages": [{"lines": []}]}', "export.json [page 1]: error: this page has no title"),
    (b'{"pages": [{"title": "T", "lines": ["T"]}]}',
     "export.json [T]: note: this page is empty but for its title"),
    (b'{"pages": [{"title": "T", "lines": ["T", "a \\ud800b"]}]}',
     "export.json [T]:2:3: warning: the character U+D800 cannot stand in a note"),
    (b'{"pages": [{"title": "T", "lines": ["T", "\\u0000"]}]}',
     "export.json [T]:2:1: warning: the character U+0000 cannot stand in a note"),
    (b'{"pages": [{"title": "T", "lines": ["T", "x"], "created": "now"}]}',
     "export.json [T]: warning: `created` is not a time in seconds, and left out"),
    (b'{"pages": [{"title": "T", "lines": ["T", "x"], "updated": 1e999}]}',
     "export.json [T]: warning: `updated` is not a time in seconds, and left out"),
    (b'{"pages": [{"title": "T", "lines": ["T", "x"]}, {"title": "T", "lines": ["T", "y"]}]}',
     "export.json [T]: warning: this title stands in the export twice"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "message"), CASES)
def test_what_is_wrong_with_an_export_is_a_sentence_with_its_place(
    run: Run, content: bytes, message: str
) -> None:
    Path("export.json").write_bytes(content)
    result = run("import", "scrapbox", "export.json")
    assert result.code == int("error: " in message)
    assert message in result.err


def test_one_bad_page_does_not_keep_the_others_out(run: Run) -> None:
    save(page("A", "x"), 3, page("B", 7))
    result = run("import", "scrapbox", "export.json")
    assert result.code == 1
    assert Path("notes/A.md").is_file()


@pytest.mark.parametrize("name", ["none.json", "notes"])
def test_a_file_that_is_none_is_wrong_usage(run: Run, name: str) -> None:
    assert run("import", "scrapbox", name).code == 2


def test_an_export_that_is_too_large_is_refused(run: Run) -> None:
    with open("export.json", "wb") as file:
        file.truncate(600 * 2**20)  # a sparse file
    result = run("import", "scrapbox", "export.json")
    assert result.code == 1
    assert "export.json is larger than 512 MiB" in result.err


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["title", "lines", "text", "pages", "id"]), inner)
    ),
    max_leaves=15,
)
any_pages = st.fixed_dictionaries(
    {"title": json_values, "lines": st.lists(json_values | st.builds(dict, text=st.text()))},
    optional={"created": json_values, "updated": json_values, "id": json_values},
)  # fmt: skip


@settings(deadline=None)
@given(json_values | st.fixed_dictionaries({"pages": st.lists(any_pages, max_size=3)}))
def test_any_json_is_pages_or_problems_and_any_page_is_a_note(value: Any) -> None:
    found = export.read(json.dumps(value).encode(), "x.json")
    made = scrapbox.notes(found.pages, "x.json", load_config(Path("none"), None)[0].zone)
    assert found.pages or found.problems
    for file in made.files:
        assert unsafe_name(file.path) is None
        assert isinstance(file.content, bytes)
        front, _, problems = front_matter.read(
            file.content.decode(), file.path, file.path, load_config(Path("none"), None)[0].zone
        )
        assert (problems, bool(front.title)) == ([], True)
    for problem in (*found.problems, *made.problems):
        show(problem)


# --- Names of files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("2020/10/30", "2020-10-30"),
        ("a: b | c?", "a-b-c"),
        ('<x> "y" \\ *', "x-y"),
        ("か\u3099", "が"),
        (".hidden", "hidden"),
        ("_x_", "x_"),
        ("a. ", "a"),
        ("C#", "Csharp"),
        ("a\tb  c", "a b c"),
    ],
)
def test_a_file_has_the_title_as_far_as_every_system_can(title: str, name: str) -> None:
    assert FileNames().give(title) == name


@pytest.mark.parametrize("title", ["con", "aux.txt", "index", "README", "あ" * 100, "x" * 300])
def test_a_name_that_is_refused_or_too_long_gets_a_digest(title: str) -> None:
    name = FileNames().give(title)
    assert re.search(r"-[0-9a-f]{8}$", name)
    assert unsafe_name(name + ".md") is None


TITLES = st.text(st.characters(codec="utf-8"), min_size=1)
HARD = st.sampled_from(
    ["A", "a", "ａ", "A.", "A?", "con", "nul.x", "が", "か\u3099", "...", "_", "/"]
)


@given(st.lists(TITLES | HARD, max_size=10))
def test_all_titles_get_names_that_every_system_keeps_apart(titles: list[str]) -> None:
    names = FileNames()
    given_names = [names.give(title) for title in titles]
    assert len({folded(name) for name in given_names}) == len(titles)
    for name in given_names:
        assert unsafe_name(name + ".md") is None
        assert name[0] not in "._"
        assert len(name.encode()) <= LONGEST
        assert not set(name) & set("#|^[]")


@given(TITLES, st.lists(TITLES, max_size=3))
def test_any_title_and_tags_survive_front_matter(title: str, tags: list[str]) -> None:
    one_line = export.read(json.dumps([page(title)]).encode(), "x").pages
    if not one_line:
        return
    wanted = one_line[0].title
    clean = [" ".join(tag.replace("#", "").split()) for tag in tags]
    clean = [tag for tag in clean if tag and tag.isprintable()]
    text = block(wanted, None, None, clean)
    zone = load_config(Path("none"), None)[0].zone
    front, _, problems = front_matter.read(text, "a.md", "a.md", zone)
    assert problems == []
    assert front.title == wanted
    assert front.tags == tuple(dict.fromkeys(clean))


# --- A real project -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def village(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of the 150 pages of the sample, imported and built."""
    site = tmp_path_factory.mktemp("village")
    (site / "notes").mkdir()
    (site / "notesite.yaml").write_text(SETTINGS)
    sample = shared / "villagepump-sample/villagepump.json"
    result = run_in(site, "import", "scrapbox", str(sample))
    assert result.code == 0, result.err
    assert result.out.startswith("150 files written")
    build(site, "https://example.org/")
    return site


def test_a_real_project_is_imported_twice_without_a_change(village: Path, shared: Path) -> None:
    before = state(str(village / "notes"))
    sample = shared / "villagepump-sample/villagepump.json"
    result = run_in(village, "import", "scrapbox", str(sample))
    assert "0 files written" in result.out
    assert "150 unchanged" in result.out
    assert state(str(village / "notes")) == before


def test_pages_one_by_one_are_the_same_notes_as_the_export(
    village: Path, shared: Path, tmp_path: Path
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notesite.yaml").write_text(SETTINGS)
    files = sorted((shared / "villagepump-sample/pages").glob("*.json"))
    pages = [json.loads(file.read_bytes()) for file in files]
    (tmp_path / "all.json").write_text(json.dumps(pages))
    run_in(tmp_path, "import", "scrapbox", "all.json")
    ours = {f.name: f.read_bytes() for f in (tmp_path / "notes").iterdir()}
    assert ours == {f.name: f.read_bytes() for f in (village / "notes").iterdir()}


def test_no_syntax_of_scrapbox_is_left_as_text(village: Path) -> None:
    left = [
        (file.parent.name, found[0])
        for file in (village / "public").rglob("*.html")
        for found in re.finditer(r"\[\$|\[\*|code:|table:", text_of(file))
    ]
    assert left == []


def test_every_formula_is_set_once_and_none_is_refused(village: Path, shared: Path) -> None:
    sample = (shared / "villagepump-sample/villagepump.json").read_bytes()
    opened = sum(
        re.sub(r"`[^`]*`", "", line).count("[$ ")
        for one in json.loads(sample)["pages"]
        for block in lines.blocks(one["lines"][1:])
        for line in texts_of(block)
    )
    classes = [
        element.get("class")
        for file in (village / "public").rglob("index.html")
        for prose in bodies(file)
        for element in prose.iter()
    ]
    assert classes.count("katex") == opened > 250
    assert "math-error" not in classes


def texts_of(block: lines.Block) -> list[str]:
    match block:
        case lines.Line():
            return [block.text]
        case lines.Table():
            return [cell for row in block.rows for cell in row]
    return []


def bodies(file: Path) -> list[Any]:
    tree = html5lib.parse(file.read_bytes(), namespaceHTMLElements=False)
    return [e for e in tree.iter("div") if e.get("class") == "prose"]


def text_of(file: Path) -> str:
    """The text of a page outside code, formulas and what is not shown."""
    body = html5lib.parse(file.read_bytes(), namespaceHTMLElements=False).find("body")
    return "".join(texts(body))


def texts(element: Any) -> Iterator[str]:
    if element.tag not in ("code", "pre", "script", "style") and element.get("class") != "katex":
        yield element.text or ""
        for child in element:
            yield from texts(child)
            yield child.tail or ""
