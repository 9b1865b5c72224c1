from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator  # noqa: TC003 — a service evaluates it
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from protocol import EncodeError, Json
from servers import (
    Backoff,
    BlockingClient,
    Client,
    ConnectError,
    ConnectionLostError,
    Context,
    Hooks,
    InvalidMessageError,
    NoHandlerError,
    RemoteError,
    RequestTimeoutError,
    Retry,
    RetryBudget,
    RpcError,
    Service,
)
from servers.testing import connected
from tests.patience import PATIENCE

_SOON = Backoff(first=0.001, longest=0.001)
_ANY = Retry(backoff=_SOON, on=(RemoteError, ConnectionLostError, ConnectError))


class _Kept(Hooks):
    """Keep the retries, and how attempts ended."""

    def __init__(self) -> None:
        self.retries: list[tuple[object, ...]] = []
        self.outcomes: list[str] = []

    def call_retried(self, *call: object) -> None:
        side, route, attempts, seconds, error = call
        assert isinstance(seconds, float)
        self.retries.append((side, route, attempts, type(error)))

    def call_finished(self, *call: object) -> None:
        self.outcomes.append(str(call[3]))


class _Flaky:
    """A service that fails so many times before it answers.

    Attributes:
        calls: How often it was called.
    """

    def __init__(self, failures: int) -> None:
        self.service = Service()
        self.calls = 0
        self._failures = failures
        self.service.message("raises")(self._raises)
        self.service.message("loses")(self._loses)
        self.service.message("stream")(self._stream)
        self.service.message("late stream")(self._late_stream)
        self.service.message("empty")(self._empty)

    def _fails(self) -> bool:
        self.calls += 1
        return self.calls <= self._failures

    def _raises(self, data: Json) -> Json:
        if self._fails():
            raise RpcError("busy")
        return data

    def _loses(self, context: Context, data: Json) -> Json:
        if self._fails():
            context.respondent.abort()  # type: ignore[attr-defined]
        return data

    async def _stream(self, data: int) -> AsyncIterator[int]:
        if self._fails():
            raise RpcError("busy")
        for value in range(data):
            await asyncio.sleep(0)
            yield value

    async def _late_stream(self) -> AsyncIterator[int]:
        yield 0
        await asyncio.sleep(0)
        if self._fails():
            raise RpcError("busy")

    async def _empty(self) -> AsyncIterator[int]:
        if self._fails():
            raise RpcError("busy")
        for value in range(0):
            yield value


@asynccontextmanager
async def _over_tcp(flaky: _Flaky, **options: Any) -> AsyncIterator[Client]:  # noqa: ANN401
    async with (
        flaky.service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, timeout=PATIENCE, **options) as nest,
    ):
        yield nest


@pytest.mark.parametrize("options", [{}, {"retry": _ANY}, {"idempotent": False}])
async def test_no_call_is_made_again_unless_its_caller_says_so(
    options: dict[str, Any],
) -> None:
    of_client = {"retry": options.pop("retry")} if "retry" in options else {}
    flaky = _Flaky(1)
    async with _over_tcp(flaky, **of_client) as nest:
        with pytest.raises(RemoteError, match="busy"):
            await nest.send("raises", 1, **options)

    assert flaky.calls == 1


async def test_an_idempotent_call_is_made_again_by_the_policy_of_the_client() -> None:
    flaky = _Flaky(2)
    async with _over_tcp(flaky, retry=_ANY) as nest:
        assert await nest.send("raises", "x", idempotent=True) == "x"

    assert flaky.calls == 3


@pytest.mark.parametrize("pattern", ["raises", "loses"])
async def test_the_policy_of_a_call_says_that_it_is_idempotent(pattern: str) -> None:
    flaky, hooks = _Flaky(1), _Kept()
    async with _over_tcp(flaky, hooks=hooks) as nest:
        assert await nest.send(pattern, 7, retry=_ANY, returns=float) == 7.0

    kind = RemoteError if pattern == "raises" else ConnectionLostError
    assert hooks.retries == [("client", pattern, 1, kind)]
    assert hooks.outcomes == ["error" if pattern == "raises" else "lost", "completed"]


