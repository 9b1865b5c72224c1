from __future__ import annotations

import asyncio
import pickle
import socket
from collections.abc import AsyncIterator  # noqa: TC003 — a service evaluates it
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from protocol import Json  # noqa: TC001 — a service evaluates it
from servers import (
    Backoff,
    BlockingClient,
    Breaker,
    CallError,
    CircuitOpenError,
    Client,
    ConnectError,
    ConnectionEvent,
    ConnectionLostError,
    Ejection,
    NoHandlerError,
    RemoteError,
    RequestTimeoutError,
    Retry,
    RpcError,
    Service,
    UsageError,
)
from servers.client.breaker import Circuit
from tests.patience import PATIENCE
from tests.servers.peers import until

_SOON = Backoff(first=0.01, longest=0.02, jitter=0)
_NEVER = Backoff(first=PATIENCE, longest=PATIENCE, jitter=0)
_LATE = RequestTimeoutError(1)


class _Clock:
    """A circuit, its clock and its events."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401
        self.now = 100.0
        self.events: list[tuple[str, Exception | None]] = []
        waits = Backoff(first=1, factor=2, longest=4, jitter=0)
        self.circuit = Circuit(
            Breaker(failures=3, waits=waits, **options),
            "host:1",
            lambda: self.now,
            lambda event, error: self.events.append((event, error)),
        )

    def fail(self, count: int = 3, error: BaseException = _LATE) -> None:
        for _ in range(count):
            self.circuit.note()(error)

    def trial(self, error: BaseException | None) -> None:
        assert self.circuit.admits()
        self.circuit.enter()
        self.circuit.note()(error)


def test_failures_in_a_row_open_a_circuit_and_a_reply_begins_anew() -> None:
    clock = _Clock()
    clock.fail(2)
    clock.circuit.note()(RemoteError("no"))
    clock.fail(2)
    assert clock.circuit.admits()
    clock.fail(1)

    assert not clock.circuit.admits()
    (event,) = clock.events
    assert (event[0], str(event[1])) == ("opened", str(_LATE))


def test_one_call_tries_whether_the_server_is_well_and_waits_grow() -> None:
    clock = _Clock()
    clock.fail()
    for wait in (1, 2, 4, 4):
        clock.now += wait - 0.01
        assert not clock.circuit.admits()
        clock.now += 0.02
        clock.trial(_LATE)
        assert not clock.circuit.admits()
    clock.now += 4
    clock.trial(None)

    assert clock.circuit.admits()
    kinds = [kind for kind, _ in clock.events]
    assert kinds == [*["opened", "half_open"] * 5, "closed"]
    clock.fail()
    clock.now += 1
    assert clock.circuit.admits(), "the waits begin anew"


def test_a_second_call_is_refused_while_one_tries_and_a_lost_trial_expires() -> None:
    clock = _Clock()
    clock.fail()
    clock.now += 1
    assert clock.circuit.admits()
    clock.circuit.enter()
    assert not clock.circuit.admits()
    clock.now += 0.75
    refused = clock.circuit.refusal()
    assert (refused.address, refused.open_for, refused.retry_in) == (
        "host:1",
        1.75,
        0.25,
    )
    assert str(refused) == (
        "host:1 has had no calls for 1.8 s, and is tried again in 0.2 s: "
        "no reply within 1 s"
    )
    clock.now += 0.25
    assert clock.circuit.admits(), "the trial has not ended in the time of the wait"


def test_what_began_before_says_nothing_after() -> None:
    clock = _Clock()
    early = [clock.circuit.note() for _ in range(9)]
    for note in early[:6]:
        note(_LATE)
    clock.now += 1
    assert clock.circuit.admits()
    early[6](None)
    early[7](_LATE)

    assert [kind for kind, _ in clock.events] == ["opened", "half_open"]


@pytest.mark.parametrize(
    ("error", "opens"),
    [
        (_LATE, True),
        (RemoteError("busy"), True),
        (RemoteError("no"), False),
        (NoHandlerError("busy"), True),
        (ConnectionLostError(), False),  # its link says so, once for all calls
        (asyncio.CancelledError(), False),
    ],
)
def test_which_errors_are_failures(error: BaseException, opens: bool) -> None:  # noqa: FBT001
    clock = _Clock(counts=lambda error: error.err == "busy")
    clock.fail(3, error)

    assert clock.circuit.admits() is not opens


def test_events_close_a_circuit_but_excuse_no_failures() -> None:
    clock = _Clock()
    clock.fail(2)
    clock.circuit.written()
    clock.fail(1)
    clock.circuit.written()
    assert not clock.circuit.admits()
    clock.now += 1
    assert clock.circuit.admits()
    clock.circuit.written()

    assert [kind for kind, _ in clock.events] == ["opened", "half_open", "closed"]


def test_misuse_is_refused() -> None:
    with pytest.raises(UsageError, match="0 failures open no circuit"):
        Breaker(failures=0)
    with pytest.raises(UsageError, match="pass either breaker or ejection"):
        Client("127.0.0.1", 1, breaker=Breaker(), ejection=Ejection())


def test_the_error_survives_pickling() -> None:
    error = CircuitOpenError("host:1", 1.0, 2.0, "why")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 — our own

    assert (str(again), vars(again)) == (str(error), vars(error))
    assert isinstance(error, ConnectError)


class _Moody:
    """A service that hangs, or refuses, until it is told not to."""

    def __init__(self) -> None:
        self.service = Service()
        self.well = asyncio.Event()
        self.calls = 0
        self.service.message("work")(self._work)
        self.service.message("busy")(self._busy)
        self.service.message("values")(self._values)
        self.service.event("log")(lambda: None)

    async def _work(self, data: Json) -> Json:
        self.calls += 1
        await self.well.wait()
        return data

    def _busy(self) -> str:
        self.calls += 1
        if not self.well.is_set():
            raise RpcError({"code": "busy"})
        return "done"

    async def _values(self) -> AsyncIterator[int]:
        self.calls += 1
        await self.well.wait()
        for value in range(2):
            yield value


@asynccontextmanager
async def _moody(**options: Any) -> AsyncIterator[tuple[_Moody, Client, list[str]]]:  # noqa: ANN401
    moody = _Moody()
    events: list[str] = []
    async with (
        moody.service.listen("127.0.0.1", 0, grace=0) as server,
        Client("127.0.0.1", server.port, **options) as nest,
    ):
        nest.subscribe(lambda event: events.append(event.kind))
        yield moody, nest, events


def _let_time_pass(nest: Client) -> None:
    """End the wait of a breaker."""
    caller: Any = nest._opening.caller  # noqa: SLF001
    for link in caller.wires.links:
        link.circuit._next_trial = 0.0  # noqa: SLF001


async def test_calls_to_a_server_that_hangs_fail_fast_until_it_is_well(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with _moody(breaker=Breaker(failures=2, waits=_NEVER)) as (
        moody,
        nest,
        events,
    ):
        for _ in range(2):
            with pytest.raises(RequestTimeoutError):
                await nest.send("work", 1, timeout=0.02)
        with pytest.raises(CircuitOpenError, match="no reply within"):
            await nest.send("work", 1)
        with pytest.raises(CircuitOpenError):
            await nest.emit("log", 1)
        with pytest.raises(CircuitOpenError):
            await anext(nest.stream("values", 1))
        assert moody.calls == 2
        moody.well.set()
        _let_time_pass(nest)
        assert await nest.send("work", "x") == "x"
        assert await nest.send("work", "y", returns=str) == "y"

    assert events == ["connected", "opened", "half_open", "closed", "disconnected"]
    assert "opened: too many failures: no reply" in caplog.text


async def test_of_many_calls_one_tries_whether_the_server_is_well() -> None:
    async with _moody(breaker=Breaker(failures=1, waits=_NEVER)) as (moody, nest, _):
        with pytest.raises(RequestTimeoutError):
            await nest.send("work", 1, timeout=0.02)
        _let_time_pass(nest)
        calls = [asyncio.ensure_future(nest.send("work", n)) for n in range(9)]
        await until(lambda: sum(each.done() for each in calls) == 8)
        moody.well.set()
        results = await asyncio.gather(*calls, return_exceptions=True)

    assert results[0] == 0
    assert {type(each) for each in results[1:]} == {CircuitOpenError}
    assert moody.calls == 2


async def test_an_event_that_can_be_written_closes_a_circuit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    events: list[str] = []
    breaker = Breaker(failures=1, waits=_NEVER)
    async with Client("127.0.0.1", port, breaker=breaker, backoff=_SOON) as nest:
        nest.subscribe(lambda event: events.append(event.kind))
        with pytest.raises(ConnectError):
            await nest.emit("log", 1)
        async with _Moody().service.listen("127.0.0.1", port):
            _let_time_pass(nest)
            await nest.emit("log", 1)

    kinds = ["failed", "opened", "half_open", "connected", "closed", "disconnected"]
    assert events == kinds


async def test_another_server_gets_the_calls_of_one_whose_circuit_is_open() -> None:
    async with AsyncExitStack() as stack:
        moody = [_Moody(), _Moody()]
        moody[1].well.set()
        addresses = [
            ("127.0.0.1", (await stack.enter_async_context(server)).port)
            for server in (
                each.service.listen("127.0.0.1", 0, grace=0) for each in moody
            )
        ]
        breaker = Breaker(failures=1, waits=_NEVER)
        nest = await stack.enter_async_context(
            Client(addresses=addresses, breaker=breaker)
        )
        calls = (nest.send("work", n, timeout=0.5) for n in range(2))
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert sorted(type(each).__name__ for each in results) == [
            "RequestTimeoutError",
            "int",
        ]
        assert [await nest.send("work", n) for n in range(10)] == [*range(10)]

    assert [each.calls for each in moody] == [1, 11]


async def test_replies_that_count_open_it_and_retries_do_not_wait_for_it() -> None:
    breaker = Breaker(
        failures=2, waits=_NEVER, counts=lambda error: error.err == {"code": "busy"}
    )
    async with _moody(breaker=breaker) as (moody, nest, _):
        retry = Retry(attempts=9, backoff=_SOON, on=(CallError,))
        with pytest.raises(CircuitOpenError) as raised:
            await nest.send("busy", 1, retry=retry)
        assert not hasattr(raised.value, "__notes__"), "there was no third attempt"

    assert moody.calls == 2


async def test_a_server_that_is_not_there_is_not_dialled_for_a_while() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    events: list[ConnectionEvent] = []
    breaker = Breaker(failures=2, waits=_NEVER)
    options: Any = {"breaker": breaker, "wait_for_server": True}
    async with Client("127.0.0.1", port, backoff=_SOON, **options) as nest:
        nest.subscribe(events.append)
        for _ in range(3):
            with pytest.raises(CircuitOpenError):
                await nest.send("work", 1)

    assert [each.kind for each in events] == ["failed", "failed", "opened"]
    assert isinstance(events[-1].error, ConnectError)


async def test_a_lost_connection_is_one_failure_however_many_calls_waited() -> None:
    async with AsyncExitStack() as stack:
        breaker = Breaker(failures=2, waits=_NEVER)
        moody, nest, events = await stack.enter_async_context(_moody(breaker=breaker))
        for lost in (1, 2):
            calls = [asyncio.ensure_future(nest.send("work", n)) for n in range(9)]
            await until(lambda: moody.calls == 9 * lost)  # noqa: B023
            wire: Any = await nest._current().wires.acquire()  # noqa: SLF001
            wire.abort()
            results = await asyncio.gather(*calls, return_exceptions=True)
            assert {type(each) for each in results} == {ConnectionLostError}
            assert ("opened" in events) is (lost == 2)


async def test_a_stream_is_answered_once_it_has_a_value() -> None:
    breaker = Breaker(failures=1, waits=_NEVER)
    async with _moody(breaker=breaker) as (moody, nest, events):
        with pytest.raises(RequestTimeoutError):
            await anext(nest.stream("values", 1, timeout=0.02))
        moody.well.set()
        _let_time_pass(nest)
        stream = nest.stream("values", 1)
        assert await anext(stream) == 0
        assert events[-1] == "closed"
        assert [each async for each in stream] == [1]

    assert events[:4] == ["connected", "opened", "half_open", "closed"]


async def test_a_blocking_client_fails_fast_too() -> None:
    moody = _Moody()
    async with moody.service.listen("127.0.0.1", 0, grace=0) as server:

        def call() -> None:
            breaker = Breaker(failures=1, waits=_NEVER)
            with BlockingClient("127.0.0.1", server.port, breaker=breaker) as nest:
                with pytest.raises(RequestTimeoutError):
                    nest.send("work", 1, timeout=0.02)
                with pytest.raises(CircuitOpenError):
                    nest.send("work", 1)

        await asyncio.to_thread(call)
