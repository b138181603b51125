"""The commands as a user meets them: what they print, what they write, how they exit."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from conftest import PROJECT
from hypothesis import given, settings
from hypothesis import strategies as st

from notesite import __version__, cli
from notesite.cli.commands import notesite
from notesite.cli.terminal import Terminal, visible

Run = Callable[..., Result]

ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "CLICOLOR_FORCE")},
    "PYTHONPATH": str(PROJECT / "src"),
    "PYTHONDONTWRITEBYTECODE": "1",
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(notesite, arguments, prog_name="notesite")

    return run


def process(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The same as a process of its own: exit codes and streams are those of a shell."""
    return subprocess.run(
        [sys.executable, "-m", "notesite", *arguments],
        cwd=cwd, env={**ENVIRONMENT, **more}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def shell(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The same in this process, which is quicker: streams that are no terminal, an exit code."""
    before = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(cwd)
        patch.delenv("NO_COLOR", raising=False)
        for name, value in more.items():
            patch.setenv(name, value)
        code = cli.main(arguments)
    for number, handler in before:
        signal.signal(number, handler)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of two notes, one of them a draft."""
    site = tmp_path / "my-site"
    (site / "notes" / "posts").mkdir(parents=True)
    (site / "notesite.yaml").write_text("title: Mine\nbase_url: https://example.org/\n")
    (site / "notes" / "posts" / "a.md").write_text(
        "---\ntitle: A\ndate: 2024-01-01\n---\n\nText.\n"
    )
    (site / "notes" / "b.md").write_text("---\ntitle: B\ndraft: true\n---\n\nText.\n")
    return site


def damage(site: Path) -> None:
    """One error and one warning."""
    (site / "notes" / "bad.md").write_text("---\ntitle: Bad\ndate: 2024-13-01\n---\n")
    (site / "notes" / "dead.md").write_text("# Dead\n\n図の[リンク](nowhere.md)。\n")


# --- build ----------------------------------------------------------------------------------------


def test_build_says_in_one_line_what_it_did_and_what_it_held_back(site: Path) -> None:
    built = process("build", cwd=site)
    assert built.returncode == 0, built.stderr
    first, second = built.stdout.splitlines()
    line = r"\d notes?, \d+ pages: [1-9]\d* written, 0 unchanged, 0 removed in \d\.\d s"
    assert re.fullmatch(line, first)
    assert second == "held back: 1 draft"
    again = process("build", "--drafts", cwd=site)
    assert "held back" not in again.stdout
    assert (site / "public" / "posts" / "a" / "index.html").is_file()


def test_problems_go_to_stderr_with_a_count_and_an_error_exits_with_1(site: Path) -> None:
    damage(site)
    built = shell("build", cwd=site)
    assert built.returncode == 1
    assert "notes/bad.md:3:7: error: " in built.stderr
    assert "notes/dead.md:3:9: warning: " in built.stderr
    assert built.stderr.endswith("1 error, 1 warning\n")
    assert "\x1b" not in built.stderr
    assert " written, " in built.stdout
    assert (site / "public" / "dead" / "index.html").is_file()


def test_a_warning_alone_exits_with_0_and_with_strict_with_1(site: Path) -> None:
    damage(site)
    (site / "notes" / "bad.md").unlink()
    assert shell("build", cwd=site).returncode == 0
    assert shell("build", "--strict", cwd=site).returncode == 1


def test_broken_settings_publish_nothing(site: Path) -> None:
    (site / "notesite.yaml").write_text("titel: x\n")
    built = shell("build", cwd=site)
    assert built.returncode == 1
    assert "notesite.yaml:1:1: error: " in built.stderr
    assert "nothing was published" in built.stderr
    assert built.stdout == ""
    assert not (site / "public").exists()


@pytest.mark.parametrize(
    "folder", [".", "notes", "..", "public/..", "/", "static", "templates", ".git"]
)
def test_a_refused_output_folder_exits_with_2_and_says_why(site: Path, folder: str) -> None:
    before = sorted(site.rglob("*"))
    built = shell("build", "-o", folder, cwd=site)
    assert built.returncode == 2
    assert "the output folder is refused: " in built.stderr
    assert sorted(site.rglob("*")) == before


def test_the_site_is_found_upward_and_the_paths_of_options_are_relative_to_it(site: Path) -> None:
    (site / "other.yaml").write_text("title: Other\nbase_url: https://example.org/\n")
    built = shell("build", "-o", "out", "-c", "other.yaml", "-q", cwd=site / "notes" / "posts")
    assert (built.returncode, built.stdout, built.stderr) == (0, "", "")
    assert "Other" in (site / "out" / "index.html").read_text()


@pytest.mark.parametrize(
    "arguments",
    [("-C", "my-site", "build"), ("build", "--root", "my-site"), ("build", "-Cmy-site")],
)
def test_global_options_stand_before_the_command_or_after_it(
    site: Path, arguments: tuple[str, ...]
) -> None:
    assert shell(*arguments, cwd=site.parent).returncode == 0
    assert (site / "public" / "index.html").is_file()


def test_quiet_hides_the_summary_and_notes_but_no_warning(site: Path) -> None:
    (site / "notesite.yaml").write_text("title: no address\n")
    assert "note: " in shell("build", cwd=site).stderr
    damage(site)
    quiet = shell("-q", "build", cwd=site)
    assert quiet.stdout == ""
    assert "warning: " in quiet.stderr
    assert "note: " not in quiet.stderr


def test_verbose_says_how_long_each_stage_took(site: Path) -> None:
    assert "reading notes: 0." in shell("build", "-v", cwd=site).stderr


# --- in a terminal --------------------------------------------------------------------------------


def in_a_terminal(*arguments: str, cwd: Path, **more: str) -> str:
    """What a terminal of 100 columns is sent, stdout and stderr together."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    environment = {**ENVIRONMENT, "TERM": "xterm-256color", "COLUMNS": "100", **more}
    child = subprocess.Popen(
        [sys.executable, "-m", "notesite", *arguments],
        cwd=cwd, env=environment, stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    sent = b""
    while True:
        try:
            block = os.read(ours, 65536)
        except OSError:  # Linux: the other end was closed
            break
        if not block:
            break
        sent += block
    child.wait()
    os.close(ours)
    return sent.decode()


def test_a_terminal_sees_colours_unless_one_says_no(site: Path) -> None:
    damage(site)
    assert "\x1b[1;31merror: " in in_a_terminal("build", cwd=site)
    assert "\x1b[1" not in in_a_terminal("build", "--no-color", cwd=site)
    assert "\x1b[1" not in in_a_terminal("build", cwd=site, NO_COLOR="1")
    assert "\x1b[1;31merror: " in shell("build", cwd=site, CLICOLOR_FORCE="1").stderr


def test_the_caret_stands_under_the_place_also_behind_japanese(site: Path) -> None:
    (site / "notes" / "bad.md").write_text("---\ntitle: 図: 表\n---\n", "utf-8")
    lines = shell("build", cwd=site).stderr.splitlines()
    assert lines[0].startswith("notes/bad.md:2:9: error: ")
    assert lines[1:3] == ["  title: 図: 表", "           ^"]  # 図 takes two columns


def test_a_terminal_sees_the_gravest_50_problems_and_a_count(site: Path) -> None:
    for number in range(60):
        (site / "notes" / f"n{number:02}.md").write_text("# N\n\n[x](nowhere.md)\n")
    damage(site)  # bad.md comes first by name, zz.md last
    shutil.move(site / "notes" / "bad.md", site / "notes" / "zz.md")
    seen = in_a_terminal("build", "--no-color", cwd=site)
    assert seen.count("warning: ") == 49
    assert "notes/zz.md:3:7: error: " in seen
    assert "1 error, 61 warnings; 12 of them not shown here" in seen
    assert shell("build", cwd=site).stderr.count("warning: ") == 61


def test_an_escape_sequence_in_a_note_does_not_reach_the_terminal() -> None:
    assert visible("a\x1b[2Jb\x07\x9b1m\tc\n") == "a␛[2Jb␇�1m␉c\n"


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029])
def test_what_turns_or_ends_a_line_unseen_is_shown(code: int) -> None:
    assert visible(f"a{chr(code)}b") == "a\ufffdb"


@pytest.mark.usefixtures("keep_handlers")
def test_no_file_name_speaks_to_the_terminal(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fault(*args: object, **more: object) -> None:
        raise OSError(5, "Input/output error", "a\x1b[2J\u202e\nb")

    (site / "notes" / "x\nnotes_y.md: error: z\u202e\x1b.md").write_text("---\ndate: 1\n---\n")
    said = shell("build", cwd=site).stderr
    assert "notes/x␊notes_y.md: error: z\ufffd␛.md:2:7: error: " in said
    monkeypatch.chdir(site)
    monkeypatch.setattr("notesite.build.build", fault)
    assert cli.main(["build"]) == 1
    assert capsys.readouterr().err == "a␛[2J\ufffd␊b: error: Input/output error\n"


# --- new ------------------------------------------------------------------------------------------


def test_new_writes_a_note_named_after_its_title_and_prints_its_path(run: Run) -> None:
    Path("notes").mkdir()
    made = run("new", "コルモゴロフ 複雑性: K(x)")
    assert (made.exit_code, made.output) == (0, "notes/コルモゴロフ-複雑性-kx.md\n")
    text = Path(made.output.strip()).read_text("utf-8")
    assert text.startswith('---\ntitle: "コルモゴロフ 複雑性: K(x)"\ndate: 2')


@pytest.mark.parametrize(
    ("name", "path"),
    [("posts/題名", "notes/posts/題名.md"), ("notes/posts/題名", "notes/posts/題名.md"),
     ("a/b/C D.md", "notes/a/b/c-d.md"), ("C++ と #1", "notes/c++-と-sharp1.md")],
)  # fmt: skip
def test_new_puts_a_note_into_a_section(run: Run, name: str, path: str) -> None:
    Path("notes").mkdir()
    assert run("new", name).output == f"{path}\n"


def test_new_writes_beside_the_notes_there_are(run: Run) -> None:
    assert run("new", "x").output == "x.md\n"
    Path("notesite.yaml").write_text("notes: content\n")
    Path("sub").mkdir()
    os.chdir("sub")
    assert run("new", "x").output == "../content/x.md\n"


def test_new_never_overwrites(run: Run) -> None:
    Path("x.md").write_text("mine")
    made = run("new", "X")
    assert made.exit_code == 1
    assert "x.md exists already; nothing was written" in made.output
    assert Path("x.md").read_text() == "mine"


@pytest.mark.parametrize(
    ("title", "reason"),
    [("", "no title"), ("posts/", "no title"), ("../x", "dots"), ("/x", "not a path"),
     ("index", "introduction"), ("con", "device"), ("あ" * 70, "bytes"), ("a\x1bb", "shown")],
)  # fmt: skip
def test_new_refuses_a_title_that_cannot_be_a_file(run: Run, title: str, reason: str) -> None:
    made = run("new", "--", title)
    assert (made.exit_code, reason in made.output) == (2, True), made.output
    assert os.listdir() == []


def test_new_does_not_write_through_a_link_out_of_the_notes(run: Run, tmp_path: Path) -> None:
    Path("notes").mkdir()
    Path("elsewhere").mkdir()
    Path("notes/out").symlink_to(tmp_path / "elsewhere")
    assert run("new", "out/x").exit_code == 2
    assert os.listdir("elsewhere") == []


def test_new_dates_a_note_in_the_time_zone_of_the_site(run: Run) -> None:
    Path("notesite.yaml").write_text("timezone: Pacific/Kiritimati\n")  # UTC+14
    run("new", "x")
    front_matter = Path("x.md").read_text().split("---")[1]
    written = datetime.strptime(front_matter.split("date: ")[1].strip(), "%Y-%m-%d %H:%M")
    there = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=14)
    assert timedelta() <= there - written < timedelta(minutes=2)


@settings(max_examples=200)
@given(st.text(min_size=1))
def test_a_title_in_the_front_matter_is_read_back_as_it_was(text: str) -> None:
    title = " ".join(text.split())
    if title.isprintable():
        assert yaml.safe_load(f"title: {json.dumps(title, ensure_ascii=False)}\n") == {
            "title": title
        }


# --- init -----------------------------------------------------------------------------------------


def test_init_makes_a_site_that_builds_without_a_problem(tmp_path: Path) -> None:
    made = shell("init", "my site", cwd=tmp_path)
    assert made.returncode == 0
    assert "wrote my site/notesite.yaml\n" in made.stdout
    assert "notesite build" in made.stdout
    built = shell("build", "--strict", "-b", "https://e.org/r/", cwd=tmp_path / "my site")
    assert (built.returncode, built.stderr) == (0, "")
    page = (tmp_path / "my site" / "public" / "posts" / "hello" / "index.html").read_text("utf-8")
    assert 'class="katex"' in page
    assert "math-error" not in page
    assert "<strong>「重点」</strong>" in page


def test_init_writes_a_workflow_that_installs_this_version(run: Run) -> None:
    assert run("init", "s").exit_code == 0
    workflow = Path("s/.github/workflows/pages.yml").read_text()
    assert f"pip install notesite=={__version__}\n" in workflow
    assert "{version}" not in workflow
    yaml.safe_load(workflow)
    assert ".notesite/" in Path("s/.gitignore").read_text()


def test_init_refuses_a_folder_where_it_would_overwrite_and_names_the_files(run: Run) -> None:
    Path("notes").mkdir()
    Path("notes/_index.md").write_text("mine")
    Path(".gitignore").symlink_to("nowhere")
    made = run("init")
    assert made.exit_code == 1
    assert "notes/_index.md, .gitignore would be overwritten" in made.output
    assert sorted(os.listdir()) == [".gitignore", "notes"]
    assert Path("notes/_index.md").read_text() == "mine"


@pytest.mark.parametrize("name", ["a: b # c", "題名", '"quoted"', "{date}"])
def test_init_takes_any_folder_name_as_the_title(run: Run, name: str) -> None:
    assert run("init", name).exit_code == 0
    assert yaml.safe_load(Path(name, "notesite.yaml").read_text("utf-8"))["title"] == name


# --- clean ----------------------------------------------------------------------------------------


def test_clean_removes_what_was_built_and_the_cache_and_nothing_else(site: Path) -> None:
    shell("build", cwd=site)
    (site / "public" / "CNAME").write_text("example.org")
    (site / ".notesite").mkdir(exist_ok=True)
    (site / ".notesite" / "cache.sqlite").write_text("")
    cleaned = shell("clean", cwd=site)
    assert cleaned.returncode == 0
    assert cleaned.stdout.startswith("removed ")
    assert cleaned.stdout.endswith(" files from public\n")
    assert [path.name for path in (site / "public").iterdir() if path.is_file()] == ["CNAME"]
    assert not (site / ".notesite").exists()
    assert shell("clean", cwd=site).stdout == "removed 0 files from public\n"
    assert shell("build", cwd=site).returncode == 0


def test_clean_of_a_folder_that_is_refused_exits_with_2(site: Path) -> None:
    assert shell("clean", "-o", ".", cwd=site).returncode == 2
    assert (site / "notes" / "b.md").is_file()


# --- the command itself ---------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *notesite.commands])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    shown = run(*command.split(), "--help")
    assert shown.exit_code == 0
    assert shown.output.startswith(f"Usage: notesite {command}".rstrip())
    assert run(*command.split(), "-h").output == shown.output


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version").output == f"notesite {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [("bild",), ("build", "--nope"), ("build", "x"), ("-C", "nowhere", "build"), ("new",)],
)
def test_wrong_usage_exits_with_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    wrong = shell(*arguments, cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Error: " in wrong.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(run: Run, shell: str) -> None:
    assert "_NOTESITE_COMPLETE" in run("completion", shell).output


def test_completion_takes_the_shell_one_uses(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    assert "function _notesite_completion" in run("completion").output
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert run("completion").exit_code == 2


def test_the_completion_script_is_answered(tmp_path: Path) -> None:
    answer = process(
        cwd=tmp_path, _NOTESITE_COMPLETE="bash_complete", COMP_WORDS="notesite b", COMP_CWORD="1"
    )
    assert answer.stdout == "plain,build\n"


def test_help_does_not_import_the_builder(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom notesite.cli import main\nmain(['build', '--help'])\n"
        "heavy = {'markdown_it', 'jinja2', 'pygments', 'rich', 'yaml', 'py_mini_racer'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


# --- when it goes wrong ---------------------------------------------------------------------------


@pytest.fixture
def keep_handlers() -> Iterator[None]:
    before = [(number, signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGINT)]
    hook = sys.unraisablehook
    yield
    sys.unraisablehook = hook
    logging.disable(logging.NOTSET)
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.usefixtures("keep_handlers")
def test_a_fault_is_a_sentence_and_with_verbose_a_traceback(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fault(*args: object, **more: object) -> None:
        raise KeyError("a bug")

    monkeypatch.chdir(site)
    monkeypatch.setattr("notesite.build.build", fault)
    assert cli.main(["build"]) == 1
    said = capsys.readouterr().err
    assert f"notesite {__version__} has a fault: KeyError: 'a bug'" in said
    assert "report this" in said
    assert "Traceback" not in said
    assert cli.main(["-qv", "build"]) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.usefixtures("keep_handlers")
def test_what_the_system_refuses_is_named_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    assert cli.main(["init", "file/site"]) == 1
    assert "file/site: error: Not a directory" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_fault(site: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "notesite", "build"],
        cwd=site, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as child:  # fmt: skip
        assert child.stdout
        child.stdout.close()
        assert child.stderr
        said = child.stderr.read()
    assert (child.returncode, said) == (cli.BROKEN_PIPE, b"")
    assert (site / "public" / "index.html").is_file()


def _nothing() -> None:
    pass


def _press() -> None:
    signal.raise_signal(signal.SIGINT)
    for _ in range(2):  # Python 3.11 answers it at the next jump
        pass


def _in_a_class() -> None:
    """Until Python 3.12, what is raised here is wrapped (`Error calling __set_name__`)."""

    class Named:
        def __set_name__(self, owner: object, name: str) -> None:
            _press()

    type("Made", (), {"name": Named()})


def _in_a_callback() -> None:
    """As locks of imports have them: what is raised in one is lost."""

    class Kept:
        pass

    kept = Kept()
    reference = weakref.ref(kept, lambda gone: _press())
    del kept, reference


def _in_an_import() -> int:
    """What looks for a module that may be there takes any error for none."""
    with suppress(BaseException):
        _press()
    return 0


@pytest.mark.usefixtures("keep_handlers")
@pytest.mark.parametrize(
    ("during", "code"),
    [(_nothing, 0), (_in_a_class, 130), (_in_a_callback, 130), (_in_an_import, 130)],
)
def test_an_interrupt_is_one_wherever_it_arrives(
    during: Callable[[], object], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []

    def build(arguments: object) -> int:
        with Terminal().progress() as progress:
            during()
            steps.append("imported")
            progress("reading notes", 1, 2)
            steps.append("read")
        return 0

    monkeypatch.setattr(cli, "_run", build)
    assert cli.main([]) == code
    assert ("read" in steps) is (code == 0), "an interrupt is met at the next step at the latest"


@pytest.mark.usefixtures("keep_handlers")
def test_an_interrupt_after_the_last_step_shows_in_the_exit_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli, "_run", lambda arguments: _in_an_import())
    assert cli.main([]) == 130


@pytest.mark.skipif(os.name == "nt", reason="Windows ends what is sent a signal: nothing answers")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_an_interrupt_ends_a_build_within_a_second_and_leaves_the_old_site(
    site: Path, number: signal.Signals, code: int
) -> None:
    assert process("build", cwd=site).returncode == 0
    for n in range(300):
        (site / "notes" / f"n{n}.md").write_text(f"# N {n}\n\n$x_{{{n}}}$ " + "text " * 300)
    (site / "notesite.yaml").write_text("title: Changed\nbase_url: https://example.org/\n")
    before = (site / "public" / "index.html").read_bytes()
    points = int(os.environ.get("NOTESITE_SIGNALS", "6"))
    waited: list[float] = []
    for point in range(points):
        # an interrupt before the first line of ours is the interpreter's to answer
        program = "import sys, notesite.cli as c; print(flush=True); sys.exit(c.main(['build']))"
        child = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=site, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert child.stdout
        child.stdout.readline()
        time.sleep(0.02 + 0.8 * point / points)
        child.send_signal(number)
        sent = time.monotonic()
        _, said = child.communicate()
        if child.returncode == 0:
            break
        waited.append(time.monotonic() - sent)
        assert child.returncode == code, said
        assert said.strip() == b""
        assert (site / "public" / "index.html").read_bytes() == before
    assert len(waited) >= min(points, 3)
    assert statistics.median(waited) < 1, waited  # one may meet a busy machine
    assert process("build", cwd=site).returncode == 0
    assert (site / "public" / "index.html").read_bytes() != before
