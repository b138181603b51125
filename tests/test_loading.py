"""What was parsed is in the memory at once; and a note that ends the process that reads it costs
itself: it is named, and all others are built.

V8 ends its process where it runs out of what it may use. No such note is known.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from serving import served

from notesite import loading
from notesite.build import build
from notesite.config import Config
from notesite.extension import NOTHING
from notesite.loading import CHUNK, COMMIT, Notes, _start
from notesite.markdown.options import Task
from notesite.memo import Memo
from notesite.model import Source
from notesite.parsing import Chunk, Parsed
from notesite.report import Options, Report

NAMED = "notes/n77.md: the process that read this note was ended"


def fragile(*arguments: Any) -> Callable[[Chunk], Parsed]:
    """What a process does that cannot bear a certain word."""
    parse = _start(*arguments)

    def read(chunk: Chunk) -> Parsed:
        if any(b"deadly" in (source.content or b"") for _, source in chunk):
            os.kill(os.getpid(), signal.SIGKILL)
        return parse(chunk)

    return read


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """So many notes that processes are started to read them, and one of them is deadly."""
    monkeypatch.setattr(loading, "_start", fragile)
    (tmp_path / "notes").mkdir()
    for number in range(130):
        text = "A deadly one." if number == 77 else f"Text $x_{number}$."
        (tmp_path / f"notes/n{number}.md").write_text(f"# N {number}\n\n{text}\n", "utf-8")
    return tmp_path


def built(site: Path) -> Report:
    return build(site, options=Options(jobs=2), today=lambda config: date(2026, 1, 1))


def errors(report: Report) -> list[str]:
    return [f"{p.location.path}: {p.message}" for p in report.problems if p.level == "error"]


def test_a_build_leaves_it_out(site: Path) -> None:
    assert errors(built(site)) == [NAMED]
    assert (site / "public/n76/index.html").exists()
    assert not (site / "public/n77").exists()


def test_it_is_tried_again_by_the_next_build(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(site)
    monkeypatch.undo()
    assert errors(built(site)) == []
    assert (site / "public/n77/index.html").exists()


def test_a_server_goes_on_with_the_note_as_it_was(site: Path) -> None:
    with served(site) as serving:
        assert serving.get("/n77/").status == 404
        serving.save("notes/n77.md", "# N 77\n\nHarmless.\n")
        assert "Harmless." in serving.get("/n77/").text
        serving.save("notes/n77.md", "# N 77\n\nA deadly one again.\n")
        assert "Harmless." in serving.get("/n77/").text
        [problem] = [p for p in serving.session.snapshot.problems if p.level == "error"]
        assert f"{problem.location.path}: {problem.message}" == NAMED
        serving.save("notes/n77.md", "# N 77\n\nMended.\n")
        assert "Mended." in serving.get("/n77/").text


def test_processes_that_parse_need_not_wait_for_what_others_have_parsed(tmp_path: Path) -> None:
    """A second, after which they do without: SQLite locks a file of which it has much to write."""
    texts = [
        b"Note %d: $x_{%d}$.\n\n%s\n" % (n, n, b"text " * 3000) for n in range(COMMIT * CHUNK + 1)
    ]
    notes = [Source(f"{n}.md", f"{n}.md", bytes([n]) * 16, t, "") for n, t in enumerate(texts)]
    memo = Memo(tmp_path / "cache.sqlite", b"program")
    known: list[int] = []

    def look(stage: str, done: int, total: int) -> None:
        reader = Memo(memo.file, memo.program, readonly=True)
        known.append(len(reader.keys("note")))
        assert not reader.notice
        reader.close()

    Notes(notes, Task.of(Config(), NOTHING), memo, 1, look)
    memo.close()
    assert known == [0] * (COMMIT - 1) + [COMMIT * CHUNK] * 2
