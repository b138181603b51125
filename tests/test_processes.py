"""Work that is spread over processes: the same results, whatever happens to them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest
from msgspec import Struct, msgpack

from notesite.processes import CAN_FORK, CHUNK, FEW, TICKETS, Aside, spread

# Where no process can be forked, as on Windows and macOS, `spread` makes all in its own.
pytestmark = pytest.mark.skipif(not CAN_FORK, reason="no fork here: there is one process alone")

MANY = 10 * CHUNK + 3


class Square(Struct, frozen=True):
    number: int
    process: int


decoder = msgpack.Decoder(list[Square | None])


def square(number: int) -> Square:
    sleep(0.0005)  # so that nobody is done before the others have begun
    return Square(number * number, os.getpid())


def test_results_come_in_order_from_as_many_processes_as_were_asked_for() -> None:
    made = list(spread(square, MANY, 3, decoder))
    assert [each.number for each in made] == [n * n for n in range(MANY)]
    assert len({each.process for each in made}) == 3


@pytest.mark.parametrize(("count", "jobs"), [(FEW - 1, 2), (MANY, 1)])
def test_for_few_results_or_one_job_no_process_is_started(count: int, jobs: int) -> None:
    assert {each.process for each in spread(square, count, jobs, decoder)} == {os.getpid()}


def test_an_exception_is_raised_here_after_the_results_before_it() -> None:
    def fragile(number: int) -> Square:
        if number == 77:
            raise LookupError("seventy-seven")
        return square(number)

    made = iter(spread(fragile, MANY, 2, decoder))
    assert [next(made).number for _ in range(77)] == [n * n for n in range(77)]
    with pytest.raises(LookupError, match="seventy-seven"):
        next(made)


def test_what_a_killed_process_did_not_make_is_made_here() -> None:
    parent = os.getpid()

    def deadly(number: int) -> Square:
        if number == 50 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return square(number)

    made = list(spread(deadly, MANY, 2, decoder))
    assert [each.number for each in made] == [n * n for n in range(MANY)]
    assert parent in {each.process for each in made}


def test_no_process_is_left_when_nobody_wants_more_results() -> None:
    def until_another_does(number: int) -> Square:
        if os.getpid() == here:
            sleep(0.01)
        return square(number)

    here = os.getpid()
    made = iter(spread(until_another_does, MANY, 2, decoder))
    other = next(each.process for each in made if each.process != here)
    del made  # closes the generator
    with pytest.raises(ProcessLookupError):
        os.kill(other, 0)


def test_more_results_than_there_are_tickets_come_in_larger_chunks() -> None:
    count = TICKETS * CHUNK + 7
    made = list(spread(lambda number: Square(number, os.getpid()), count, 2, decoder))
    assert [each.number for each in made] == list(range(count))


def test_where_no_process_can_be_started_all_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refused)
    made = list(spread(square, MANY, 3, decoder))
    assert [each.number for each in made] == [n * n for n in range(MANY)]
    assert {each.process for each in made} == {os.getpid()}


def test_processes_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    """They would go on to write into a folder that another build may have by then."""

    def slow(number: int) -> Square:
        (tmp_path / f"{os.getpid()}").touch()
        sleep(0.01)
        return square(number)

    parent = os.fork()
    if not parent:  # it spreads work, and is killed in the middle of it
        try:
            list(spread(slow, 100_000, 2, decoder))
        finally:
            os._exit(0)
    try:
        _until(lambda: len(list(tmp_path.iterdir())) == 2)
    finally:
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
    _until(lambda: not any(_runs(int(file.name)) for file in tmp_path.iterdir()))


def _runs(process: int) -> bool:
    """Whether it does; one that has ended may wait for its new parent to take notice."""
    try:
        status = Path(f"/proc/{process}/stat").read_text("utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def _until(happened: Callable[[], bool]) -> None:
    deadline = monotonic() + 20
    while not happened():
        assert monotonic() < deadline
        sleep(0.01)


@pytest.mark.parametrize("there", [True, False])
def test_a_question_is_answered_aside(there: bool) -> None:
    here = os.getpid()
    aside = Aside(lambda: (os.getpid() != here) is there)
    assert aside.answer() is there
    aside.close()


def test_what_cannot_be_answered_aside_is_asked_here() -> None:
    here = os.getpid()

    def ask() -> bool:
        if os.getpid() != here:
            raise OSError
        return True

    aside = Aside(ask)
    assert aside.answer()
    aside.close()


def test_a_question_that_nobody_wants_answered_leaves_no_process() -> None:
    def ask() -> bool:
        sleep(60)
        return True

    aside = Aside(ask)
    aside.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(aside._process, 0)


def test_a_process_that_cannot_be_started_leaves_nothing_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refused)
    os.close(free := os.dup(0))
    with pytest.raises(BlockingIOError):
        Aside(lambda: True)
    os.close(after := os.dup(0))
    assert after == free


def test_processes_that_the_system_takes_away_by_itself_are_no_error() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        aside = Aside(lambda: True)
        assert aside.answer()
        sleep(0.1)
        aside.close()
    finally:
        signal.signal(signal.SIGCHLD, before)
