"""Fresh processes that do one task after another, and what becomes of it when one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from time import sleep

import pytest

from notesite.workers import Ended, Worker, shared_out

Fragile = Worker[int, tuple[int, int]]


def fragile(factor: int) -> Callable[[int], tuple[int, int]]:
    """Multiplies, and names its process. It cannot bear 13, and 77 ends it."""

    def multiply(number: int) -> tuple[int, int]:
        if number == 13:
            raise LookupError("thirteen")
        if number == 77:
            os.kill(os.getpid(), signal.SIGKILL)
        return number * factor, os.getpid()

    return multiply


@pytest.fixture
def workers() -> Iterator[list[Fragile]]:
    made: list[Fragile] = [Worker(fragile, 3) for _ in range(2)]
    yield made
    for worker in made:
        worker.close()


def test_every_task_is_done_once_by_processes_that_stay(workers: list[Fragile]) -> None:
    done = dict(shared_out(range(12), workers))
    results = {task: result[0] for task, result in done.items() if result}
    assert results == {number: 3 * number for number in range(12)}
    processes = {result[1] for result in done.values() if result}
    assert len(processes) == 2
    assert os.getpid() not in processes


def test_there_may_be_fewer_tasks_than_processes(workers: list[Fragile]) -> None:
    assert [task for task, _ in shared_out([1], workers)] == [1]
    assert list(shared_out([], workers)) == []


def test_an_exception_comes_back_and_the_process_goes_on(workers: list[Fragile]) -> None:
    worker = workers[0]
    worker.ask(13)
    with pytest.raises(LookupError, match="thirteen"):
        worker.answer()
    worker.ask(2)
    assert worker.answer()[0] == 6


def test_the_task_that_ended_its_process_is_known_and_all_others_are_done(
    workers: list[Fragile],
) -> None:
    done = dict(shared_out([1, 2, 77, 3, 4, 77, 5], workers))
    assert [task for task, result in done.items() if result is None] == [77]
    assert {task for task, result in done.items() if result} == {1, 2, 3, 4, 5}


def test_a_process_that_was_killed_between_two_tasks_is_noticed_at_the_next(
    workers: list[Fragile],
) -> None:
    worker = workers[0]
    worker.ask(1)
    os.kill(worker.answer()[1], signal.SIGKILL)
    sleep(0.1)
    worker.ask(2)
    with pytest.raises(Ended):
        worker.answer()
    worker.ask(2)
    assert worker.answer()[0] == 6


def test_a_process_ends_when_its_parent_is_killed() -> None:
    program = (
        "from test_workers import *; worker = Worker(fragile, 3); worker.ask(1);"
        "print(worker.answer()[1], flush=True); sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout
        parent.stdout.readline()
        parent.kill()
        parent.communicate(timeout=10)  # until nobody has its output open, as the process has
