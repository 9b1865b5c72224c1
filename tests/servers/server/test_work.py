from __future__ import annotations

import asyncio

from servers.limits import Limits
from servers.server.work import Work


def _starts(work: Work) -> bool:
    return work.starting


async def test_there_is_room_for_so_many_calls_and_streams() -> None:
    work, gate = Work(Limits(in_flight=2, streams=1), "peer"), asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    work.start(wait())
    assert _starts(work)
    await asyncio.wait_for(work.room(), 1)
    work.start(wait())
    waiting = asyncio.create_task(work.room())
    await asyncio.sleep(0)
    assert not _starts(work)
    assert not waiting.done()
    gate.set()
    await waiting
    gate.clear()
    work.start(wait(), stream=True)
    waiting = asyncio.create_task(work.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    work.cancel_streams()
    await waiting
    assert not work.tasks


async def test_a_task_may_become_a_stream_and_all_can_be_cancelled() -> None:
    work = Work(Limits(), "peer")
    began = asyncio.Event()

    async def become() -> None:
        work.streaming()
        began.set()
        await asyncio.Event().wait()

    work.start(become())
    await began.wait()
    work.cancel_streams()
    work.start(asyncio.sleep(100))
    work.cancel()
    await asyncio.wait(work.tasks)
    await asyncio.sleep(0)

    assert not work.tasks


async def test_a_task_that_fails_is_told(caplog) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    work = Work(Limits(), "10.0.0.1:4000")

    async def fail() -> None:
        raise ValueError("on purpose")

    work.start(fail())
    await asyncio.wait(work.tasks)
    await asyncio.sleep(0)

    assert "10.0.0.1:4000: a call failed: on purpose" in caplog.text
