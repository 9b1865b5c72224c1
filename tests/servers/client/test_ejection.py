from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, get_args

import pytest

from servers import Backoff, Client, Ejection, Limits, RequestTimeoutError, Service
from servers.client.ejection import Health
from servers.client.pool import Balance
from tests.patience import PATIENCE
from tests.servers.peers import scripted, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from servers import ConnectionEvent

_BALANCES: list[Balance] = list(get_args(Balance))
_PROBES = Ejection(timeouts=2, probes=Backoff(first=0.01, longest=0.01))
_STOPPED = """
from servers import Service
service = Service()
service.message("who")(lambda: "stopped")
import asyncio
async def main():
    async with service.listen("127.0.0.1", 0) as server:
        print(server.port, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


def _service(name: str) -> Service:
    service = Service()
    service.message("who")(lambda: name)
    return service


def _keep(events: list[str], event: ConnectionEvent, port: int) -> None:
    """Keep what happens to the server that hangs: a busy machine may stop others."""
    if event.address == f"127.0.0.1:{port}":
        events.append(event.kind)


async def _timeouts(nest: Client, wanted: int) -> None:
    """Call until some calls have timed out."""
    late = 0
    while late < wanted:
        answers = await asyncio.gather(
            *(nest.send("who", 0, timeout=0.5) for _ in range(4)),
            return_exceptions=True,
        )
        late += sum(isinstance(each, RequestTimeoutError) for each in answers)


@pytest.mark.parametrize("balance", _BALANCES)
async def test_a_server_that_never_answers_gets_no_calls(balance: Balance) -> None:
    asked: Counter[str] = Counter()
    events: list[str] = []
    async with (
        scripted(lambda _, packet: asked.update([packet["pattern"]])) as (port, _),
        _service("a").listen("127.0.0.1", 0) as server,
        Client(
            addresses=[("127.0.0.1", port), ("127.0.0.1", server.port)],
            balance=balance,
            ejection=_PROBES,
            limits=Limits(closing=0.1),
        ) as nest,
    ):
        nest.subscribe(lambda event: _keep(events, event, port))
        await _timeouts(nest, 2)
        before = asked["who"]
        assert {await nest.send("who", 0) for _ in range(50)} == {"a"}
        while asked["servers.client.probe"] < 2:
            assert await nest.send("who", 0) == "a"
        assert asked["who"] == before
    assert events.count("ejected") == 1
    assert "recovered" not in events


@asynccontextmanager
async def _program() -> AsyncIterator[tuple[int, int]]:
    """Run a service in a process of its own; return the process and the port."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _STOPPED, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert program.stdout is not None
        line = await asyncio.wait_for(program.stdout.readline(), PATIENCE)
        yield program.pid, int(line)
    finally:
        program.kill()
        await program.wait()


@pytest.mark.parametrize("balance", _BALANCES)
async def test_a_server_that_is_stopped_and_goes_on_gets_calls_again(
    balance: Balance,
) -> None:
    events: list[str] = []
    async with (
        _program() as (process, port),
        _service("a").listen("127.0.0.1", 0) as server,
        Client(
            addresses=[("127.0.0.1", port), ("127.0.0.1", server.port)],
            balance=balance,
            ejection=_PROBES,
            limits=Limits(closing=0.1),
        ) as nest,
    ):
        await nest.connect()
        nest.subscribe(lambda event: _keep(events, event, port))
        os.kill(process, signal.SIGSTOP)
        await _timeouts(nest, 2)
        assert {await nest.send("who", 0) for _ in range(50)} == {"a"}
        os.kill(process, signal.SIGCONT)
        while "recovered" not in events:
            assert await nest.send("who", 0) in {"a", "stopped"}
        while await nest.send("who", 0) != "stopped":
            pass  # other probes of it may wait for their replies
        answers = Counter([await nest.send("who", 0) for _ in range(20)])
    assert answers == {"a": 10, "stopped": 10}
    assert events[:2] == ["ejected", "recovered"]


async def test_where_all_hang_all_are_asked() -> None:
    asked: Counter[str] = Counter()
    async with (
        scripted(lambda *_: asked.update(["a"])) as (one, _),
        scripted(lambda *_: asked.update(["b"])) as (two, _),
        Client(
            addresses=[("127.0.0.1", one), ("127.0.0.1", two)],
            ejection=Ejection(timeouts=1, probes=Backoff(first=1e6, longest=1e6)),
            timeout=0.05,
            limits=Limits(closing=0.1),
        ) as nest,
    ):
        for _ in range(8):
            with pytest.raises(RequestTimeoutError):
                await nest.send("who", 0)
        await until(lambda: asked.total() == 10)  # two of them are probes


@pytest.mark.parametrize("timeouts", [0, 3])
def test_calls_in_a_row_that_meet_silence_eject(timeouts: int) -> None:
    health = Health(Ejection(timeouts=timeouts))
    found = [health.timed_out(1, 10, now) for now in (12, 13)]
    found += [health.timed_out(1, 13.5, 14)]  # it sends: this call alone is slow
    found += [health.timed_out(1, 13.5, now) for now in (15, 16, 17, 18)]

    assert found == [False] * 5 + [timeouts == 3, False]
    assert health.ejected is (timeouts == 3)


def test_whatever_arrives_is_a_recovery_and_probes_grow_rarer() -> None:
    health = Health(Ejection(timeouts=1, probes=Backoff(first=1, longest=4, jitter=0)))
    assert not health.recovered(0)
    assert health.timed_out(1, 10, 20)
    assert not health.recovered(10)
    due = [now for now in range(20, 40) if health.probe_due(now)]
    assert due == [20, 21, 23, 27, 31, 35, 39]
    assert health.recovered(20.5)
    assert not health.ejected


async def test_a_server_that_does_not_read_is_passed_over() -> None:
    async with (
        _deaf() as port,
        _service("a").listen("127.0.0.1", 0) as server,
        Client(
            addresses=[("127.0.0.1", port), ("127.0.0.1", server.port)],
            limits=Limits(closing=0.1),
        ) as nest,
    ):
        await nest.connect()
        deaf = nest._opening.caller.wires.links[0].connection  # type: ignore[union-attr]  # noqa: SLF001
        while not deaf.write_paused:
            deaf.send(b"0" * 1_000_000)
            deaf.flush()
        assert {await nest.send("who", 0) for _ in range(20)} == {"a"}


@asynccontextmanager
async def _deaf() -> AsyncIterator[int]:
    """Listen, but accept nothing and read nothing; return the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]
