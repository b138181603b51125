"""The package: KaTeX's files are brought, checked and shipped; what is imported is declared."""

from __future__ import annotations

import ast
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from conftest import PROJECT, missing
from hypothesis import given
from hypothesis import strategies as st

import hatch_build
import notesite
from hatch_build import FILES, FOLDER, KatexError, NoAnswer, bring, digest, files_in

# --- A copy of the project to build in, and an npm that answers without a network ----------------


@pytest.fixture(scope="session")
def katex() -> dict[str, bytes]:
    files = files_in(PROJECT / FOLDER)
    if files is None:
        missing("src/notesite/vendor/katex, which installing this project brings,")
        raise AssertionError
    return dict(files)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is committed: without KaTeX's files."""
    copy = tmp_path_factory.mktemp("source") / "notesite"
    ignored = shutil.ignore_patterns("vendor", "__pycache__")
    shutil.copytree(PROJECT / "src", copy / "src", ignore=ignored)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(PROJECT / name, copy)
    return copy


@pytest.fixture(scope="session")
def npm(katex: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an `npm` whose `pack` gives KaTeX's files as they are in the npm package."""
    folder = tmp_path_factory.mktemp("npm")
    return fake_npm(folder, npm_package({FILES[name]: katex[name] for name in katex}))


def npm_package(files: dict[str, bytes], *links: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for name in links:
            link = tarfile.TarInfo(f"package/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
    return packed.getvalue()


def fake_npm(folder: Path, package: bytes) -> Path:
    (folder / "answer.tgz").write_bytes(package)
    script = folder / "npm"
    script.write_text(f'#!/bin/sh\n/bin/cp "{folder}/answer.tgz" ./katex.tgz\n')
    script.chmod(0o755)
    return folder


def cut_off(path: Path | None = None) -> dict[str, str]:
    """An environment in which no network answers and programs are those of `path` alone."""
    nowhere = "http://127.0.0.1:9"
    return {
        **{name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ},
        "PATH": str(path or "/nonexistent"),
        "HTTPS_PROXY": nowhere, "https_proxy": nowhere, "HTTP_PROXY": nowhere,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }  # fmt: skip


def python(*arguments: str, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def built(source: Path, npm: Path) -> Path:
    """dist/ with the source distribution and the wheel, made from a tree without KaTeX's files."""
    ran = python("-m", "hatchling", "build", "-d", "dist", cwd=source, env=cut_off(npm))
    assert ran.returncode == 0, ran.stderr
    return source / "dist"


@pytest.fixture
def unpacked(built: Path, tmp_path: Path) -> Path:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    return next(tmp_path.glob("notesite-*"))


# --- What is shipped -----------------------------------------------------------------------------


def test_a_wheel_holds_katex_whole_and_nothing_else_of_it(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        vendored = "notesite/vendor/katex/"
        names = [name for name in wheel.namelist() if name.startswith("notesite/vendor/")]
        files = {name.removeprefix(vendored): wheel.read(name) for name in names}
    assert set(files) == set(FILES)
    assert digest(files) == hatch_build.DIGEST


def test_a_source_distribution_holds_katex_whole(unpacked: Path) -> None:
    files = files_in(unpacked / FOLDER)
    assert files is not None
    assert digest(files) == hatch_build.DIGEST


def test_a_wheel_holds_every_file_of_the_package(built: Path, source: Path) -> None:
    folder = source / "src"
    every = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        shipped = {name for name in wheel.namelist() if name.startswith("notesite/")}
    assert shipped == every
    assert "notesite/py.typed" in shipped


def test_the_version_stands_in_one_place(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
        assert f"\nVersion: {notesite.__version__}\n" in wheel.read(name).decode()
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in settings["project"]


def test_a_source_distribution_installs_with_neither_npm_nor_network(
    built: Path, tmp_path: Path
) -> None:
    archive = str(next(built.glob("*.tar.gz")))
    ran = python(
        "-m", "pip", "install", "--isolated", "--no-build-isolation", "--no-deps", "--no-index",
        "--target", "installed", archive,
        cwd=tmp_path, env=cut_off(),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    files = files_in(tmp_path / "installed/notesite/vendor/katex")
    assert files is not None
    assert digest(files) == hatch_build.DIGEST


def test_an_editable_install_brings_katex_too(source: Path, npm: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("vendor", "dist"))
    build = "import hatchling.build as build; build.build_editable('out')"
    ran = python("-c", build, cwd=copy, env=cut_off(npm))
    assert ran.returncode == 0, ran.stderr
    assert files_in(copy / FOLDER) is not None


def test_a_package_with_a_tampered_katex_is_not_built(unpacked: Path) -> None:
    font = unpacked / FOLDER / "fonts/KaTeX_Main-Regular.woff2"
    font.write_bytes(font.read_bytes()[:-1] + b"\0")
    ran = python("-m", "hatchling", "build", cwd=unpacked, env=cut_off())
    assert ran.returncode != 0
    assert "this is not KaTeX" in ran.stderr
    assert not list(unpacked.glob("dist/*"))


# --- Where KaTeX's files come from ---------------------------------------------------------------


def never() -> dict[str, bytes]:
    raise AssertionError("nothing should be fetched")


def silent() -> dict[str, bytes]:
    raise NoAnswer("this one is silent")


def test_files_that_are_there_are_enough(katex: dict[str, bytes], tmp_path: Path) -> None:
    hatch_build.write(tmp_path, katex)
    bring(tmp_path, (never,))


def test_the_next_source_is_asked_when_one_is_silent(
    katex: dict[str, bytes], tmp_path: Path
) -> None:
    bring(tmp_path / "katex", (silent, lambda: katex))
    assert files_in(tmp_path / "katex") == katex


def test_files_that_are_there_in_part_are_brought_anew(
    katex: dict[str, bytes], tmp_path: Path
) -> None:
    hatch_build.write(tmp_path, katex)
    (tmp_path / "katex.min.js").unlink()
    bring(tmp_path, (lambda: katex,))
    assert files_in(tmp_path) == katex


def test_wrong_files_from_a_source_are_not_written(katex: dict[str, bytes], tmp_path: Path) -> None:
    def from_someone() -> dict[str, bytes]:
        return katex | {"katex.min.js": katex["katex.min.js"] + b" "}

    with pytest.raises(KatexError, match=r"what someone gave: this is not KaTeX"):
        bring(tmp_path / "katex", (from_someone, never))
    assert not (tmp_path / "katex").exists()


def test_npm_is_asked_for_one_version(npm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(npm))
    assert digest(hatch_build.from_npm()) == hatch_build.DIGEST


@pytest.mark.parametrize(
    ("files", "links", "says"),
    [
        ({}, (), "has no file package/LICENSE"),
        ({}, ("LICENSE",), "package/LICENSE in the package that npm gave is not a plain file"),
        ({"LICENSE": b"x" * 2_000_001}, (), "is not a plain file of a likely size"),
    ],
    ids=["a file is missing", "a symbolic link", "a huge file"],
)
def test_a_strange_npm_package_is_refused(
    files: dict[str, bytes], links: tuple[str, ...], says: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("PATH", str(fake_npm(tmp_path, npm_package(files, *links))))
    with pytest.raises(KatexError, match=re.escape(says)):
        hatch_build.from_npm()


def test_what_is_no_package_at_all_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(fake_npm(tmp_path, b"<html>502 Bad Gateway</html>")))
    with pytest.raises(KatexError, match="cannot be read"):
        hatch_build.from_npm()


def test_when_nothing_answers_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in cut_off().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(KatexError) as error:
        bring(tmp_path / "katex")
    message = str(error.value)
    assert "npm is not installed" in message
    assert "does not answer" in message
    assert "Install npm or connect to a network" in message
    assert str(tmp_path / "katex") in message


@given(
    st.dictionaries(st.sampled_from("abcd"), st.binary(max_size=4)),
    st.dictionaries(st.sampled_from("abcd"), st.binary(max_size=4)),
)
def test_other_files_have_another_digest(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (digest(one) == digest(other)) == (one == other)


# --- What is declared ----------------------------------------------------------------------------

MODULE_OF = {
    "fonttools": "fontTools", "jinja2": "jinja2", "markdown-it-py": "markdown_it",
    "mdit-py-plugins": "mdit_py_plugins", "mini-racer": "py_mini_racer",
    "pillow": "PIL", "pyyaml": "yaml",
}  # fmt: skip


def test_what_the_package_imports_is_what_it_declares() -> None:
    imported: set[str] = set()
    for file in (PROJECT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    lines = list(project["dependencies"])
    for extra in set(project["optional-dependencies"]) - {"dev"}:
        lines += project["optional-dependencies"][extra]
    names = {re.split(r"[>=<; ]", line)[0].lower() for line in lines if "[" not in line}
    declared = {MODULE_OF.get(name, name) for name in names} - {"tzdata"}  # data, not a module
    assert imported - set(sys.stdlib_module_names) - {"notesite"} == declared


# --- What runs on other people's machines --------------------------------------------------------

WORKFLOWS = [
    PROJECT / ".github/workflows/check.yml",
    PROJECT / ".github/workflows/pages.yml",
    PROJECT / "src/notesite/starter/pages.yml",
]


@pytest.mark.parametrize("file", WORKFLOWS, ids=["check", "pages", "starter"])
def test_a_workflow_may_write_only_where_it_deploys(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        writes = {key for key, value in job.get("permissions", {}).items() if value == "write"}
        assert writes == ({"pages", "id-token"} if name == "deploy" else set())


@pytest.mark.parametrize("file", WORKFLOWS[1:], ids=["pages", "starter"])
def test_a_site_is_built_strictly_with_its_history_and_its_address(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert 'notesite build --strict --base-url "$base_url"' in text
    assert "fetch-depth: 0" in text
    assert "path: .notesite" in text


def test_a_new_site_installs_the_version_that_made_it() -> None:
    starter = WORKFLOWS[2].read_text(encoding="utf-8")
    assert "pip install notesite=={version}\n" in starter
    ours = WORKFLOWS[1].read_text(encoding="utf-8")
    assert starter.replace("notesite=={version}", ".") == ours


def test_the_readme_begins_with_two_commands() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    first = re.search(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert first is not None
    assert len(first[1].strip().splitlines()) == 2
    assert "\n## " not in readme[: first.start()]


def test_ci_runs_make_check_and_lets_no_test_skip() -> None:
    script = PROJECT / ".ci/run"
    assert os.access(script, os.X_OK)
    lines = script.read_text(encoding="utf-8").splitlines()
    assert "export NOTESITE_TEST_ALL=1" in lines
    assert lines[-1].startswith("make --no-print-directory --keep-going check ")
