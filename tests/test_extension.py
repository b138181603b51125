"""A site's extension.py: what it can add, what an edit of it makes anew, and how its mistakes are
told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PROJECT
from histories import TODAY, built, clean, tree
from serving import Served, served, write

from notesite.build import build
from notesite.extension import load
from notesite.report import Options, Report

MANUAL = (PROJECT / "notes/manual/extending.md").read_text("utf-8")
SETTINGS = "title: S\nbase_url: https://example.org/\nextension: extension.py\n"
NOTE = "---\ntitle: {0}\ndate: 2025-01-0{0}\n---\n\nPress ++Ctrl+C++ here.\n"
KEYS = """
def markdown(md):
    md.inline.ruler.before("emphasis", "keys", keys)

def keys(state, silent):
    end = state.src.find("++", state.pos + 2, state.posMax)
    if not state.src.startswith("++", state.pos) or end < 0:
        return False
    if not silent:
        state.push("text", "", 0).content = MARK + state.src[state.pos + 2 : end]
    state.pos = end + 2
    return True

MARK = "⌨"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    files: dict[str, str | bytes] = {
        "notesite.yaml": SETTINGS,
        "notes/a.md": NOTE.format(1),
        "notes/b.md": NOTE.format(2),
    }
    return write(tmp_path / "site", files)


def extended(site: Path, code: str) -> Report:
    (site / "extension.py").write_text(code, "utf-8")
    return built(site, explain=True)


def page(site: Path, path: str) -> str:
    return (site / "public" / path).read_text("utf-8")


def errors(report: Report) -> list[str]:
    return [f"{p.location}: {p.message}" for p in report.problems if p.level == "error"]


# --- what it can do -------------------------------------------------------------------------------


@pytest.fixture
def example(site: Path) -> Path:
    """A site with the files that the manual shows."""
    shown = re.findall(r'^```\S+ title="([^"]+)"\n(.*?)^```$', MANUAL, re.S | re.M)
    assert [name for name, _ in shown][1:] == ["extension.py", "templates/statistics.html"]
    return write(site, dict(shown))


def test_the_example_of_the_manual_does_what_it_says(example: Path) -> None:
    write(example, {"notes/c.md": "See [the numbers](/statistics/) and `++a++`.\n"})
    report = built(example)
    assert report.published
    assert [p.message for p in report.problems] == []
    keys = "Press <kbd>Ctrl</kbd>+<kbd>C</kbd> here."
    assert keys in page(example, "a/index.html")
    assert keys in page(example, "index.html")  # excerpts know the tags of text
    assert "<code>++a++</code>" in page(example, "c/index.html")
    assert json.loads(page(example, "now.json")) == {"site": "S", "notes": 3}
    statistics = page(example, "statistics/index.html")
    assert "<li>2025: 2 notes, 67%</li>" in statistics
    assert "<title>Statistics" in statistics


INSTEAD = """
def markdown(md):
    md.inline.ruler2.at("emphasis", shouted)

def shouted(state):
    for token in state.tokens:
        token.content = token.content.upper()
"""


def test_a_rule_in_the_place_of_another_sees_all_text(site: Path) -> None:
    extended(site, INSTEAD)
    assert "PRESS ++CTRL+C++ HERE." in page(site, "a/index.html")


def test_worker_processes_know_it_too(site: Path) -> None:
    write(site, {f"notes/n{n}.md": f"++{n}++ word\n" for n in range(130)})
    (site / "extension.py").write_text(KEYS, "utf-8")
    files = []
    for jobs in (1, 2):
        output = site / f"public{jobs}"
        options = Options(jobs=jobs, force=True)
        assert build(site, output=output, options=options, today=lambda config: TODAY).published
        files.append(tree(output))
    assert files[0] == files[1]
    assert "⌨129 word" in files[0]["n129/index.html"].decode()


def test_it_is_no_part_of_what_is_published(tmp_path: Path) -> None:
    site = write(tmp_path / "s", {"a.md": "A\n", "extension.py": KEYS, "notesite.yaml": SETTINGS})
    assert built(site).published
    assert not (site / "public/extension.py").exists()
    assert not list(site.rglob("__pycache__"))


# --- what an edit makes anew ----------------------------------------------------------------------


