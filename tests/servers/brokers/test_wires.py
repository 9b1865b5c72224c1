"""Calls that wait at a broker, and what each reply means to them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, EncodeError, Json
from servers import (
    Client,
    Hooks,
    NoHandlerError,
    PatternError,
    Record,
    RemoteError,
    RequestTimeoutError,
    Service,
)
from servers.brokers.wires import BrokerWire
from servers.client.wire import Wire
from tests.servers.brokers.toy import LONGEST, Toy
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import Callable


def _answering(toy: Toy, *bodies: bytes) -> None:
    """Let a channel be answered with bodies in which ID is the id of the request."""

    def answer(body: bytes, reply_to: str | None, _: dict[str, str]) -> None:
        identity = body.rpartition(b'"id":')[2].rstrip(b"}")
        for each in bodies:
            assert reply_to is not None
            toy.publish(reply_to, each.replace(b"ID", identity), None, {})

    toy.subscribe("ask", answer)


@pytest.mark.parametrize(
    ("bodies", "value"),
    [
        ([b'{"response":1,"isDisposed":true,"id":ID}'], 1),
        ([b'{"isDisposed":true,"id":ID}'], UNDEFINED),
        ([b'{"response":1,"id":ID}', b'{"isDisposed":true,"id":ID}'], 1),
        ([b'{"response":1,"id":ID}', b'{"response":2,"isDisposed":true,"id":ID}'], 2),
        (
            [b'{"response":1,"more":2,"id":ID}'],
            {"response": 1, "more": 2, "id": "ID"},
        ),
    ],
)
async def test_a_reply_is_read_as_over_tcp(bodies: list[bytes], value: Json) -> None:
    toy = Toy()
    _answering(toy, *bodies)
    async with Client(toy) as nest:
        told = await nest.send("ask", 1)

    if isinstance(told, dict):
        told["id"] = "ID"
    assert told == value


async def test_an_error_names_the_call_and_the_broker() -> None:
    toy = Toy()
    _answering(toy, b'{"err":"no","isDisposed":true,"id":ID}')
    async with Client(toy) as nest:
        with pytest.raises(RemoteError) as caught:
            await nest.send("ask", 1)

    assert str(caught.value) == "no (ask at toy://memory)"


async def test_a_stream_has_all_values() -> None:
    toy = Toy()
    _answering(toy, *(b'{"response":%d,"id":ID}' % n for n in range(3)))
    _answering(toy, b'{"isDisposed":true,"id":ID}')
    async with Client(toy) as nest:
        assert [value async for value in nest.stream("ask", 1)] == [0, 1, 2]


async def test_a_call_that_nobody_hears_fails_at_once() -> None:
    toy = Toy()
    async with Client(toy, timeout=None) as nest:
        with pytest.raises(NoHandlerError, match="nobody is subscribed"):
            await nest.send("ask", 1)
        with pytest.raises(NoHandlerError, match="nobody is subscribed"):
            await anext(nest.stream("ask", 1))
        await nest.emit("told to nobody", 1)

    assert toy.published == 3


async def test_a_reply_that_is_late_is_unclaimed() -> None:
    toy = Toy()
    waiting: list[tuple[bytes, str]] = []
    toy.subscribe("ask", lambda body, to, _: waiting.append((body, to or "")))
    async with Client(toy) as nest:
        await nest.connect()
        with pytest.raises(RequestTimeoutError):
            await nest.send("ask", 1, timeout=0.2)
        assert nest.pending == 0
        ((body, reply_to),) = waiting
        identity = body.rpartition(b'"id":')[2].rstrip(b"}")
        toy.publish(reply_to, b'{"response":1,"id":%b}' % identity, None, {})
        assert nest.unclaimed_replies == 1


@pytest.mark.parametrize("body", [b"no JSON", b"1", b'{"response":1}', b'{"id":7}'])
async def test_a_reply_to_no_call_is_unclaimed(body: bytes) -> None:
    toy = Toy()
    async with Client(toy) as nest:
        await nest.connect()
        toy.publish(toy.wires_made[0].inbox, body, None, {})
        assert nest.unclaimed_replies == 1


async def test_a_reply_without_an_id_is_known_by_what_the_broker_tells() -> None:
    toy = Toy()
    waiting: list[bytes] = []
    toy.subscribe("ask", lambda body, *_: waiting.append(body))
    async with Client(toy) as nest:
        call = asyncio.create_task(nest.send("ask", 1))
        await until(lambda: waiting)
        identity = waiting[0].rpartition(b'"id":"')[2].rstrip(b'"}').decode()
        toy.wires_made[0].settle(b'{"sum":6}', identity)

        assert await call == {"sum": 6}


async def test_headers_go_along() -> None:
    toy, heard = Toy(), list[tuple[bytes, dict[str, str]]]()
    toy.subscribe("log", lambda body, _, headers: heard.append((body, headers)))
    async with Client(toy, unsafe_integers="refuse") as nest:
        await nest.emit("log", Record([1], {"trace": "7"}))
        with pytest.raises(EncodeError, match=r"data\.n is beyond"):
            await nest.emit("log", Record({"n": 2**60}))
        await nest.emit({"on": "it"}, 1)
    async with Client(toy) as nest:
        toy.subscribe('{"on":"it"}', lambda body, *_: heard.append((body, {})))
        await nest.emit({"on": "it"}, 1)

    assert heard == [
        (b'{"pattern":"log","data":[1]}', {"trace": "7"}),
        (b'{"pattern":{"on":"it"},"data":1}', {}),
    ]


async def test_what_the_broker_cannot_carry_is_refused_before_it_is_sent() -> None:
    toy = Toy()
    async with Client(toy) as nest:
        with pytest.raises(PatternError, match="not a channel"):
            await nest.send("", 1)
        with pytest.raises(EncodeError, match="too long"):
            await nest.emit("log", "x" * LONGEST)
        assert nest.pending == 0

    assert toy.published == 0


_ID = "0" * 21
_ASKED = len(f'{{"pattern":"ask","data":1,"id":"{_ID}"}}')
_ANSWERED = len(f'{{"response":1,"isDisposed":true,"id":"{_ID}"}}')


class _Counting(Hooks):
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def _counter(self, name: str) -> Callable[[str, int], None]:
        def count(side: str, number: int) -> None:
            key = f"{side} {name}"
            self.counts[key] = self.counts.get(key, 0) + number

        return count

    def __getattribute__(self, name: str) -> object:
        if name.startswith(("packets_", "bytes_")):
            return self._counter(name)
        return super().__getattribute__(name)


async def test_hooks_count_packets_and_their_bytes() -> None:
    toy, counting = Toy(), _Counting()
    _answering(toy, b'{"response":1,"isDisposed":true,"id":ID}')
    async with Client(toy, hooks=counting) as nest:
        await nest.send("ask", 1)

    assert counting.counts == {
        "client packets_sent": 1,
        "client bytes_sent": _ASKED,
        "client packets_received": 1,
        "client bytes_received": _ANSWERED,
    }


def test_a_connection_to_a_broker_is_a_wire() -> None:
    for name in vars(Wire):
        if not name.startswith("_"):
            known = hasattr(BrokerWire, name) or name in {"peer", "usable"}
            assert known, name


async def test_a_service_and_a_client_at_a_broker_speak_with_each_other() -> None:
    service, toy = Service(), Toy()
    service.message("sum")(sum)
    async with service.listen(toy), Client(toy) as nest:
        values = [
            value async for value in nest.send_many("sum", ([n, n] for n in range(100)))
        ]

    assert values == [2 * n for n in range(100)]
