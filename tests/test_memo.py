"""A cache that is damaged, old, foreign or in use costs time, never truth (SPEC 14)."""

from __future__ import annotations

import os
import random
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from histories import TODAY, built, tree
from hypothesis import given
from hypothesis import strategies as st

from notesite.build import build
from notesite.memo import SWEEP, UNUSED, Memo
from notesite.report import Options, Report
from notesite.serve.memory import Memory

TRIALS = int(os.environ.get("NOTESITE_TRIALS", "40"))
PROGRAM = b"program"
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
KINDS = ("note", "body", "uses", "formula")


# --- the table ------------------------------------------------------------------------------------


@given(st.dictionaries(st.binary(min_size=1), st.binary()))
def test_what_is_put_is_got(rows: dict[bytes, bytes]) -> None:
    memo = Memo(None, PROGRAM)
    memo.put("note", rows)
    assert memo.get("note", [*rows, b"another"]) == rows
    assert memo.get("body", rows) == {}


def test_rows_outlive_the_process_and_only_the_same_program_reads_them(tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite"
    rows = {bytes([n]) * 16: bytes([n]) * 1000 for n in range(1, 200)}
    memo = Memo(file, PROGRAM)
    memo.put("note", rows)
    memo.close()
    again = Memo(file, PROGRAM)
    assert again.get("note", rows) == rows
    again.close()
    other = Memo(file, b"another program")
    assert other.get("note", rows) == {}
    assert other.notice == ""
    other.close()


def test_many_keys_are_found_in_one_sweep(tmp_path: Path) -> None:
    rows = {n.to_bytes(16, "big"): b"x" for n in range(2000)}
    memo = Memo(tmp_path / "cache.sqlite", PROGRAM)
    memo.put("note", rows)
    assert memo.get("note", list(rows)[:1500]).keys() == set(list(rows)[:1500])
    memo.close()


# --- a build on a bad cache -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site with its cache, to be copied."""
    root = tmp_path_factory.mktemp("memo") / "site"
    for number in range(8):
        note = root / "notes" / f"n{number}.md"
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(f"---\ntitle: N{number}\ntags: [a]\n---\n\nText $x_{number}$.\n", "utf-8")
    built(root)
    return root


@pytest.fixture
def copy(site: Path, tmp_path: Path) -> Callable[[], Path]:
    """Fresh copies of it, one note of each edited, so that a build has something to do."""
    count = 0

    def fresh() -> Path:
        nonlocal count
        count += 1
        root = tmp_path / f"{count}" / "site"
        shutil.copytree(site, root)
        note = root / "notes/n3.md"
        note.write_text(note.read_text("utf-8") + "\nMore.\n", "utf-8")
        return root

    return fresh


@pytest.fixture
def expected(copy: Callable[[], Path]) -> dict[str, bytes]:
    root = copy()
    shutil.rmtree(root / ".notesite")
    shutil.rmtree(root / "public")
    built(root)
    return tree(root / "public")


def cache(root: Path) -> Path:
    return root / ".notesite/cache.sqlite"


def check(root: Path, expected: dict[str, bytes]) -> Report:
    report = built(root)
    assert report.published
    assert tree(root / "public") == expected
    assert {problem.level for problem in report.problems} <= {"note"}
    return report


def test_a_flipped_bit_anywhere_changes_nothing(
    copy: Callable[[], Path], expected: dict[str, bytes]
) -> None:
    chance = random.Random(1)
    for _ in range(TRIALS):
        root = copy()
        content = bytearray(cache(root).read_bytes())
        for _ in range(chance.choice([1, 8, 64])):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        cache(root).write_bytes(content)
        check(root, expected)
        shutil.rmtree(root)


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_text("this is no database"),
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
        lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
        lambda file: file.write_bytes(file.read_bytes().replace(b"TABLE note", b"T\xe1BLE note")),
        lambda file: file.unlink(),
        lambda file: (file.unlink(), file.mkdir()),
        lambda file: (file.unlink(), file.symlink_to("nowhere")),
        lambda file: file.with_name("cache.sqlite-journal").write_bytes(b"\0" * 512),
    ],
    ids=["empty", "text", "cut", "half", "words", "gone", "folder", "link", "journal"],
)
def test_a_cache_that_is_none_costs_time_only(
    damage: Callable[[Path], object], copy: Callable[[], Path], expected: dict[str, bytes]
) -> None:
    root = copy()
    damage(cache(root))
    check(root, expected)


def test_a_cache_of_another_schema_is_made_anew(
    copy: Callable[[], Path], expected: dict[str, bytes]
) -> None:
    root = copy()
    with sqlite3.connect(cache(root)) as base:
        base.execute("PRAGMA user_version = 99")
    base.close()
    check(root, expected)
    assert built(root).written == 0


