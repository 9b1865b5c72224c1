"""Processes that do next to nothing, and what becomes of them."""

from __future__ import annotations

import os
import re
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.patience import PATIENCE
from tests.servers.serving.programs import Program, program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MODULE = "tests.servers.serving.supervised"


@contextmanager
def _supervised(
    kind: str, folder: Path, patience: float = PATIENCE
) -> Iterator[Program]:
    with program(_MODULE, kind, str(patience), str(folder)) as running:
        yield running


def _next(running: Program) -> tuple[int, int]:
    """Return number and process of the next worker that is ready."""
    number, pid = running.out.readline().split()
    return int(number), int(pid)


def test_the_others_are_started_once_the_first_is_ready(tmp_path: Path) -> None:
    with _supervised("idle", tmp_path) as running:
        assert [_next(running)[0], _next(running)[0]] == [1, 2]
        running.process.send_signal(signal.SIGTERM)
        assert running.rest() == "INFO shutting down\n"
        assert running.process.wait(PATIENCE) == 0


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [("killed", 137, "killed by SIGKILL"), ("done", 1, "exit code 0")],
)
def test_what_cannot_start_is_not_tried_again(
    kind: str, code: int, words: str, tmp_path: Path
) -> None:
    with _supervised(kind, tmp_path) as running:
        lines = running.rest().splitlines()
        assert running.process.wait(PATIENCE) == code
    (line,) = lines
    assert re.fullmatch(r"ERROR worker 1 \(process \d+\) ended before it .*", line)
    assert line.endswith(words)


def test_workers_that_fail_while_they_end_are_told_by_the_exit_code(
    tmp_path: Path,
) -> None:
    with _supervised("failing", tmp_path) as running:
        assert [_next(running)[0], _next(running)[0]] == [1, 2]
        running.process.send_signal(signal.SIGTERM)
        lines = running.rest().splitlines()
        assert running.process.wait(PATIENCE) == 7
    assert sum("failed while it ended: exit code 7" in line for line in lines) == 2


def test_a_worker_that_does_not_end_is_killed(tmp_path: Path) -> None:
    with _supervised("stubborn", tmp_path, 0.1) as running:
        pids = [_next(running)[1] for _ in range(2)]
        running.process.send_signal(signal.SIGTERM)
        lines = running.rest().splitlines()
        assert running.process.wait(PATIENCE) == 0
    assert sum("did not end in time: killed" in line for line in lines) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_one_that_ends_again_and_again_is_started_later_and_later(
    tmp_path: Path,
) -> None:
    with _supervised("crashing", tmp_path) as running:
        waits = [
            running.told(r"worker 1 .* killed by SIGKILL; starting another (.*)")[1]
            for _ in range(4)
        ]
        assert waits == ["now", "in 0.5 s", "in 1 s", "in 2 s"]
        assert running.process.poll() is None


def test_workers_whose_successors_cannot_start_stay(tmp_path: Path) -> None:
    with _supervised("once", tmp_path) as running:
        pids = [_next(running)[1] for _ in range(2)]
        running.process.send_signal(signal.SIGHUP)
        running.told("replacing all workers, one after the other")
        running.told(r"ended before it was ready: exit code 9; the others stay")
        for pid in pids:
            os.kill(pid, 0)
        running.process.send_signal(signal.SIGTERM)
        assert running.rest() == "INFO shutting down\n"


def test_sighup_replaces_all(tmp_path: Path) -> None:
    with _supervised("idle", tmp_path) as running:
        pids = [_next(running)[1] for _ in range(2)]
        running.process.send_signal(signal.SIGHUP)
        fresh = [_next(running)[1] for _ in range(2)]
        assert not set(pids) & set(fresh)
        running.process.send_signal(signal.SIGTERM)
        running.told("shutting down")
        assert running.process.wait(PATIENCE) == 0


def _let_one_be_ready(running: Program) -> int:
    """Let the worker that starts now be ready; return its number."""
    number, pid = _next(running)
    os.kill(pid, signal.SIGUSR1)
    assert _next(running) == (number, pid)
    return number


def test_one_that_ends_while_its_successor_starts_has_no_other(tmp_path: Path) -> None:
    with _supervised("told", tmp_path) as running:
        pids = [_next(running)[1] for _ in range(2)]
        running.process.send_signal(signal.SIGHUP)
        number, pid = _next(running)
        os.kill(pids[0], signal.SIGKILL)
        running.told("worker 1 .* killed by SIGKILL; another starts already")
        os.kill(pid, signal.SIGUSR1)
        assert _next(running) == (number, pid) == (1, pid)
        assert _let_one_be_ready(running) == 2
        running.process.send_signal(signal.SIGTERM)
        assert running.rest() == "INFO shutting down\n"
        assert running.out.read() == ""


def test_one_whose_successor_ends_after_it_is_started_again(tmp_path: Path) -> None:
    with _supervised("told", tmp_path) as running:
        pids = [_next(running)[1] for _ in range(2)]
        running.process.send_signal(signal.SIGHUP)
        _, pid = _next(running)
        os.kill(pids[0], signal.SIGKILL)
        running.told("another starts already")
        os.kill(pid, signal.SIGKILL)
        running.told("the others stay")
        assert _let_one_be_ready(running) == 1
        os.kill(pids[1], 0)
        running.process.send_signal(signal.SIGTERM)
        running.rest()
        assert running.out.read() == ""


def test_one_that_ends_before_its_turn_is_not_replaced_twice(tmp_path: Path) -> None:
    with _supervised("told", tmp_path) as running:
        pids = [_next(running)[1] for _ in range(2)]
        running.process.send_signal(signal.SIGHUP)
        _, pid = _next(running)
        os.kill(pids[1], signal.SIGKILL)
        running.told("worker 2 .* starting another now")
        assert _let_one_be_ready(running) == 2
        os.kill(pid, signal.SIGUSR1)
        assert _next(running) == (1, pid)
        running.process.send_signal(signal.SIGHUP)
        assert [_let_one_be_ready(running) for _ in range(2)] == [1, 2]
        running.process.send_signal(signal.SIGTERM)
        running.told("shutting down")
        assert running.out.read() == ""


def test_sighup_during_a_replacement_follows_it(tmp_path: Path) -> None:
    with _supervised("told", tmp_path) as running:
        for _ in range(2):
            _next(running)
        running.process.send_signal(signal.SIGHUP)
        number, pid = _next(running)
        running.told("replacing all workers")
        running.process.send_signal(signal.SIGHUP)
        running.told("replacing all workers")
        os.kill(pid, signal.SIGUSR1)
        assert _next(running) == (number, pid)
        assert [_let_one_be_ready(running) for _ in range(2)] == [2, 1]
        running.process.send_signal(signal.SIGTERM)
        assert running.rest() == "INFO shutting down\n"
        assert running.out.read() == ""


def test_sighup_replaces_no_worker_that_ends_already(tmp_path: Path) -> None:
    with _supervised("told stubborn", tmp_path, 2.0) as running:
        for _ in range(2):
            _next(running)
        for _ in range(3):
            running.process.send_signal(signal.SIGHUP)
            assert [_let_one_be_ready(running) for _ in range(2)] == [1, 2]
        running.process.send_signal(signal.SIGTERM)
        running.rest()
        assert running.out.read() == ""