async def test_the_last_error_says_how_often_the_call_was_made(
    caplog: pytest.LogCaptureFixture,
) -> None:
    flaky = _Flaky(9)
    with caplog.at_level(logging.INFO, "servers.client"):
        async with _over_tcp(flaky) as nest:
            with pytest.raises(RemoteError) as raised:
                await nest.send("raises", 1, retry=_ANY)

    assert flaky.calls == 3
    assert raised.value.__notes__ == ["attempt 3 of 3"]
    lines = [each.getMessage() for each in caplog.records if "again" in each.msg]
    assert [line.partition(" s, ")[2].partition(":")[0] for line in lines] == [
        "attempt 2",
        "attempt 3",
    ]


async def test_what_is_sent_again_is_what_was_sent() -> None:
    flaky = _Flaky(2)
    async with _over_tcp(flaky, unsafe_integers="refuse") as nest:
        assert await nest.send("raises", iter([1, 2]), retry=_ANY) == [1, 2]
        with pytest.raises(InvalidMessageError):
            await nest.send("raises", None, retry=_ANY)
        with pytest.raises(EncodeError, match="is beyond"):
            await nest.send("raises", {"a": 1 << 60}, retry=_ANY)

    assert flaky.calls == 3


async def test_another_server_is_asked_first() -> None:
    async with AsyncExitStack() as stack:
        flaky = [_Flaky(1) for _ in range(3)]
        servers = [
            await stack.enter_async_context(each.service.listen("127.0.0.1", 0))
            for each in flaky
        ]
        addresses = [("127.0.0.1", server.port) for server in servers]
        nest = await stack.enter_async_context(
            Client(addresses=addresses, balance="least_pending")
        )
        retry = Retry(attempts=4, backoff=_SOON, on=(RemoteError,))
        assert await nest.send("raises", 7, retry=retry) == 7

    assert sorted(each.calls for each in flaky) == [1, 1, 2]


async def test_a_server_that_failed_is_asked_last_however_idle_it_is() -> None:
    hanging = asyncio.Event()
    idle, busy = _Flaky(1), _Flaky(0)

    @busy.service.message("hangs")
    async def hangs() -> None:
        await hanging.wait()

    async with AsyncExitStack() as stack:
        ports = [
            (await stack.enter_async_context(each.service.listen("127.0.0.1", 0))).port
            for each in (busy, idle)
        ]
        nest = await stack.enter_async_context(
            Client(
                addresses=[("127.0.0.1", port) for port in ports],
                balance="least_pending",
            )
        )
        await nest.connect()
        calls = []
        while not nest.status[0].pending:
            calls.append(asyncio.ensure_future(nest.send("hangs", 0)))
            await asyncio.wait(calls, timeout=0.01)
        assert await nest.send("raises", 7, retry=_ANY) == 7
        assert (idle.calls, busy.calls) == (1, 1)
        hanging.set()
        await asyncio.gather(*calls, return_exceptions=True)  # one has no handler


async def test_only_the_first_value_of_a_stream_is_an_attempt() -> None:
    service = Service()

    @service.message("slow")
    async def slow() -> AsyncIterator[int]:
        yield 1
        await asyncio.sleep(0.5)
        yield 2

    async with connected(service, timeout=PATIENCE) as nest:
        retry = Retry(attempts=1_000, attempt_timeout=0.2, backoff=_SOON)
        stream = nest.stream("slow", 0, retry=retry)
        assert [each async for each in stream] == [1, 2]


async def test_what_was_not_sent_is_made_again_and_events_too() -> None:
    heard: list[Json] = []
    service = Service()
    service.message("echo")(lambda data: data)
    service.event("log")(heard.append)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with AsyncExitStack() as stack:

        class _Listening(Hooks):
            def call_retried(self, *call: object) -> None:
                starting.append(asyncio.ensure_future(start(type(call[4]))))

        async def start(kind: type) -> None:
            assert kind is ConnectError
            if len(starting) == 1:
                await stack.enter_async_context(service.listen("127.0.0.1", port))

        starting: list[asyncio.Future[None]] = []
        retry = Retry(attempts=1_000)
        options: Any = {"retry": retry, "hooks": _Listening(), "timeout": PATIENCE}
        nest = await stack.enter_async_context(Client("127.0.0.1", port, **options))
        nest_budget = RetryBudget(tokens=1_000)
        other = Client("127.0.0.1", port, retry_budget=nest_budget, **options)
        await stack.enter_async_context(other)
        await other.emit("log", "x")
        assert await nest.send("echo", 1) == 1
        await asyncio.gather(*starting)
        assert await other.send("echo", 2) == 2

    assert heard == ["x"]