def test_rows_that_were_swapped_are_not_believed(
    copy: Callable[[], Path], expected: dict[str, bytes]
) -> None:
    root = copy()
    with sqlite3.connect(cache(root)) as base:
        for table in (*KINDS, "excerpt"):
            rows = base.execute(f"SELECT key, value FROM {table}").fetchall()
            for (key, _), (_, value) in zip(rows, rows[1:] + rows[:1], strict=True):
                base.execute(f"UPDATE {table} SET value = ? WHERE key = ?", (value, key))
    base.close()
    shutil.rmtree(root / "public")
    check(root, expected)


def test_what_ten_builds_did_not_use_goes_and_formulas_of_unchanged_notes_stay(
    copy: Callable[[], Path],
) -> None:
    root = copy()
    builds = UNUSED + 2 * SWEEP
    for number in range(builds):  # with a weight, so that other notes may stand elsewhere
        text = f"---\nweight: {number}\n---\n\n# N0\n\n$y_{{{number}}}$\n"
        (root / "notes/n0.md").write_text(text, "utf-8")
        built(root)
    with sqlite3.connect(cache(root)) as base:
        rows = {table: base.execute(f"SELECT value FROM {table}").fetchall() for table in KINDS}
    base.close()
    set_once = set(re.findall(r'x-tex">([^<]*)<', "".join(str(row) for row in rows["formula"])))
    assert {f"x_{number}" for number in range(1, 8)} <= set_once
    assert f"y_{{{builds - 1}}}" in set_once
    assert not {"x_0", "y_{0}", "y_{1}"} & set_once
    assert 8 <= len(rows["note"]) == len(rows["body"]) == len(rows["uses"]) < 8 + builds


def test_a_server_drops_nothing_but_what_it_knows_the_use_of(tmp_path: Path) -> None:
    file = tmp_path / "cache.sqlite"
    key, old, new = b"k" * 16, b"o" * 16, b"n" * 16
    memo = Memo(file, b"p")
    for table in ("note", "outputs", "blob"):
        memo.put(table, {key: b"", old: b""})
    memo.close()
    memory = Memory(file, b"p")
    for number in range(UNUSED + 2 * SWEEP):
        memory.put("note", {new: bytes([number])})
        memory.save({"note": {key, new}})
    kept = {table: memory.keys(table) for table in ("note", "outputs", "blob")}
    memory.close()
    assert kept == {"note": {key, new}, "outputs": {key, old}, "blob": {key, old}}


def test_another_build_that_holds_the_cache_is_not_waited_for_long(
    copy: Callable[[], Path], expected: dict[str, bytes]
) -> None:
    root = copy()
    other = sqlite3.connect(cache(root), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    report = check(root, expected)
    other.execute("ROLLBACK")
    other.close()
    assert any("cache" in problem.message for problem in report.problems)


def test_what_cannot_be_committed_while_another_process_reads_is_committed_later(
    tmp_path: Path,
) -> None:
    memo = Memo(tmp_path / "cache.sqlite", b"p")
    memo.put("note", {b"0" * 16: b"before"})
    memo.commit()
    reading = sqlite3.connect(tmp_path / "cache.sqlite", isolation_level=None)
    reading.execute("BEGIN")
    reading.execute("SELECT * FROM note").fetchone()
    memo.put("note", {b"1" * 16: b"meanwhile"})
    memo.commit()
    assert not memo.notice
    reading.close()
    memo.commit()
    other = Memo(tmp_path / "cache.sqlite", b"p", readonly=True)
    assert len(other.get("note", [b"0" * 16, b"1" * 16])) == 2
    for each in (memo, other):
        each.close()


def test_a_cache_from_another_checkout_serves_as_continuous_integration_restores_it(
    site: Path, tmp_path: Path
) -> None:
    root = tmp_path / "elsewhere" / "site"
    shutil.copytree(site / "notes", root / "notes")
    shutil.copytree(site / ".notesite", root / ".notesite")
    built(root)
    assert tree(root / "public") == tree(site / "public")


@pytest.mark.skipif(not IS_ROOT, reason="to mount a small tmpfs, a full disk, takes root, as in CI")
def test_a_full_disk_costs_the_cache_and_nothing_else(
    site: Path, tmp_path: Path, copy: Callable[[], Path], expected: dict[str, bytes]
) -> None:
    root = copy()
    shutil.rmtree(root / ".notesite")
    (root / ".notesite").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(root / ".notesite")]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let root mount a file system")
    try:
        check(root, expected)
    finally:
        subprocess.run(["umount", str(root / ".notesite")], check=True)


def test_the_bytes_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    trees = []
    for jobs in (1, 2):
        root = tmp_path / f"{jobs}" / "site"
        for number in range(130):  # enough to be worth worker processes
            note = root / "notes" / f"n{number}.md"
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(f"---\ntitle: N{number}\n---\n\nText $x_{number % 7}$.\n", "utf-8")
        build(root, options=Options(jobs=jobs), today=lambda config: TODAY)
        trees.append(tree(root / "public"))
    assert trees[0] == trees[1]
