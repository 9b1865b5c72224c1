"""Many calls at once, large ones, and streams that somebody stops listening to."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from protocol import FrameDecoder, FramingError
from servers import Client, RequestTimeoutError
from tests.interop.application import Application
from tests.interop.pairs import WE_ARE_CALLED, WE_CALL, Pair, Theirs, opened
from tests.interop.relays import cutting
from tests.servers.peers import Peer, request, settle, until

if TYPE_CHECKING:
    from tests.interop.nests import Nests

_LARGE = 8_000_000  # bytes of UTF-8


async def test_calls_answered_in_reverse_find_their_callers(pair: Pair) -> None:
    order: list[int] = []

    async with pair.connected() as caller:

        async def call(number: int) -> None:
            seen = await caller.observe("reversed", {"mine": number, "all": 100})
            assert seen == [["value", number], ["end"]]
            order.append(number)

        await caller.observe("echo", 0)  # once connected, calls leave in their order
        await asyncio.gather(*(call(number) for number in range(100)))

    if pair.over in ("redis", "mqtt") and not pair.we_call:
        order.sort(reverse=True)  # some calls of Nest wait for a subscription
    assert order == [*reversed(range(100))]


async def test_bytes_may_come_in_any_pieces(pair: Pair) -> None:
    text = "aé求😀#1#\\u0000\u2028" * 20
    async with pair.connected(cutting) as caller:
        echoes = [caller.observe("echo", f"{n}{text}") for n in range(5)]
        seen = await asyncio.gather(*echoes, caller.observe("stream.many", 30))

    values = [["value", n] for n in range(30)]
    assert seen[:-1] == [[["value", f"{n}{text}"], ["end"]] for n in range(5)]
    assert seen[-1] == [*values, ["end"]]


async def test_a_thousand_small_calls_at_once(pair: Pair) -> None:
    async with pair.connected() as caller:
        calls = [caller.observe("echo", n) for n in range(1_000)]
        seen = await asyncio.gather(*calls)

    assert seen == [[["value", n], ["end"]] for n in range(1_000)]


async def test_streams_and_calls_share_a_connection(pair: Pair) -> None:
    async with pair.connected() as caller:
        streams = [caller.observe("stream.slow", 20) for _ in range(10)]
        calls = [caller.observe("echo", f"{n}😀") for n in range(100)]
        seen = await asyncio.gather(*streams, *calls)

    values = [["value", n] for n in range(20)]
    assert seen[:10] == [[*values, ["end"]]] * 10
    assert seen[10:] == [[["value", f"{n}😀"], ["end"]] for n in range(100)]


@pytest.mark.parametrize("piece", ["aé求😀", "x", '\\"#1#'])
async def test_eight_megabytes_there_and_back(pair: Pair, piece: str) -> None:
    times = _LARGE // len(piece.encode())
    text = piece * times
    async with pair.connected() as caller:
        seen = await caller.observe("echo", {"repeat": piece, "times": times})

    digest = sha256(text.encode()).hexdigest()
    units = len(text.encode("utf-16-le")) // 2
    assert seen == [["value", {"length": units, "sha256": digest}], ["end"]]


async def test_a_stream_that_is_left_does_not_disturb_the_next_call(pair: Pair) -> None:
    async with pair.connected() as caller:
        first = await caller.observe("stream.endless", 0, first=3)
        after = await caller.observe("echo", "next")
        again = await caller.observe("stream.silent", 0, first=1)
        last = await caller.observe("stream.many", 3)

    assert first == [*(["value", n] for n in range(3)), ["end"]]
    assert after == [["value", "next"], ["end"]]
    assert again == [["value", "first"], ["end"]]
    assert last == [*(["value", n] for n in range(3)), ["end"]]


@pytest.mark.parametrize("name", WE_CALL)
async def test_values_of_a_stream_that_is_left_are_counted(
    name: str, nests: Nests
) -> None:
    pair = Pair.of(name, nests)
    async with Client("127.0.0.1", await pair.nest.port()) as client:
        async with aclosing(client.stream("stream.endless", 0)) as values:
            assert await anext(values) == 0
        before = client.unclaimed_replies
        await until(lambda: client.unclaimed_replies > before + 3)
        assert client.pending == 0


@pytest.mark.parametrize("name", WE_CALL)
async def test_a_reply_that_comes_too_late_is_dropped(name: str, nests: Nests) -> None:
    port = await Pair.of(name, nests).nest.port()
    async with Client("127.0.0.1", port) as client:
        await client.connect()  # else that could take all of the time
        first = {"mine": 1, "all": 2}
        with pytest.raises(RequestTimeoutError):
            await client.send("reversed", first, timeout=0.05)
        assert await client.send("reversed", {"mine": 2, "all": 2}) == 2
        await until(lambda: client.unclaimed_replies == 1)
        assert await client.send("echo", "next") == "next"


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_a_stream_ends_when_its_caller_is_gone(name: str, nests: Nests) -> None:
    nest = Pair.of(name, nests).nest
    application = Application()
    async with application.service.listen("127.0.0.1", 0, grace=0) as server:
        async with opened(nest, server.port) as caller:
            await caller.observe("stream.endless", 0, first=2)
            assert application.streaming == 1
        await until(lambda: not application.streaming)
        await until(lambda: not server.connections)


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_callers_of_one_server_do_not_meet(name: str, nests: Nests) -> None:
    nest = Pair.of(name, nests).nest
    async with (
        Application().service.listen("127.0.0.1", 0, grace=0) as server,
        opened(nest, server.port) as one,
        opened(nest, server.port) as two,
    ):
        calls = [_count(each, n) for n in range(50) for each in (one, two)]
        await asyncio.gather(*calls)
        assert server.accepted == 2


async def _count(caller: Theirs, number: int) -> None:
    expected = [*(["value", n] for n in range(number)), ["end"]]
    assert await caller.observe("stream.many", number) == expected


@pytest.mark.parametrize("name", WE_CALL)
@pytest.mark.parametrize(
    "garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00#", b"1#"]
)
async def test_nest_and_we_judge_garbage_alike(
    name: str, nests: Nests, garbage: bytes
) -> None:
    port = await Pair.of(name, nests).nest.port()
    async with Application().service.listen("127.0.0.1", 0, grace=0) as server:
        outcomes = [await _send_garbage(each, garbage) for each in (port, server.port)]

    assert outcomes[0] == outcomes[1]


async def _send_garbage(port: int, garbage: bytes) -> list[object]:
    """Return what a server answers before garbage, and whether it closes then."""
    peer = await Peer.connect(port)
    (answered,) = await peer.ask(request("echo", "before"))
    peer.write(garbage)
    decoder = FrameDecoder()
    decoder.receive_data(garbage)
    try:
        breaks = decoder.next_frame() is not None
    except FramingError:
        breaks = True
    if breaks:
        await until(lambda: peer.closed)
    await settle()
    closed = peer.closed
    await peer.aclose()
    return [answered, closed]
