"""The benchmarks: the same notes every time, all processes measured, only equal sites compared."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import PROJECT

from benchmarks import compare, corpus, edits, mkdocs_site, pelican_site, report, run
from benchmarks.chart import chart
from benchmarks.contest import Contest
from benchmarks.measure import Failed, Figure, measure
from benchmarks.notesite_site import PROGRAMS
from benchmarks.program import SCENARIOS, Program, write_files
from benchmarks.results import Measured, keep, load

# The harness adds up processes and their memory from /proc, which Linux alone has.
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what it measures is in /proc")

NOTESITE = PROGRAMS[0]


# --- The notes -----------------------------------------------------------------------------------


# Figures were measured with these notes: who changes them has to measure again.
@pytest.mark.parametrize(
    ("name", "digest"),
    [("math", "ba45ccaeab7aa9ac"), ("prose", "51c8c19ef0740655"), ("code", "eb4d6048b13636db")],
)
def test_a_corpus_is_the_same_every_time(name: str, digest: str) -> None:
    texts = "".join(file + text for file, text in corpus.notes(100, corpus=name))
    assert hashlib.sha256(texts.encode()).hexdigest()[:16] == digest


@pytest.mark.parametrize("name", corpus.CORPORA)
def test_a_smaller_corpus_is_the_beginning_of_a_larger_one(name: str) -> None:
    assert list(corpus.notes(30, corpus=name)) == list(corpus.notes(90, corpus=name))[:30]


def test_another_seed_makes_other_notes() -> None:
    assert list(corpus.notes(3, seed=2)) != list(corpus.notes(3, seed=1))


def test_only_the_notes_with_math_have_formulas_and_only_code_is_full_of_it() -> None:
    for name in corpus.CORPORA:
        notes = dict(corpus.notes(20, corpus=name))
        assert (compare.expected(notes).formulas > 80) == (name == "math")
        assert ("".join(notes.values()).count("```") > 100) == (name == "code")


def test_each_generator_is_given_front_matter_that_it_understands() -> None:
    text = "---\ntitle: T\ndate: 2025-01-01\ntags: [a, b]\n---\n\nOne.\n\nTwo.\n"
    assert "\ntags: a, b\n" in pelican_site.PROGRAMS[0].adapt(text)
    adapted = mkdocs_site.PROGRAMS[0].adapt(text)
    assert "\ncategories: [a, b]\n" in adapted
    assert adapted.endswith("\n\nOne.\n\n<!-- more -->\n\nTwo.\n")


# --- Edits ---------------------------------------------------------------------------------------


def test_each_scenario_edits_a_note_of_its_own_or_the_template() -> None:
    notes = dict(corpus.notes(10))
    made = {name: edits.edit(name, 1, notes) for name in SCENARIOS}
    assert made.pop("cold") is None
    assert made.pop("noop") is None
    assert len({each.file for each in made.values() if each}) == len(made)
    for each in made.values():
        assert each is not None
        assert each.mark in each.text
        assert each.mark not in notes.get(each.file, "")


def test_a_template_can_be_edited_again_and_again(tmp_path: Path) -> None:
    NOTESITE.write(tmp_path)
    foot = tmp_path / NOTESITE.foot
    before = foot.read_text("utf-8")
    for number in (1, 12, 3):
        made = edits.edit("template", number, {"a.md": ""})
        assert made is not None
        edits.apply(made, NOTESITE, tmp_path)
    assert foot.read_text("utf-8") == before.replace("edition 0", "edition 3")


# --- Measuring -----------------------------------------------------------------------------------

HOLDS = "import time; held = b'x' * {} * 2**20; time.sleep({})"
SPAWNS = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"


def test_memory_of_a_child_of_the_child_is_seen(tmp_path: Path) -> None:
    little = measure([sys.executable, "-c", SPAWNS, HOLDS.format(0, 0.3)], tmp_path)
    much = measure([sys.executable, "-c", SPAWNS, HOLDS.format(50, 0.3)], tmp_path)
    assert 45 * 2**20 < much.peak - little.peak < 60 * 2**20


def test_memory_that_processes_share_counts_once(tmp_path: Path) -> None:
    forks = (
        "import os, time; held = b'x' * 50 * 2**20\nif os.fork(): os.wait()\nelse: time.sleep(0.3)"
    )
    assert measure([sys.executable, "-c", forks], tmp_path).peak < 80 * 2**20


def test_a_process_whose_parent_has_ended_is_still_seen(tmp_path: Path) -> None:
    orphan = (
        "import subprocess, sys, time\n"
        "subprocess.run([sys.executable, '-c', 'import subprocess, sys; "
        'subprocess.Popen([sys.executable, "-c", sys.argv[1]])\', sys.argv[1]])\n'
        "time.sleep(0.5)"
    )
    figure = measure([sys.executable, "-c", orphan, HOLDS.format(50, 0.3)], tmp_path)
    assert figure.peak > 50 * 2**20


def test_processor_time_of_children_counts_and_sleep_does_not(tmp_path: Path) -> None:
    works = "import time\nwhile time.process_time() < 0.4: pass"
    busy = measure([sys.executable, "-c", SPAWNS, works], tmp_path)
    idle = measure([sys.executable, "-c", SPAWNS, HOLDS.format(0, 0.4)], tmp_path)
    assert busy.cpu > 0.4 > idle.cpu
    assert idle.wall > 0.4


def test_a_build_that_fails_says_so_with_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"failed \(3\)\nno such note"):
        measure(["sh", "-c", "echo no such note; exit 3"], tmp_path)


def test_a_build_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"more than 0\.2 s"):
        measure(["sh", "-c", "sleep 3; touch late"], tmp_path, limit=0.2)
    ran = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert "sleep 3; touch late" not in ran.stdout


# --- Comparing -----------------------------------------------------------------------------------

NOTES = {
    f"note-{number}.md": f"---\ntitle: N\ntags: [{tags}]\n---\n\nOf $x$ and\n\n$$\ny\n$$\n"
    for number, tags in enumerate(["a, b"] * 10 + ["a"])
}


@pytest.fixture
def built(tmp_path: Path) -> tuple[Program, Path]:
    """What NOTES make: two pages of the home listing, two of the tag a, one of b."""
    page = '<span class="katex">x</span> <span class="katex">y</span>'
    listings = ("", "page/2/", "tags/a/", "tags/a/page/2/", "tags/b/")
    files = {f"posts/{name.removesuffix('.md')}/index.html": page for name in NOTES}
    files |= {f"{listing}index.html": "" for listing in listings}
    write_files(tmp_path / "public", files)
    return NOTESITE, tmp_path


def test_a_site_with_all_that_its_notes_ask_for_is_comparable(built: tuple[Program, Path]) -> None:
    assert compare.expected(NOTES) == (11, 22, 5)
    assert list(compare.faults(*built, NOTES)) == []


def test_a_site_without_a_page_a_formula_or_a_listing_is_not_comparable(
    built: tuple[Program, Path],
) -> None:
    _, site = built
    (site / "public/tags/b/index.html").unlink()
    assert list(compare.faults(*built, NOTES)) == ["it made 4 listings, not 5"]
    (site / "public/posts/note-3/index.html").write_text('<span class="katex">')
    assert "it made 21 formulas, not 22" in list(compare.faults(*built, NOTES))
    (site / "public/posts/note-4/index.html").unlink()
    assert "it made 10 notes, not 11" in list(compare.faults(*built, NOTES))


def test_formulas_that_are_left_to_the_browser_are_counted_as_they_are_written() -> None:
    program = pelican_site.PROGRAMS[0]
    assert len(program.formula.findall("<p>Of $x$ and</p> <p>$$\ny\n$$</p>")) == 2


# --- The report ----------------------------------------------------------------------------------


def measured(notes: int = 2000, **more: dict[str, list[Figure]]) -> Measured:
    figures = {
        "notesite": {
            "cold": [Figure(2.0, 3.0, 200_000_000), Figure(4.0, 5.0, 240_000_000)],
            "body": [Figure(0.2, 0.1, 50_000_000), Figure(0.2, 0.1, 50_000_000)],
        },
        **more,
    }
    labels = {"notesite": "notesite", "hugo": "Hugo, <KaTeX>"}
    versions = {"notesite": "0.1.0", "hugo": "0.168.0"}
    left_out = {"Pelican": "its build failed (1)"}
    return Measured(
        "math", notes, "2026-01-02", "2 processors", labels, versions, figures, left_out
    )


HUGO = {"cold": [Figure(10.0, 11.0, 300_000_000), Figure(16.0, 17.0, 320_000_000)]}


def test_the_report_shows_medians_and_ratios_of_the_same_turn() -> None:
    assert report.markdown([measured(hugo=HUGO)]) == (
        "Measured on 2026-01-02: 2 processors. notesite 0.1.0, Hugo 0.168.0.\n"
        "\n"
        "### Short Japanese notes with math, 2,000\n"
        "\n"
        "Seconds on the clock, and how many times as long as notesite. "
        "Measured 2 times, medians.\n"
        "\n"
        "|  | First build | A sentence |\n"
        "| --- | --: | --: |\n"
        "| notesite | 3.00 | 0.20 |\n"
        "| Hugo, <KaTeX> | 13.00 (4.5×) | – |\n"
        "\n"
        "Seconds of processor, and memory at the peak in MB.\n"
        "\n"
        "|  | First build | A sentence |\n"
        "| --- | --: | --: |\n"
        "| notesite | 4.00 · 220 | 0.10 · 50 |\n"
        "| Hugo, <KaTeX> | 14.00 · 310 | – |\n"
        "\n"
        "Left out: Pelican. its build failed (1).\n"
    )


def test_how_cost_grows_is_shown_once_there_are_two_sizes() -> None:
    text = report.markdown([measured(1000), measured(2000)])
    assert "### How notesite's cost grows – Short Japanese notes with math\n" in text
    assert "| 1,000 | 4.00 | 200 |\n| 2,000 | 2.00 | 200 |\n" in text
    assert "grows" not in report.markdown([measured(1000)])


def test_the_chart_is_svg_with_a_title_and_all_its_values_in_words() -> None:
    root = ElementTree.fromstring(chart(measured(hugo=HUGO), "A & B"))
    namespace = "{http://www.w3.org/2000/svg}"
    title, description = (root.find(f"{namespace}{name}") for name in ("title", "desc"))
    assert title is not None
    assert title.text == "A & B: seconds of each generator"
    assert description is not None
    assert description.text == (
        "First build: notesite 3.00 s, Hugo, <KaTeX> 13.00 s. A sentence: notesite 0.20 s."
    )
    assert root.get("role") == "img"
    assert len(root.findall(f"{namespace}rect")) == 1 + 3  # the ground and a bar for each value


def test_the_page_is_written_between_its_marks_and_again_without_a_new_run(tmp_path: Path) -> None:
    page, kept = tmp_path / "page.md", tmp_path / "results.json"
    page.write_text(f"Before.\n\n{report.BEGIN}old\n{report.END}\nAfter.\n", "utf-8")
    keep(kept, measured(300))
    keep(kept, measured(2000, hugo=HUGO))
    keep(kept, measured(300))  # takes the place of the first
    for _ in range(2):
        report.write(load(kept), page)
        text = page.read_text("utf-8")
        assert text.startswith(f"Before.\n\n{report.BEGIN}\n![Short Japanese")
        assert text.endswith(f"{report.END}\nAfter.\n")
        assert "](page.svg)\n" in text
        assert "old" not in text
        assert text.count("### Short Japanese notes with math, 300\n") == 1
    assert ElementTree.parse(tmp_path / "page.svg").getroot().tag.endswith("svg")


# --- All of it -----------------------------------------------------------------------------------


def test_the_harness_measures_a_small_site(tmp_path: Path) -> None:
    kept = tmp_path / "results.json"
    scenarios = ["cold", "noop", "body", "template"]
    options = "--corpus math --notes 10 --runs 1 --programs notesite --pause 0 --results"
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks.run", *options.split(), str(kept),
         "--scenarios", ",".join(scenarios)],
        cwd=PROJECT, capture_output=True, text=True, encoding="utf-8", check=False,
        env=os.environ | {"PYTHONPATH": str(PROJECT / "src")},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "### Short Japanese notes with math, 10" in ran.stdout
    (result,) = load(kept)
    assert result.left_out == {}
    assert list(result.figures["notesite"]) == scenarios
    for runs in result.figures["notesite"].values():
        (figure,) = runs
        assert figure.wall > 0
        assert figure.cpu > 0
        assert figure.peak > 1_000_000  # on a busy machine it is looked at rarely


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--programs", "unknown: hogo; known: notesite,hugo,"),
        ("--scenarios", "unknown: hogo; known: cold, noop,"),
        ("--corpus", "unknown: hogo; known: math, prose, code"),
    ],
)
def test_a_name_that_is_unknown_is_refused_with_those_that_are_known(
    option: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run.main([option, "hogo"])
    assert message in capsys.readouterr().err


# --- Who fails is left out -----------------------------------------------------------------------


def script(name: str, text: str) -> Program:
    """A generator that is a script of the shell."""
    return NOTESITE._replace(name=name, label=name, command=("sh", "-c", text))


COPIES = (
    "mkdir -p public/tags/a/page/2 public/tags/b public/page/2 &&"
    "for page in '' page/2/ tags/a/ tags/a/page/2/ tags/b/; do : > public/${page}index.html; done;"
    "for note in notes/posts/*.md; do page=public/posts/$(basename $note .md); mkdir -p $page;"
    ' { cat $note templates/partials/*; echo \'<span class="katex"> <span class="katex">\'; }'
    " > $page/index.html; done"
)


def test_who_fails_or_makes_another_site_is_left_out_and_the_others_go_on(tmp_path: Path) -> None:
    programs = [
        script("good", COPIES),
        script("broken", "echo no; exit 1"),
        script("poor", "mkdir -p public"),
        script("stale", f"test -d public || {{ {COPIES}; }}"),
    ]
    contest = Contest(tmp_path, programs, NOTES, pause=0)
    contest.compare(limit=float("inf"))
    contest.settle()
    for scenario in ("cold", "noop", "body", "title", "new", "template"):
        contest.measure(scenario, runs=2)
    assert contest.left_out == {
        "broken": "its build failed (1)",
        "poor": "it made 0 notes, not 11; it made 0 formulas, not 22; it made 0 listings, not 5",
        "stale": "its site does not show an edit (edit-body-1)",
    }
    assert {name: set(of) for name, of in contest.figures.items()} == {
        "good": {"cold", "noop", "body", "title", "new", "template"}
    }
    assert all(len(runs) == 2 for runs in contest.figures["good"].values())


def test_who_takes_too_long_for_the_first_build_is_left_out(tmp_path: Path) -> None:
    contest = Contest(tmp_path, [script("slow", "sleep 60")], NOTES, pause=0)
    contest.compare(limit=0.3)
    assert contest.left_out == {"slow": "its build took more than 0.3 s"}
    assert contest.figures == {}


def test_a_harness_that_is_ended_ends_the_build_and_leaves_no_folder(tmp_path: Path) -> None:
    begins = (
        "import sys; from benchmarks import run; from benchmarks.notesite_site import PROGRAMS\n"
        "command = ('sh', '-c', 'echo $$ > ../../began; exec sleep 60')\n"
        "run.PROGRAMS = (PROGRAMS[0]._replace(command=command),)\n"
        "run.main(['--notes', '10', '--pause', '0', '--programs', 'notesite'])"
    )
    harness = subprocess.Popen(
        [sys.executable, "-c", begins],
        cwd=PROJECT, stdout=subprocess.DEVNULL, env=os.environ | {"TMPDIR": str(tmp_path)},
    )  # fmt: skip
    began = tmp_path / "began"
    until = time.monotonic() + 30
    while not (began.exists() and began.read_text()) and time.monotonic() < until:
        time.sleep(0.02)
    harness.terminate()
    assert harness.wait(30) == 143
    build = Path("/proc", began.read_text().strip(), "stat")
    assert not build.exists() or ") Z " in build.read_text()
    assert list(tmp_path.iterdir()) == [began]
