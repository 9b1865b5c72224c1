from __future__ import annotations

import asyncio
import gc
from itertools import count
from typing import TYPE_CHECKING

import pytest

from servers import Service
from servers.errors import UsageError
from servers.recorded.recordings import recordings
from servers.replaying.choosing import Choice, Reason
from servers.replaying.pacing import Pace
from servers.replaying.running import Plan, Run
from servers.testing import connected
from tests.patience import PATIENCE
from tests.servers.replaying.replayed import Counted, exchange, recording

if TYPE_CHECKING:
    from collections.abc import Iterable

    from servers.recorded.recordings import Recording
    from servers.replaying.sending import Answer

_FAST = Plan(pace=Pace(rate=1e6))


async def _ran(
    counted: Counted, recorded: Iterable[Recording], plan: Plan = _FAST
) -> Run:
    async with connected(counted.service, timeout=60) as nest:
        run = Run(iter(recorded), plan, nest)
        await run.run()
    return run


async def test_all_are_sent_in_order_and_no_id_comes_twice() -> None:
    counted = Counted()
    sent = [recording("get.double", each, each * 2) for each in range(1_000)]
    figures = (await _ran(counted, sent)).figures

    row = figures.rows["get.double"]
    assert (row.sent, row.same, row.differ) == (1_000, 1_000, 0)
    assert len(set(counted.ids)) == 1_000
    assert (row.recorded.count, row.now.count) == (1_000, 1_000)


async def test_no_more_wait_at_a_time_than_may() -> None:
    counted = Counted()
    plan = _FAST._replace(concurrency=3)
    figures = (await _ran(counted, [recording("get.slow", 0, 1)] * 30, plan)).figures

    assert (figures.sent, figures.differ) == (30, 0)
    assert 1 <= counted.most <= 3


async def test_recorded_times_are_kept() -> None:
    sent = [recording("get.double", 1, 2, time_ns=each * 40_000_000) for each in (5, 6)]
    run = await _ran(Counted(), sent, Plan(pace=Pace(speed=2)))

    assert run.figures.due_s == pytest.approx(0.02)
    assert run.figures.taken_s >= 0.02 - 1e-6  # uvloop counts milliseconds


async def test_what_is_not_sent_is_counted() -> None:
    sent = [
        recording("save", 1, 2),
        recording("log", "x", kind="event"),
        recording("other", 1, 2),
        recording("get.double", 1, 2, server="a:1"),
    ]
    counted = Counted()
    plan = _FAST._replace(choice=Choice(routes=("save", "log", "get.*")))
    figures = (await _ran(counted, sent, plan)).figures

    assert (figures.sent, figures.skipped, figures.servers) == (1, 1, {"a:1"})
    assert figures.refused == {Reason.WRITES: {"save": 1}, Reason.EVENT: {"log": 1}}
    assert counted.events == []


async def test_to_be_cancelled_is_to_be_interrupted() -> None:
    counted, answered = Counted(), asyncio.Event()
    async with connected(counted.service, timeout=60) as nest:
        endless = (recording("get.double", each, each * 2) for each in count())
        plan = Plan(pace=Pace(rate=1_000))
        run = Run(endless, plan, nest, lambda _: answered.set())
        task = asyncio.create_task(run.run())
        await answered.wait()
        task.cancel()
        await task

    assert run.interrupted
    assert run.figures.sent
    assert run.figures.differ == 0


async def test_calls_without_an_answer_are_given_up_when_it_is_interrupted() -> None:
    service, asked = Service(), asyncio.Semaphore(0)

    @service.message("get.nothing")
    async def never(_: object) -> None:
        asked.release()
        await asyncio.Event().wait()

    async with connected(service, timeout=PATIENCE) as nest:
        run = Run(iter([recording("get.nothing", 0, 1)] * 10), _FAST, nest)
        task = asyncio.create_task(run.run())
        for _ in range(10):
            await asked.acquire()
        task.cancel()
        await asyncio.wait_for(task, PATIENCE / 2)

    assert run.interrupted
    assert (run.figures.unfinished, run.figures.sent) == (10, 0)


async def test_a_line_that_cannot_be_read_ends_the_run_after_those_before_it() -> None:
    counted = Counted()
    lines = [exchange("get.double", 1, 2)] * 300 + [b"{"]
    with pytest.raises(UsageError, match="line 301"):
        await _ran(counted, recordings(lines, "a.jsonl"))

    assert len(counted.ids) == 300


async def test_what_cannot_be_shown_ends_the_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def show(_: Answer) -> None:
        raise BrokenPipeError

    async with connected(Counted().service, timeout=60) as nest:
        sent = (recording("get.double", each, each * 2) for each in count())
        with pytest.raises(BrokenPipeError):
            await Run(sent, _FAST, nest, show).run()
        gc.collect()

    assert not [each for each in caplog.records if each.name == "asyncio"]
