from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from servers import RequestTimeoutError
from servers.client.deadlines import Deadlines

if TYPE_CHECKING:
    from protocol import Json


def _calls(count: int) -> list[asyncio.Future[Json]]:
    loop = asyncio.get_running_loop()
    return [loop.create_future() for _ in range(count)]


async def test_each_call_fails_when_its_time_is_over() -> None:
    deadlines = Deadlines(asyncio.get_running_loop())
    short, long, early = _calls(3)
    deadlines.add(long, 0.8)
    deadlines.add(short, 0.02)
    await asyncio.sleep(0.01)
    deadlines.add(early, 0.02)

    with pytest.raises(RequestTimeoutError) as raised:
        await short
    assert raised.value.seconds == 0.02
    assert not long.done()
    with pytest.raises(RequestTimeoutError):
        await early
    with pytest.raises(RequestTimeoutError):
        await long
    assert len(deadlines) == 0


async def test_an_answered_call_is_forgotten() -> None:
    deadlines = Deadlines(asyncio.get_running_loop())
    calls = _calls(100)
    for call in calls:
        ends = deadlines.add(call, 0.02)
    for call in calls[:-1]:
        del ends[call]
    assert len(deadlines) == 1

    with pytest.raises(RequestTimeoutError):
        await calls[-1]
    assert not any(call.done() for call in calls[:-1])
    assert not ends


async def test_who_waits_for_ever_has_no_deadline() -> None:
    deadlines = Deadlines(asyncio.get_running_loop())
    (call,) = _calls(1)
    assert not deadlines.add(call, None)
    assert len(deadlines) == 0


async def test_many_calls_need_one_timer() -> None:
    loop = asyncio.get_running_loop()
    deadlines, timers = Deadlines(loop), 0
    call_at = loop.call_at

    class Counting:
        def __getattr__(self, name: str) -> object:
            return getattr(loop, name)

        def call_at(self, *arguments: object) -> asyncio.TimerHandle:
            nonlocal timers
            timers += 1
            return call_at(*arguments)  # type: ignore[arg-type]

    deadlines._loop = Counting()  # type: ignore[assignment]  # noqa: SLF001
    for call in _calls(1_000):
        deadlines.add(call, 30)
    assert timers == 1
    deadlines.close()
    assert len(deadlines) == 0
