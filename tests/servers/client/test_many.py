"""Many calls of one pattern: values in the order of the payloads, so many in flight."""

from __future__ import annotations

import asyncio
import gc
import math
import warnings
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from protocol import UNDEFINED, EncodeError
from servers import (
    Backoff,
    Client,
    InvalidMessageError,
    InvalidReplyError,
    RemoteError,
    RequestTimeoutError,
    Retry,
    Service,
    UsageError,
)
from servers.client.asked import Plan
from servers.testing import serving
from tests.servers.client.desks import (
    Desk,
    Order,
    checked,
    direct,
    surrounded,
    watched,
)
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from protocol import Json


_ways = pytest.mark.parametrize(
    "client", [direct, surrounded, checked, watched], ids=lambda way: way.__name__
)


@_ways
async def test_values_come_in_the_order_of_the_payloads(client: Any) -> None:  # noqa: ANN401
    desk = Desk()
    async with client(desk) as nest:
        for _ in range(2):  # not connected yet, and connected
            found = [each async for each in nest.send_many("double", range(50))]
            assert found == [2 * number for number in range(50)]
        assert [each async for each in nest.send_many("stream", [3, 0])] == [
            2,
            UNDEFINED,
        ]
        assert [each async for each in nest.send_many("double", [])] == []
        assert nest.pending == 0


@_ways
async def test_no_more_than_asked_for_are_in_flight(client: Any) -> None:  # noqa: ANN401
    desk = Desk()
    taken: list[int] = []

    def payloads() -> Iterator[int]:
        for number in range(30):
            assert number - len(taken) < 4
            yield number

    async with client(desk) as nest:
        async for value in nest.send_many("double", payloads(), in_flight=4):
            taken.append(value)  # noqa: PERF401 — the payloads look at it meanwhile
    assert len(taken) == 30
    assert 1 < desk.most <= 4


@_ways
async def test_an_error_is_raised_in_its_turn_and_ends_the_calls(client: Any) -> None:  # noqa: ANN401
    desk = Desk()
    async with client(desk) as nest:
        await nest.send("double", 1)  # connected, so that calls may begin at once
        replies = nest.send_many("odd", [1, 3, 4, 5, 6, 7], in_flight=3)
        found = [await anext(replies), await anext(replies)]
        with pytest.raises(RemoteError, match="4 is even") as raised:
            await anext(replies)
        assert found == [1, 3]
        assert raised.value.pattern == "odd"
        assert raised.value.address
        assert nest.pending == 0
        assert await nest.send("double", 4) == 8
    assert 7 not in desk.asked


@_ways
async def test_errors_take_the_place_of_values_where_that_is_asked_for(
    client: Any,  # noqa: ANN401
) -> None:
    payloads: list[Json] = [1, 2, None, math.nan, "text", 3, 4]
    async with client(Desk()) as nest:
        for _ in range(2):
            replies = nest.send_many("odd", payloads, return_exceptions=True)
            found = [each async for each in replies]
            assert [found[0], found[5]] == [1, 3]
            kinds = [RemoteError, InvalidMessageError, EncodeError, RemoteError]
            assert [type(each) for each in found[1:5]] == kinds
            assert "Invalid data" in str(found[4])
            assert type(found[6]) is RemoteError


@_ways
async def test_values_are_read_into_a_type(client: Any) -> None:  # noqa: ANN401
    async with client(Desk()) as nest:
        for _ in range(2):
            replies = nest.send_many("order", [7, 8], returns=Order)
            assert [each async for each in replies] == [Order(7), Order(8)]
        replies = nest.send_many("order", [0, 9], returns=Order, return_exceptions=True)
        refused, read = [each async for each in replies]
        assert type(refused) is InvalidReplyError
        assert (refused.pattern, read) == ("order", Order(9))


@_ways
async def test_each_call_has_the_timeout_for_itself(client: Any) -> None:  # noqa: ANN401
    desk = Desk()
    async with client(desk) as nest:
        assert await nest.send("wait", 0) == 0
        replies = nest.send_many(
            "wait", [1, 0, 2], timeout=0.05, return_exceptions=True
        )
        first, second, third = [each async for each in replies]
        assert type(first) is type(third) is RequestTimeoutError
        assert first.seconds == 0.05
        assert second == 0
        desk.gate.set()
        await until(lambda: nest.unclaimed_replies == 2)


@_ways
async def test_metadata_reach_every_handler(client: Any) -> None:  # noqa: ANN401
    desk = Desk()
    async with client(desk) as nest:
        replies = nest.send_many("double", range(3), metadata={"user": "ada"})
        assert [each async for each in replies] == [0, 2, 4]
    assert desk.metadata == [{"user": "ada"}] * 3


@_ways
async def test_calls_are_made_again_one_by_one(client: Any) -> None:  # noqa: ANN401
    desk = Desk()
    retry = Retry(backoff=Backoff(first=0.001), on=lambda _: True)
    async with client(desk) as nest:
        for first in (1, 3):
            payloads = range(first, first + 2)
            replies = nest.send_many("shaky", payloads, retry=retry)
            assert [each async for each in replies] == list(payloads)
    assert sorted(desk.asked) == [1, 1, 2, 2, 3, 3, 4, 4]


