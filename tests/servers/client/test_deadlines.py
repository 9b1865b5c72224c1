from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from servers import RequestTimeoutError
from servers.client.deadlines import Deadlines

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json


class _Clock:
    """The time of an event loop, which passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.timers: list[tuple[float, Callable[[], None]]] = []
        self.cancelled = 0

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], None]) -> _Clock:
        self.timers.append((when, callback))
        return self

    def cancel(self) -> None:
        self.cancelled += 1

    def pass_by(self, seconds: float) -> None:
        """Let time pass, timer by timer."""
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer[0] <= end]:
            timer = min(due, key=lambda each: each[0])
            self.timers.remove(timer)
            self.now = max(self.now, timer[0])
            timer[1]()
        self.now = end


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def deadlines(clock: _Clock) -> Deadlines:
    loop: Any = clock
    return Deadlines(loop)


def _calls(count: int) -> list[asyncio.Future[Json]]:
    loop = asyncio.get_running_loop()
    return [loop.create_future() for _ in range(count)]


async def test_each_call_fails_when_its_time_is_over(
    clock: _Clock, deadlines: Deadlines
) -> None:
    short, long, later = _calls(3)
    deadlines.add(long, 8.0)
    deadlines.add(short, 2.0)
    clock.pass_by(1.5)
    deadlines.add(later, 2.0)

    clock.pass_by(0.4)
    assert not short.done()
    clock.pass_by(0.2)
    with pytest.raises(RequestTimeoutError) as raised:
        await short
    assert raised.value.seconds == 2.0
    clock.pass_by(1.3)
    assert not later.done()
    clock.pass_by(0.2)
    assert later.done()
    assert not long.done()
    assert len(deadlines) == 1
    clock.pass_by(5)
    for call in (later, long):
        with pytest.raises(RequestTimeoutError):
            await call
    assert len(deadlines) == 0
    assert not clock.timers


async def test_an_answered_call_is_forgotten(
    clock: _Clock, deadlines: Deadlines
) -> None:
    calls = _calls(100)
    for call in calls:
        ends = deadlines.add(call, 2)
    for call in calls[:-2]:
        del ends[call]
    calls[-2].set_result(1)  # answered in this very turn
    assert len(deadlines) == 2

    clock.pass_by(2)
    with pytest.raises(RequestTimeoutError):
        await calls[-1]
    assert await calls[-2] == 1
    assert not any(call.done() for call in calls[:-2])
    assert not ends


async def test_a_call_without_a_timeout_has_no_deadline(
    clock: _Clock, deadlines: Deadlines
) -> None:
    (call,) = _calls(1)

    assert not deadlines.add(call, None)
    assert len(deadlines) == 0
    clock.pass_by(1e9)
    assert not call.done()


async def test_many_calls_need_one_timer(clock: _Clock, deadlines: Deadlines) -> None:
    for call in _calls(1_000):
        deadlines.add(call, 30)
    assert len(clock.timers) == 1

    deadlines.close()
    assert len(deadlines) == 0
    assert clock.cancelled == 1


async def test_timeouts_of_their_own_leave_neither_timers_nor_queues(
    clock: _Clock, deadlines: Deadlines
) -> None:
    waiting, *answered = _calls(1_000)
    deadlines.add(waiting, 10)
    for number, call in enumerate(answered):
        del deadlines.add(call, 20 + number / 1_000)[call]

    assert len(clock.timers) - clock.cancelled <= 17
    assert len(deadlines) == 1
    clock.pass_by(9.9)
    assert not waiting.done()
    clock.pass_by(0.2)
    with pytest.raises(RequestTimeoutError):
        await waiting


async def test_calls_that_wait_keep_their_timeouts_however_many_they_are(
    clock: _Clock, deadlines: Deadlines
) -> None:
    calls = _calls(1_000)
    for number, call in enumerate(calls):
        deadlines.add(call, 1 + number)

    for number, call in enumerate(calls):
        clock.pass_by(1)
        assert call.done()
        assert isinstance(call.exception(), RequestTimeoutError)
        assert len(deadlines) == 999 - number
    assert not deadlines._queues  # noqa: SLF001 — that is the claim


async def test_the_timer_is_that_of_the_event_loop() -> None:
    deadlines = Deadlines(asyncio.get_running_loop())
    (call,) = _calls(1)
    deadlines.add(call, 0.01)

    with pytest.raises(RequestTimeoutError):
        await call
