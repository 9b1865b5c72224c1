"""Those who read together stop at the same place, and wait for each other."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pytest

from inspector.sharing import pace as pacing
from inspector.sharing.pace import BrokenPaceError, Pace, PacedReading

if TYPE_CHECKING:
    from collections.abc import Callable

_BLOCKS = 3_000
_AHEAD = 40


def _pace(count: int = 2, *, alive: bool = True) -> Pace:
    pace = Pace(get_context("spawn"), count)
    pace.alive = lambda: alive
    return pace


def _read(pace: Pace, index: int, at_block: Callable[[int], None]) -> int:
    """Read as a process does, and return how many blocks it came by."""
    block = 0
    while block < _BLOCKS and pace.go_on(index, block):
        at_block(block)
        block += 1
    pace.finish(index)
    return block


@pytest.mark.parametrize("seed", range(20))
def test_all_stop_at_the_same_block(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)  # noqa: S311 — no secret
    monkeypatch.setattr(pacing, "AHEAD", _AHEAD)
    monkeypatch.setattr(pacing, "_PAUSE", 0)
    pace, last = _pace(3), rng.randrange(_BLOCKS // 2)

    def at_block(block: int) -> None:
        if block == last:
            pace.stop()

    with ThreadPoolExecutor(3) as pool:
        read = [pool.submit(_read, pace, index, at_block) for index in range(3)]
        blocks = [each.result(timeout=60) for each in read]

    assert len(set(blocks)) == 1
    assert last < blocks[0] <= last + _AHEAD + 2


def test_nobody_runs_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "AHEAD", _AHEAD)
    pace, behind = _pace(), threading.Event()
    reached: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(_read, pace, 0, reached.append)
        while len(reached) <= _AHEAD:
            behind.wait(0.001)
        behind.wait(0.05)
        assert reached[-1] == _AHEAD
        assert pace.go_on(1, 5)
        while len(reached) <= _AHEAD + 5:
            behind.wait(0.001)
        pace.finish(1)
        assert first.result(timeout=60) == _BLOCKS


def test_who_has_read_all_is_gone_on_to() -> None:
    pace = _pace()
    pace.finish(0)
    pace.stop()

    assert pace.go_on(1, pacing.AHEAD)


def test_who_gives_up_is_not_read_on_with() -> None:
    pace = _pace()
    pace.give_up()
    pace.stop()

    with pytest.raises(BrokenPaceError):
        pace.go_on(0, 0)


def test_nobody_waits_for_who_is_gone() -> None:
    pace = _pace(alive=False)

    assert pace.go_on(0, pacing.AHEAD)
    with pytest.raises(BrokenPaceError):
        pace.go_on(0, pacing.AHEAD + 1)


def test_who_has_no_parent_waits_for_nobody() -> None:
    with pytest.raises(BrokenPaceError):
        Pace(get_context("spawn"), 2).go_on(0, pacing.AHEAD + 1)


def test_a_reading_reads_until_it_is_stopped() -> None:
    pace, told = _pace(1), list[int]()
    reading = PacedReading(pace, 0, told.append)

    assert reading.read(bytes, 5) == bytes(5)
    reading.stop()
    assert reading.read(bytes, 5) == b""
    assert reading.stopped
    assert told == [5]


@pytest.mark.parametrize("deed", ["finish", "go on"])
def test_nobody_waits_for_a_lock_that_who_is_gone_has(deed: str) -> None:
    pace = _pace(alive=False)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(pace._lock.acquire).result()  # noqa: SLF001

    with pytest.raises(BrokenPaceError):
        pace.finish(0) if deed == "finish" else pace.go_on(0, 0)


def test_who_is_stopped_and_given_up_is_both() -> None:
    pace = _pace(1)
    reading = PacedReading(pace, 0)
    pace.give_up()
    reading.stop()

    assert reading.interrupted
    assert not reading.stopped
    with pytest.raises(BrokenPaceError):
        reading.read(bytes, 5)