def test_an_edit_of_its_syntax_makes_all_notes_anew(site: Path) -> None:
    extended(site, KEYS)
    assert "⌨Ctrl+C" in page(site, "a/index.html")
    report = extended(site, KEYS.replace("⌨", "🎹"))
    assert "🎹Ctrl+C" in page(site, "a/index.html")
    assert {line.partition(":")[0] for line in report.made} >= {"a/index.html", "b/index.html"}


def test_an_edit_of_its_outputs_alone_reads_no_note(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "from notesite.model import Output, Written\ndef outputs(library, config):\n"
    extended(site, code + "    yield Output('x.txt', Written(b'one'))\n")
    monkeypatch.setattr("notesite.markdown.note.parse", lambda *rest: pytest.fail("it was read"))
    report = extended(site, code + "    yield Output('x.txt', Written(b'two'))\n")
    assert page(site, "x.txt") == "two"
    assert [line.partition(":")[0] for line in report.made] == ["x.txt"]


def test_an_edit_of_a_filter_makes_pages_anew(site: Path) -> None:
    write(site, {"templates/partials/after_content.html": "<p>{{ title|loud }}</p>\n"})
    extended(site, "filters = {'loud': lambda text: text + '!'}")
    extended(site, "filters = {'loud': lambda text: text + '?'}")
    assert "<p>1?</p>" in page(site, "a/index.html")


def test_what_comes_out_is_what_a_clean_build_makes(site: Path, tmp_path: Path) -> None:
    versions = [KEYS, KEYS.replace("⌨", "x"), "filters = {'f': str}", KEYS, "broken("]
    for code in versions:
        report = extended(site, code)
        expected, files = clean(site, tmp_path / "elsewhere")
        assert errors(report) == errors(expected)
        assert not report.published or tree(site / "public") == files
    (site / "notesite.yaml").write_text(SETTINGS.replace("extension: extension.py\n", ""), "utf-8")
    built(site)
    assert tree(site / "public") == clean(site, tmp_path / "elsewhere")[1]


def test_without_a_change_it_is_not_even_run(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extended(site, KEYS)
    monkeypatch.setattr("notesite.planning.load", lambda source: pytest.fail("it was run"))
    assert built(site).published


# --- mistakes -------------------------------------------------------------------------------------

OUTPUT = "from notesite.model import Output, Template, Written\ndef outputs(library, config):\n"
MISTAKES = {
    "def markdown(md:\n": "1:13: SyntaxError: '(' was never closed (while it is loaded)",
    "\nimport nothing_of_this_name\n": (
        "2:1: ModuleNotFoundError: No module named 'nothing_of_this_name' (while it is loaded)"
    ),
    "é = 1; x = é.b\n": (
        "1:12: AttributeError: 'int' object has no attribute 'b' (while it is loaded)"
    ),
    "import sys\nsys.exit(3)\n": "2:1: SystemExit: 3 (while it is loaded)",
    "def output(library, config): ...\n": (
        "TypeError: it has none of `markdown`, `outputs`, `filters` (while it is loaded)"
    ),
    "markdown = 1\n": "TypeError: `markdown` is not a function (while it is loaded)",
    "filters = {'a': 1}\n": (
        "TypeError: `filters` is not a dict of functions by their names (while it is loaded)"
    ),
    "def markdown(md):\n    md.inline.ruler.before('none', 'x', None)\n": (
        "2:5: KeyError: 'Parser rule not found: none' (in `markdown`)"
    ),
    OUTPUT + "    yield 1 / 0\n": "3:11: ZeroDivisionError: division by zero (in `outputs`)",
    OUTPUT + "    return ['x']\n": "TypeError: it yields Outputs, not str (in `outputs`)",
    OUTPUT + "    yield Output('x', Written('text'))\n": (
        "TypeError: `x` is Written with bytes; encode() makes some of a text (in `outputs`)"
    ),
    OUTPUT + "    yield Output('x', 'text')\n": (
        "TypeError: an Output has a path, and a Template, a Copy or Written as its recipe"
        " (in `outputs`)"
    ),
    OUTPUT + "    yield Output('x/index.html', Template('404.html', {'a': lambda: 1}))\n": (
        "TypeError: Encoding objects of type function is unsupported (in `outputs`)"
    ),
    "filters = {'title': lambda text: 1 / 0}\n": (
        "1:34: ZeroDivisionError: division by zero (in the filter `title`) (while rendering "
    ),
}


@pytest.mark.parametrize("code", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_nothing_is_published(code: str, site: Path) -> None:
    write(site, {"templates/partials/after_content.html": "{{ lang|title }}"})
    built_before = extended(site, "filters = {}")
    assert built_before.published
    report = extended(site, code)
    assert not report.published
    [error] = errors(report)
    expected = MISTAKES[code]
    sign = ":" if expected[0].isdigit() else ": "
    assert error.startswith(f"extension.py{sign}{expected}")
    [problem] = (p for p in report.problems if p.level == "error")
    assert problem.source_line == (
        code.split("\n")[problem.location.line - 1] if sign == ":" else ""
    )
    assert (site / "public/a/index.html").exists()


def test_a_mistake_in_a_filter_says_which_template_asked_for_it(site: Path) -> None:
    write(site, {"templates/partials/after_content.html": "\n{{ lang|bad }}"})
    report = extended(site, "def bad(text):\n    return text['x']\nfilters = {'bad': bad}\n")
    [problem] = (p for p in report.problems if p.level == "error")
    assert str(problem.location) == "extension.py:2:12"
    assert problem.hint == "it is asked for in templates/partials/after_content.html:2:1"


def test_a_mistake_that_a_note_meets_leaves_out_that_note_alone(site: Path) -> None:
    write(site, {"notes/b.md": "no keys\n"})
    report = extended(site, KEYS.replace("MARK +", "1 / 0 +"))
    assert errors(report) == [
        "extension.py:10:45: ZeroDivisionError: division by zero (while reading notes/a.md)"
    ]
    assert report.published
    assert (site / "public/b/index.html").exists()
    assert not (site / "public/a/index.html").exists()
    assert errors(built(site)) == errors(report)  # a warm build says it again


def test_tokens_that_fit_nothing_are_its_mistake_too(site: Path) -> None:
    report = extended(site, KEYS.replace("MARK + state.src[state.pos + 2 : end]", "5"))
    assert report.published
    told = errors(report)
    assert len(told) == 2
    assert all(error.startswith("extension.py: ") for error in told), told


def test_a_file_that_is_not_there_is_an_error(site: Path) -> None:
    report = built(site)
    assert errors(report) == [
        "extension.py: the extension cannot be read: No such file or directory"
    ]
    assert not report.published


def test_outputs_that_clash_are_left_out_and_both_are_named(site: Path) -> None:
    report = extended(site, OUTPUT + "    yield Output('a/index.html', Written(b'mine'))\n")
    assert errors(report) == ["extension.py: notes/a.md and extension.py both ask for a/index.html"]
    assert "mine" not in page(site, "a/index.html")


# --- serve ----------------------------------------------------------------------------------------


@pytest.fixture
def live(site: Path) -> Iterator[Served]:
    (site / "extension.py").write_text(KEYS, "utf-8")
    with served(site) as running:
        yield running


def test_serve_shows_an_edit_of_it_at_once(live: Served) -> None:
    assert "⌨Ctrl+C" in live.get("/a/").text
    live.save("extension.py", KEYS.replace("⌨", "🎹"))
    assert "🎹Ctrl+C" in live.get("/a/").text


@pytest.mark.parametrize(
    "code", ["broken(", OUTPUT + "    yield 1", KEYS.replace("MARK +", "1 / 0 +")]
)
def test_serve_keeps_the_last_good_site_while_it_is_broken(code: str, live: Served) -> None:
    live.save("extension.py", code)
    assert [p.location.path for p in live.session.snapshot.problems if p.level == "error"][:1] == [
        "extension.py"
    ]
    assert "⌨Ctrl+C" in live.get("/a/").text
    live.save("notes/b.md", NOTE.format(2).replace("here", "there"))
    assert live.get("/b/").status == 200
    live.save("extension.py", KEYS.replace("⌨", "🎹"))
    assert [p for p in live.session.snapshot.problems if p.level == "error"] == []
    assert "🎹Ctrl+C there." in live.get("/b/").text


def test_serve_says_when_it_is_gone(live: Served) -> None:
    (live.root / "extension.py").unlink()
    live.rebuild(live.root / "extension.py")
    assert errors_of(live) == ["the extension cannot be read: No such file or directory"]
    assert "⌨Ctrl+C" in live.get("/a/").text


def errors_of(live: Served) -> list[str]:
    return [p.message for p in live.session.snapshot.problems if p.level == "error"]


def test_no_source_adds_nothing() -> None:
    assert load(None).filters == {}