async def test_a_call_without_a_policy_fails_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    hooks = _Kept()
    async with Client("127.0.0.1", port, hooks=hooks) as nest:
        with pytest.raises(ConnectError):
            await nest.send("echo", 1)

    assert hooks.retries == []


async def test_attempts_share_the_timeout_of_their_call() -> None:
    service, calls = Service(), []

    @service.message("hangs")
    async def hangs() -> None:
        calls.append(1)
        await asyncio.Event().wait()

    async with connected(service, grace=0) as nest:
        retry = Retry(attempts=10_000, attempt_timeout=0.02, backoff=_SOON)
        with pytest.raises(RequestTimeoutError) as raised:
            await nest.send("hangs", 1, retry=retry, timeout=0.2, idempotent=True)
        whole = Retry(backoff=_SOON)
        with pytest.raises(RequestTimeoutError) as of_one:
            await nest.send("hangs", 1, retry=whole, timeout=0.05)

    assert 1 < len(calls) < 12  # by the budget four retries, or fewer by the time
    assert raised.value.__notes__
    assert of_one.value.__notes__ == ["attempt 1 of 3"]
    assert str(of_one.value) == "no reply within 0.05 s"


async def test_a_server_that_fails_every_call_gets_few_more_of_them() -> None:
    flaky = _Flaky(10_000)
    async with _over_tcp(flaky) as nest:
        for _ in range(50):
            with pytest.raises(RemoteError) as raised:
                await nest.send("raises", 1, retry=_ANY)

    assert flaky.calls == 53
    assert raised.value.__notes__ == ["not made again: the retry budget is used up"]


async def test_a_missing_handler_may_be_there_on_another_server() -> None:
    async with AsyncExitStack() as stack:
        services = [Service(), Service()]
        services[0].message("new")(lambda: "here")
        addresses = [
            (
                "127.0.0.1",
                (await stack.enter_async_context(each.listen("127.0.0.1", 0))).port,
            )
            for each in services
        ]
        nest = await stack.enter_async_context(Client(addresses=addresses))
        found = [await nest.send("new", 0, idempotent=True) for _ in range(4)]
        once = [nest.send("new", 0) for _ in range(2)]  # the servers take turns
        results = await asyncio.gather(*once, return_exceptions=True)

    assert {type(each) for each in results} == {str, NoHandlerError}
    assert found == ["here"] * 4


async def test_a_stream_is_made_again_before_its_first_value_only() -> None:
    flaky = _Flaky(1)
    async with _over_tcp(flaky) as nest:
        values = [each async for each in nest.stream("stream", 3, retry=_ANY)]
        assert (values, flaky.calls) == ([0, 1, 2], 2)

    flaky = _Flaky(1)
    async with _over_tcp(flaky) as nest:
        stream = nest.stream("late stream", 0, retry=_ANY)
        assert await anext(stream) == 0
        with pytest.raises(RemoteError, match="busy"):
            await anext(stream)
    assert flaky.calls == 1


async def test_a_stream_without_a_value_ends_and_one_may_be_left() -> None:
    flaky = _Flaky(1)
    async with _over_tcp(flaky, retry=_ANY) as nest:
        empty = nest.stream("empty", 0, idempotent=True)
        assert [each async for each in empty] == []
        assert await anext(empty, None) is None
        left = nest.stream("stream", 100, idempotent=True)
        assert await anext(left) == 0
        await left.aclose()
        assert await anext(left, None) is None

    assert flaky.calls == 3


async def test_a_blocking_client_has_the_same_policies() -> None:
    flaky = _Flaky(1)
    async with flaky.service.listen("127.0.0.1", 0) as server:

        def call() -> Json:
            with BlockingClient("127.0.0.1", server.port, retry=_ANY) as nest:
                return nest.send("raises", 5, idempotent=True)

        assert await asyncio.to_thread(call) == 5