@_ways
@pytest.mark.parametrize("closing", [True, False])
async def test_leaving_early_abandons_what_is_in_flight(
    client: Any,  # noqa: ANN401
    closing: bool,  # noqa: FBT001
) -> None:
    desk = Desk()
    async with client(desk) as nest:
        assert await nest.send("wait", 0) == 0
        replies = nest.send_many("wait", [0, *range(1, 100)], in_flight=8)
        if closing:
            async with aclosing(replies):
                assert await anext(replies) == 0
                assert nest.pending
            assert nest.pending == 0
        else:
            assert await anext(replies) == 0
            del replies
            gc.collect()
            await until(lambda: nest.pending == 0)
        assert len(desk.asked) < 10


@_ways
async def test_a_reader_that_is_cancelled_abandons_them_too(client: Any) -> None:  # noqa: ANN401
    desk = Desk()
    async with client(desk) as nest:

        async def read() -> None:
            async for _ in nest.send_many("wait", range(1, 9)):
                pass

        reader = asyncio.create_task(read())
        await until(lambda: len(desk.asked) == 8)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        assert nest.pending == 0


@_ways
async def test_what_the_iterable_raises_ends_the_calls(client: Any) -> None:  # noqa: ANN401
    def payloads() -> Iterator[int]:
        yield from range(5)
        raise LookupError("no more rows")

    async with client(Desk()) as nest:
        with pytest.raises(LookupError, match="no more rows"):
            async for _ in nest.send_many("double", payloads(), in_flight=2):
                pass
        assert nest.pending == 0


@pytest.mark.parametrize(
    "asked",
    [
        lambda nest: nest.send_many("double", [1], in_flight=0),
        lambda nest: nest.send_many("double", "text"),
        lambda nest: nest.send_many("double", b"text"),
        lambda nest: nest.send_many("double", {"a": 1}),
        lambda nest: nest.send_many("double", [1], returns=asyncio.Lock),
    ],
)
async def test_what_cannot_be_meant_is_refused_at_once(
    asked: Callable[[Client], Awaitable[Any]],
) -> None:
    async with direct(Desk()) as nest:
        with pytest.raises(UsageError):
            asked(nest)


async def test_nothing_is_sent_before_a_value_is_asked_for() -> None:
    desk = Desk()
    async with direct(desk) as nest:
        replies = nest.send_many("double", [1])
        assert not replies.ready
        for _ in range(5):
            await asyncio.sleep(0)
        assert not desk.asked
        assert await anext(replies) == 2


async def test_whether_the_next_value_is_ready_is_known() -> None:
    desk = Desk()
    async with direct(desk) as nest:
        replies = nest.send_many("wait", [0, 0, 1])
        assert await anext(replies) == 0
        await until(lambda: replies.ready)
        assert await anext(replies) == 0
        assert not replies.ready
        await replies.aclose()


async def test_a_call_without_anything_around_it_needs_no_task() -> None:
    async with direct(Desk()) as nest:
        assert await nest.send("undef", 0) is UNDEFINED
        replies = nest.send_many("wait", range(9))
        before = asyncio.all_tasks()
        assert await anext(replies) == 0
        names = {each.get_name() for each in asyncio.all_tasks() - before}
        assert all(name.startswith("call of ") for name in names)  # the server's
        await replies.aclose()


async def test_calls_that_ended_leave_no_deadline() -> None:
    async with direct(Desk()) as nest:
        await nest.send("double", 1)
        assert [each async for each in nest.send_many("double", [1, 2])] == [2, 4]
        caller = nest._direct  # noqa: SLF001 — its deadlines are the claim
        assert caller is not None
        assert len(caller._deadlines) == 0  # noqa: SLF001


async def test_no_call_begins_at_once_on_a_wire_that_is_full() -> None:
    async with direct(Desk()) as nest:
        await nest.send("double", 1)
        caller = nest._direct  # noqa: SLF001 — what begins calls at once
        assert caller is not None
        wire: Any = caller._wire  # noqa: SLF001
        plan, begun = Plan("double", UNDEFINED, None, None), []  # type: ignore[var-annotated]
        wire.write_paused = True
        caller.begin(iter([1]), plan, begun.append)
        assert not begun
        wire.write_paused = False
        caller.begin(iter([1]), plan, begun.append)
        assert await begun[0].future == 2


async def test_calls_go_on_after_a_connection_was_lost() -> None:
    desk = Desk()
    async with (
        desk.service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        for _ in range(2):
            assert [each async for each in nest.send_many("double", [1, 2])] == [2, 4]
            (connection,) = [each for each in server._connections if not each.closed]  # noqa: SLF001
            connection.abort()
            await until(lambda: nest.status[0].state == "disconnected")
        assert server.accepted == 2


async def test_several_servers_share_the_calls() -> None:
    one, other = Desk(), Desk()
    async with (
        one.service.listen("127.0.0.1", 0) as first,
        other.service.listen("127.0.0.1", 0) as second,
    ):
        ports = [("127.0.0.1", each.port) for each in (first, second)]
        async with Client(addresses=ports) as nest:
            for _ in range(2):
                found = [each async for each in nest.send_many("double", range(10))]
                assert found == [2 * number for number in range(10)]
    assert len(one.asked) == len(other.asked) == 10


def test_a_client_moves_to_the_loop_that_runs() -> None:
    service = Service()
    service.message("double")(lambda number: number * 2)

    async def ask(nest: Client) -> list[Json]:
        return [each async for each in nest.send_many("double", [1, 2], in_flight=1)]

    with serving(service) as server, warnings.catch_warnings():
        # Whoever lets an event loop end without closing the client is told so.
        warnings.simplefilter("ignore", ResourceWarning)
        nest = Client("127.0.0.1", server.port)
        for _ in range(3):
            assert asyncio.run(ask(nest)) == [2, 4]
        asyncio.run(nest.aclose())
        gc.collect()
