from __future__ import annotations

from threading import Event

import pytest

from inspector.columnar.bounding import Bounded, OverdueError
from tests.patience import PATIENCE


def test_work_gives_its_result_or_its_own_error() -> None:
    bounded = Bounded(lambda: None, PATIENCE)

    assert bounded.do(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        bounded.do(divmod, 1, 0)

    def late() -> None:
        raise TimeoutError("of a network")

    with pytest.raises(TimeoutError, match="of a network"):
        bounded.do(late)


def test_work_that_takes_too_long_is_interrupted_and_no_more_is_done() -> None:
    interrupted = Event()
    bounded = Bounded(interrupted.set, 0.01)

    with pytest.raises(OverdueError):
        bounded.do(interrupted.wait, PATIENCE)
    assert interrupted.is_set()
    interrupted.clear()
    with pytest.raises(OverdueError):
        bounded.do(interrupted.wait, PATIENCE)


def test_an_interrupt_before_the_work_has_begun_is_repeated() -> None:
    times: list[None] = []
    ended = Event()

    def interrupt() -> None:
        times.append(None)
        if len(times) > 1:
            ended.set()

    with pytest.raises(OverdueError):
        Bounded(interrupt, 0.01).do(ended.wait, PATIENCE)
    assert len(times) > 1


def test_work_that_heeds_no_interrupt_is_left_to_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("inspector.columnar.bounding._PATIENCE_S", 0.1)
    ended = Event()

    with pytest.raises(OverdueError):
        Bounded(lambda: None, 0.01).do(ended.wait, PATIENCE)
    ended.set()
