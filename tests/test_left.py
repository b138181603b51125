"""A look at the output folder: it is as it was left, or it is not (publish/left.py)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from publishing import NEW, OLD, put

from notesite.names import DOT_FOLDER
from notesite.publish import Look, stamp_of
from notesite.publish.left import MUCH
from notesite.publish.paths import INTENT, MANIFEST


@pytest.fixture(params=[0, MUCH], ids=["in another process", "here"])
def output(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A published site, and where it is looked at."""
    monkeypatch.setattr("notesite.publish.left.MUCH", request.param)
    put(tmp_path / "public", OLD)
    return tmp_path / "public"


def is_left(output: Path, meanwhile: Callable[[Path], object] = lambda output: None) -> bool:
    """Whether it is as it was before `meanwhile`, which happens when the look has begun."""
    stamp = stamp_of(output)
    look = Look(output)
    meanwhile(output)
    try:
        assert (look.left(stamp) is not None) == look.is_left(stamp)
        return look.is_left(stamp)
    finally:
        look.close()


def test_a_folder_that_nobody_touched_is_as_it_was_left(output: Path) -> None:
    assert is_left(output)


@pytest.mark.parametrize(
    "touch",
    [
        lambda output: (output / "index.html").unlink(),
        lambda output: os.utime(output / "index.html", ns=(1, 1)),
        lambda output: (output / "index.html").write_bytes(b"longer than it was"),
        lambda output: (output / DOT_FOLDER / INTENT).write_bytes(b"{}"),
        lambda output: (output / DOT_FOLDER / MANIFEST).write_bytes(b"damaged"),
        lambda output: (output / DOT_FOLDER / MANIFEST).unlink(),
    ],
    ids=["removed", "of another time", "longer", "a commit", "a damaged manifest", "no manifest"],
)
def test_a_folder_that_somebody_touched_is_not(
    touch: Callable[[Path], object], output: Path
) -> None:
    stamp = stamp_of(output)
    touch(output)
    look = Look(output)
    assert not look.is_left(stamp)
    assert look.left(stamp) is None
    look.close()


def test_what_another_build_does_meanwhile_is_noticed(output: Path) -> None:
    assert not is_left(output, lambda output: put(output, NEW))
    assert is_left(output)
    assert not is_left(output, lambda output: (output / DOT_FOLDER / INTENT).write_bytes(b"{}"))


def test_where_no_process_can_be_started_it_is_looked_at_here(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refused, raising=False)
    assert is_left(output)
