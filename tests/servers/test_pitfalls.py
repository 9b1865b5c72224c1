"""What clients and servers in other languages are known to get wrong.

Each side meets a raw socket here; that both meet the real Nest is tested elsewhere.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import ssl
from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, EncodeError, Json
from servers import (
    Client,
    ConnectionLostError,
    NoHandlerError,
    RemoteError,
    RequestTimeoutError,
    Service,
)
from tests.servers.peers import Peer, frame, peer_of, request, scripted, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_MIXED = "aé求😀#1#\u2028🧨 \\u0000" * 40


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)
    service.message("fail")(_refuse)

    @service.message({"cmd": "sum", "v": 1})
    def total(numbers: list[int]) -> int:
        return sum(numbers)

    @service.message("count")
    async def count(to: int) -> AsyncIterator[int]:
        for value in range(to):
            yield value

    @service.message("forever")
    async def forever() -> AsyncIterator[int]:
        while True:
            yield 1
            await asyncio.sleep(0.001)

    @service.message("wait")
    async def wait() -> None:
        await asyncio.Event().wait()

    return service


def _refuse() -> None:
    raise ValueError


def _echo(peer: Peer, packet: Json) -> None:
    peer.write(
        frame({"response": packet["data"], "isDisposed": True, "id": packet["id"]})
    )


def _pieces(data: bytes) -> list[bytes]:
    """Cut bytes into pieces of 1 to 12."""
    choice, pieces = random.Random(7), []  # noqa: S311 — the same cuts every time
    while data:
        size = choice.randint(1, 12)
        pieces.append(data[:size])
        data = data[size:]
    return pieces


@pytest.mark.parametrize("text", ["😀", "求和1111", "é", "\x00", _MIXED, "#", "1#{}"])
async def test_lengths_are_utf16_units_in_both_directions(text: str) -> None:
    async with peer_of(_service()) as peer:
        (reply,) = await peer.ask(request("echo", text))
        assert reply["response"] == text
    async with scripted(_echo) as (port, _), Client("127.0.0.1", port) as nest:
        assert await nest.send("echo#😀", text) == text


async def test_frames_come_in_any_pieces() -> None:
    async with peer_of(_service()) as peer:
        data = b"".join(request("echo", _MIXED, str(n)) for n in range(3))
        for piece in _pieces(data):
            peer.write(piece)
            await asyncio.sleep(0)
        await until(lambda: len(peer.bodies) == 3)
        assert {packet["response"] for packet in peer.packets} == {_MIXED}

    async def in_pieces(other: Peer, packet: Json) -> None:
        body = {"response": packet["data"], "isDisposed": True, "id": packet["id"]}
        text = json.dumps(body, ensure_ascii=False)
        units = len(text.encode("utf-16-le")) // 2
        for piece in _pieces(f"{units}#{text}".encode()):
            other.write(piece)
            await asyncio.sleep(0)

    async with scripted(in_pieces) as (port, _), Client("127.0.0.1", port) as nest:
        assert await nest.send("echo", _MIXED) == _MIXED


async def test_a_thousand_tiny_frames_in_one_write() -> None:
    async with peer_of(_service()) as peer:
        tiny = [request("echo", n, n) for n in range(1_000)]
        replies = await peer.ask(b"2#{}" * 1_000 + b"".join(tiny), 1_000)
        assert [reply["response"] for reply in replies] == [*range(1_000)]

    waiting: list[tuple[Peer, str]] = []

    def all_at_once(peer: Peer, packet: Json) -> None:
        waiting.append((peer, packet["id"]))
        if len(waiting) == 1_000:
            replies = [{"response": 1, "isDisposed": True, "id": i} for _, i in waiting]
            peer.write(b"".join(frame(reply) for reply in replies))

    async with scripted(all_at_once) as (port, _), Client("127.0.0.1", port) as nest:
        calls = (nest.send("p", n) for n in range(1_000))
        assert await asyncio.gather(*calls) == [1] * 1_000


async def test_a_large_frame_in_small_chunks() -> None:
    text = "x" * 8_000_000
    async with peer_of(_service()) as peer:
        data = request("echo", text)
        for start in range(0, len(data), 1_024):
            peer.write(data[start : start + 1_024])
        await peer.ask(b"")
        assert peer.packets[0]["response"] == text
    async with scripted(_echo) as (port, _), Client("127.0.0.1", port) as nest:
        assert await nest.send("echo", text) == text


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ({"isDisposed": True}, UNDEFINED),
        ({"response": False, "isDisposed": True}, False),
        ({"response": 0, "isDisposed": True}, 0),
        ({"response": "", "isDisposed": True}, ""),
        ({"response": None, "isDisposed": True}, None),
        ({"err": None, "isDisposed": True}, UNDEFINED),
        ({"err": "", "response": 1, "isDisposed": True}, 1),
    ],
)
async def test_empty_replies_are_kept_apart(reply: Json, value: Json) -> None:
    def answer(peer: Peer, packet: Json) -> None:
        peer.write(frame({**reply, "id": packet["id"]}))

    async with scripted(answer) as (port, _), Client("127.0.0.1", port) as nest:
        found = await nest.send("p", 1)
        assert found == value
        assert type(found) is type(value)


@pytest.mark.parametrize("err", ["text", {"code": 1}, ["a"], 7, True])
async def test_errors_of_every_shape_are_errors(err: Json) -> None:
    def answer(peer: Peer, packet: Json) -> None:
        peer.write(frame({"err": err, "isDisposed": True, "id": packet["id"]}))

    async with scripted(answer) as (port, _), Client("127.0.0.1", port) as nest:
        with pytest.raises(RemoteError) as raised:
            await nest.send("p", 1)
        assert raised.value.err == err


async def test_a_stream_then_a_call_on_the_same_socket() -> None:
    async with (
        _service().listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        assert [value async for value in nest.stream("count", 5)] == [*range(5)]
        assert await nest.send("echo", "next") == "next"
        assert server.accepted == 1


async def test_a_hundred_calls_answered_in_reverse() -> None:
    waiting: list[Json] = []

    def answer(peer: Peer, packet: Json) -> None:
        waiting.append(packet)
        if len(waiting) == 100:
            for each in reversed(waiting):
                _echo(peer, each)

    async with scripted(answer) as (port, _), Client("127.0.0.1", port) as nest:
        calls = (nest.send("p", n) for n in range(100))
        assert await asyncio.gather(*calls) == [*range(100)]


async def test_a_late_reply_belongs_to_nobody() -> None:
    gate = asyncio.Event()

    async def answer(peer: Peer, packet: Json) -> None:
        await gate.wait()
        _echo(peer, packet)

    async with scripted(answer) as (port, _), Client("127.0.0.1", port) as nest:
        await nest.connect()  # else that could take all of the time
        with pytest.raises(RequestTimeoutError):
            await nest.send("p", "late", timeout=0.02)
        gate.set()
        assert await nest.send("p", "next") == "next"
        assert nest.unclaimed_replies == 1


@pytest.mark.parametrize(
    "pattern",
    [{"cmd": "sum", "v": 1}, {"v": 1, "cmd": "sum"}, '{"v": 1, "cmd": "sum"}'],
)
async def test_a_pattern_is_found_however_it_is_spelled(pattern: Json) -> None:
    async with peer_of(_service()) as peer:
        (reply,) = await peer.ask(request(pattern, [1, 2]))
        assert reply["response"] == 3


async def test_no_id_is_an_event_and_a_null_id_a_request() -> None:
    async with peer_of(_service()) as peer:
        peer.write(frame({"pattern": "echo", "data": 1}))
        (reply,) = await peer.ask(frame({"pattern": "echo", "data": 2, "id": None}))
        assert reply == {"response": 2, "isDisposed": True, "id": None}
        assert len(peer.bodies) == 1


async def test_a_server_that_restarts_fails_what_was_asked_and_serves_again() -> None:
    async with _service().listen("127.0.0.1", 0) as server:
        port = server.port
        async with Client("127.0.0.1", port) as nest:
            call = asyncio.ensure_future(nest.send("wait", 0))
            stream = nest.stream("forever", 0)
            await anext(stream)
            await server.stop(grace=0)
            with pytest.raises(ConnectionLostError):
                await call
            with pytest.raises(ConnectionLostError):
                async for _ in stream:
                    pass
            async with _service().listen("127.0.0.1", port):
                assert await nest.send("echo", "again") == "again"


async def test_a_server_that_closes_inside_a_frame_fails_the_call() -> None:
    def answer(peer: Peer, _: Json) -> None:
        peer.write(b'41#{"response":')
        peer.writer.write_eof()

    async with scripted(answer) as (port, _), Client("127.0.0.1", port) as nest:
        with pytest.raises(ConnectionLostError):
            await nest.send("p", 1)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
async def test_what_is_no_number_in_json_is_refused(number: float) -> None:
    service = _service()
    service.message("nan")(lambda: number)
    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        with pytest.raises(EncodeError):
            await nest.send("echo", {"deep": [number]})
        with pytest.raises(RemoteError, match="Internal server error"):
            await nest.send("nan", 0)


async def test_lone_surrogates_are_escaped_as_javascript_does() -> None:
    async with peer_of(_service()) as peer:
        await peer.ask(request("echo", "\ud83d x"))
        assert '"response":"\\ud83d x"' in peer.bodies[0]
    async with scripted(_echo) as (port, peers), Client("127.0.0.1", port) as nest:
        assert await nest.send("echo", "\ude00") == "\ude00"
        assert '"data":"\\ude00"' in peers[0].bodies[0]


@pytest.mark.parametrize(
    "garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 100, b"\xff#", b"}#{", b"1#"]
)
async def test_garbage_on_the_port_hurts_nobody(garbage: bytes) -> None:
    async with _service().listen("127.0.0.1", 0) as server:
        bad = await Peer.connect(server.port)
        bad.write(garbage)
        async with Client("127.0.0.1", server.port) as nest:
            assert await nest.send("echo", 1) == 1
            with pytest.raises(NoHandlerError):
                await nest.send("nothing", 1)
        await bad.aclose()
        await until(lambda: not server.connections)


async def test_tls_on_a_plain_port_hurts_nobody() -> None:
    async with _service().listen("127.0.0.1", 0) as server:
        hasty = ssl.create_default_context()
        hasty.check_hostname, hasty.verify_mode = False, ssl.CERT_NONE
        asking = asyncio.ensure_future(Peer.connect(server.port, tls=hasty))
        async with Client("127.0.0.1", server.port) as nest:
            assert await nest.send("echo", 1) == 1
        asking.cancel()
        await asyncio.wait([asking])
        await until(lambda: not server.connections)
