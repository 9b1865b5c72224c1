from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from servers import DuplicateHandlerError, HandlerError, Health, Service
from servers.server.states import State
from servers.testing import connected
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

_READY = State("ready", 1, 2, 3.00049)


async def test_a_report_has_the_state_and_the_checks() -> None:
    health = Health(timeout=PATIENCE)
    health.check(lambda: None)

    @health.check
    async def database() -> bool:
        return True

    report = await health.report(_READY)
    assert (report.status, report.connections, report.in_flight) == ("ready", 1, 2)
    assert report.uptime == 3.0
    assert report.checks == {"<lambda>": "ok", "database": "ok"}


async def test_a_check_that_fails_is_logged_once_and_not_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    health, broken = Health(timeout=PATIENCE), [True]

    @health.check
    def database() -> None:
        if broken:
            raise ConnectionError("secret")

    for _ in range(2):
        report = await health.report(_READY)
        assert report.status == "failing"
        assert report.checks == {"database": "failed"}
    assert caplog.text.count("check database: failed") == 1
    assert "secret" in caplog.text

    broken.clear()
    assert (await health.report(_READY)).status == "ready"
    assert "check database: ok again" in caplog.text


@pytest.mark.parametrize("result", [False, None])
async def test_false_is_a_failure_and_nothing_else_is(result: bool | None) -> None:  # noqa: FBT001
    health = Health(timeout=PATIENCE)

    @health.check
    async def check() -> bool | None:
        return result

    report = await health.report(_READY)
    assert report.status == ("failing" if result is False else "ready")


@pytest.mark.parametrize("status", ["starting", "stopping"])
async def test_a_server_that_is_not_ready_is_not_failing(status: str) -> None:
    health = Health(timeout=PATIENCE)
    health.check(lambda: False)

    report = await health.report(State(status))  # type: ignore[arg-type]
    assert report.status == status


async def test_a_check_that_hangs_times_out_and_is_tried_again() -> None:
    health, gates = Health(timeout=0.02), list[asyncio.Event]()

    @health.check
    async def hangs() -> None:
        gates.append(asyncio.Event())
        await gates[-1].wait()

    for count in (1, 2):
        report = await health.report(_READY)
        assert (report.status, report.checks) == ("failing", {"hangs": "timed out"})
        assert len(gates) == count


async def test_a_thread_that_hangs_is_not_followed_by_others() -> None:
    health, gate, runs = Health(timeout=0.02), threading.Event(), list[int]()

    @health.check
    def hangs() -> None:
        runs.append(1)
        gate.wait(PATIENCE)

    for _ in range(3):
        report = await health.report(_READY)
        assert report.checks == {"hangs": "timed out"}
    assert len(runs) == 1
    gate.set()


async def test_a_check_runs_once_for_all_who_ask_meanwhile() -> None:
    health, gate, runs = Health(timeout=PATIENCE), asyncio.Event(), list[int]()

    @health.check
    async def database() -> None:
        runs.append(1)
        await gate.wait()

    asking = [asyncio.ensure_future(health.report(_READY)) for _ in range(5)]
    await asyncio.sleep(0)
    asking.pop().cancel()  # its probe has given up
    await asyncio.sleep(0)
    gate.set()
    reports = await asyncio.gather(*asking)
    assert [report.status for report in reports] == ["ready"] * 4
    assert len(runs) == 1


def test_a_check_runs_in_the_next_loop_too() -> None:
    health = Health(timeout=PATIENCE)
    health.check(lambda: None)
    for _ in range(2):
        assert asyncio.run(health.report(_READY)).status == "ready"


def test_a_name_stands_for_one_check() -> None:
    health = Health()

    @health.check
    def database() -> None: ...

    with pytest.raises(DuplicateHandlerError, match="a check 'database' already"):
        health.check(database)


async def test_a_pattern_is_answered_with_the_report() -> None:
    service = Service(health=Health("health"))
    service.health.check(lambda: True)
    async with connected(service) as nest:
        report = await nest.send("health", {})
    assert report.pop("uptime") >= 0
    assert report == {
        "status": "ready",
        "connections": 1,
        "in_flight": 1,
        "checks": {"<lambda>": "ok"},
    }


def test_there_is_no_pattern_unless_it_is_wanted() -> None:
    assert Service().routes == []
    assert Service(health=Health({"cmd": "health"})).routes == ['{"cmd":"health"}']


async def test_a_check_that_awaits_what_was_cancelled_has_failed() -> None:
    health = Health("health", timeout=PATIENCE)

    @health.check
    async def worker() -> None:
        raise asyncio.CancelledError

    async with connected(Service(health=health)) as nest:
        report = await nest.send("health", "")
    assert report["checks"] == {"worker": "failed"}


async def test_a_check_in_a_thread_may_raise_anything() -> None:
    health = Health(timeout=PATIENCE)

    @health.check
    def first() -> object:
        return next(iter(()))

    assert (await health.report(_READY)).checks == {"first": "failed"}


async def test_what_a_plain_function_returns_is_awaited() -> None:
    health = Health(timeout=PATIENCE)

    async def ping() -> None:
        raise ConnectionError

    @health.check
    def database() -> Awaitable[None]:
        return ping()

    assert (await health.report(_READY)).checks == {"database": "failed"}


async def test_what_can_be_called_can_be_a_check() -> None:
    class Database:
        async def __call__(self) -> bool:
            return False

    def within(limit: int) -> bool:
        return limit > 1

    health = Health(timeout=PATIENCE)
    health.check(Database())
    health.check(partial(within, 2))

    report = await health.report(_READY)
    assert report.checks == {"Database": "failed", "within": "ok"}


async def test_a_check_may_take_what_the_lifespan_yielded() -> None:
    @asynccontextmanager
    async def lifespan(_: Service) -> AsyncIterator[str]:
        yield "pool"

    given: list[object] = []
    service = Service(lifespan=lifespan, health=Health("health", timeout=PATIENCE))
    service.health.check(given.append)

    @service.health.check
    async def database(pool: str, limit: int = 1) -> bool:
        return (pool, limit) == ("pool", 1)

    async with connected(service, timeout=PATIENCE) as nest:
        report = await nest.send("health", {})

    assert report["checks"] == {"append": "ok", "database": "ok"}
    assert given == ["pool"]


async def test_a_check_that_takes_the_state_waits_for_the_lifespan() -> None:
    health = Health(timeout=PATIENCE)
    health.check(lambda: None)

    @health.check
    async def database(_pool: object) -> None: ...

    report = await health.report(State("starting", 0, 0, 0.0))
    assert report.checks == {"<lambda>": "ok"}
    assert set((await health.report(_READY, None)).checks) == {"<lambda>", "database"}


async def test_servers_with_states_of_their_own_share_no_check() -> None:
    health, given = Health(timeout=PATIENCE), []

    @health.check
    async def database(pool: str) -> None:
        given.append(pool)
        await asyncio.sleep(0)

    await asyncio.gather(*(health.report(_READY, each) for each in "abab"))
    assert given == ["a", "b"]


def test_a_check_that_takes_more_is_refused() -> None:
    with pytest.raises(HandlerError, match="is called with the state that the lifesp"):
        Health().check(lambda _pool, _other: None)
