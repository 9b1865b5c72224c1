"""Connections of a server over real sockets: limits, time, and peers of all kinds."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import TYPE_CHECKING

import pytest

from protocol import encode_frame
from servers import Limits, Service
from servers.channel import STOPPING
from tests.servers.ends import begin_tasks_later
from tests.servers.peers import Peer, frame, peer_of, request, settle, until

if TYPE_CHECKING:
    from servers import Server


def _service(limits: Limits | None = None) -> Service:
    service = Service(limits=limits)
    service.message("echo")(lambda data: data)

    @service.message("wait")
    async def wait(seconds: float) -> float:
        await asyncio.sleep(seconds)
        return seconds

    @service.message("large")
    def large(size: int) -> str:
        return "x" * size

    return service


@pytest.mark.parametrize(
    "garbage",
    [
        b"abc#",
        b"4#{bad",
        b"GET / HTTP/1.1\r\nHost: a#b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03#",
        b"\xff\xfe\x00#",
        b"0#",
        b"-5#",
        b'4#"a"}',
    ],
)
async def test_a_peer_that_breaks_the_protocol_is_closed_with_one_line(
    garbage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with _service().listen("127.0.0.1", 0) as server:
        bad, good = [await Peer.connect(server.port) for _ in range(2)]
        bad.write(request("wait", 0.01, "lost"))
        await settle()
        bad.write(request("echo", 1) + garbage)
        await until(lambda: bad.closed)
        bad.write(b"abc#")
        await settle()

        (reply,) = await good.ask(request("echo", "fine"))
        assert reply["response"] == "fine"
        await bad.aclose()
        await good.aclose()

    assert bad.bodies in ([], ['{"response":0.01,"isDisposed":true,"id":"lost"}'])
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.WARNING
    assert "closed: " in caplog.text


async def test_a_peer_that_closes_inside_a_frame_is_told_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with peer_of(_service()) as peer:
        peer.write(b'43#{"pattern":')
        peer.writer.write_eof()
        await until(lambda: peer.closed)

    assert "the stream ends inside a frame" in caplog.text


async def test_a_frame_above_the_limit_ends_the_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with peer_of(_service(Limits(frame=100))) as peer:
        peer.write(b"101#")
        await until(lambda: peer.closed)

    assert "above the limit of 100" in caplog.text


async def test_more_than_may_be_buffered_ends_the_connection() -> None:
    async with peer_of(_service(Limits(buffered=1000))) as peer:
        peer.write(b"5000#" + b"x" * 2000)
        await until(lambda: peer.closed)


async def test_whoever_holds_the_most_makes_room_for_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    limits = Limits(buffered_in_all=10_000)
    async with _service(limits).listen("127.0.0.1", 0) as server:
        budget = server._shared.budget  # noqa: SLF001 — the budget itself
        hoarder, *others = [await Peer.connect(server.port) for _ in range(4)]
        hoarder.write(b"9000#" + b"x" * 5_000)
        await until(lambda: budget.used == 5_005)
        for number, peer in enumerate(others, 1):
            whole = request("echo", "x" * 2_000)
            peer.write(whole[:-10])
            mine = number * (len(whole) - 10)
            await until(lambda: budget.used in (mine, 5_005 + mine))  # noqa: B023
        await until(lambda: hoarder.closed)
        assert budget.used == 3 * (len(whole) - 10)  # though its half is still open
        hoarder.write(b"x" * 4_000 + b"9000#" + b"x" * 8_000)
        for peer in others:
            (reply,) = await peer.ask(whole[-10:])
            assert reply["response"] == "x" * 2_000
        assert budget.used == 0
        for peer in (hoarder, *others):
            await peer.aclose()
    assert "this one held the most, 5,005" in caplog.text


async def test_silence_inside_a_frame_ends_the_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with peer_of(_service(Limits(partial_frame=0.1))) as peer:
        peer.write(b"100#{")
        await until(lambda: peer.closed)
    assert "inside a frame" in caplog.text


def _check_time(server: Server, later: float) -> None:
    """Let time pass, as the connections of a server see it."""
    for connection in list(server._connections):  # noqa: SLF001
        connection.check_time(connection.last_read + later)


@pytest.mark.parametrize(("silence", "closed"), [(59.9, False), (60.1, True)])
async def test_a_peer_that_is_slow_or_says_nothing_is_not_dropped(
    silence: float,
    closed: bool,  # noqa: FBT001
) -> None:
    async with _service(Limits(partial_frame=60)).listen("127.0.0.1", 0) as server:
        stalled, quiet = [await Peer.connect(server.port) for _ in range(2)]
        stalled.write(b"100#{")
        await until(lambda: server._shared.budget.used)  # noqa: SLF001
        _check_time(server, silence)
        await settle()

        assert stalled.closed is closed
        assert not quiet.closed
        await stalled.aclose()
        await quiet.aclose()


@pytest.mark.parametrize(("silence", "closed"), [(59.9, False), (60.1, True)])
async def test_an_idle_connection_is_closed_if_that_is_wanted(
    silence: float,
    closed: bool,  # noqa: FBT001
) -> None:
    service, gate = _service(Limits(idle=60)), asyncio.Event()
    service.message("gate")(gate.wait)
    async with service.listen("127.0.0.1", 0) as server:
        idle, waiting = [await Peer.connect(server.port) for _ in range(2)]
        waiting.write(request("gate"))
        await until(lambda: server.in_flight)
        _check_time(server, silence)
        await settle()
        gate.set()
        await until(lambda: waiting.bodies)

        assert idle.closed is closed
        assert not waiting.closed
        await idle.aclose()
        await waiting.aclose()


async def test_an_idle_connection_is_noticed_by_the_server_itself() -> None:
    async with peer_of(_service(Limits(idle=0.1))) as peer:
        await until(lambda: peer.closed)


async def test_without_a_limit_an_idle_connection_stays() -> None:
    async with _service().listen("127.0.0.1", 0) as server:
        peer = await Peer.connect(server.port)
        await peer.ask(request("echo"))
        _check_time(server, 1e9)
        (reply,) = await peer.ask(request("echo", "still here"))
        assert reply["response"] == "still here"
        await peer.aclose()


async def test_no_more_is_read_than_may_be_in_flight() -> None:
    service, running, most = Service(limits=Limits(in_flight=3)), 0, 0

    @service.message("wait")
    async def wait() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1

    async with peer_of(service) as peer:
        replies = await peer.ask(
            b"".join(request("wait", 0, str(n)) for n in range(50)), 50
        )

    assert sorted(int(reply["id"]) for reply in replies) == [*range(50)]
    assert most == 3


async def test_what_waits_is_handled_before_more_is_read() -> None:
    service, most = Service(limits=Limits(in_flight=2)), 0

    @service.message("turn")
    async def turn() -> None:
        nonlocal most
        most = max(most, server._shared.budget.used)  # noqa: SLF001 — that is the claim
        await asyncio.sleep(0)

    async with service.listen("127.0.0.1", 0) as server:
        peer = await Peer.connect(server.port)
        await peer.ask(request("turn", "x" * 1_000) * 5_000, 5_000)
        await peer.aclose()

    assert most < 1_000_000  # of five


async def test_a_peer_that_never_reads_is_not_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    limits = Limits(write_stall=0.2, write_high=64_000)
    async with _service(limits).listen("127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", server.port, limit=1_000
        )
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # noqa: SLF001
        writer.write(b"".join(request("large", 1_000_000, str(n)) for n in range(200)))
        good = await Peer.connect(server.port)
        (reply,) = await good.ask(request("echo", "fine"))
        assert reply["response"] == "fine"
        await until(lambda: "has read nothing" in caplog.text)
        await until(lambda: server.connections == 1)
        await good.aclose()
        writer.close()


async def test_what_waits_to_be_read_has_a_limit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    limits = Limits(write_buffer=10_000_000)
    async with _service(limits).listen("127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # noqa: SLF001
        writer.write(request("large", 30_000_000))
        await until(lambda: "wait to be read" in caplog.text)
        await until(lambda: not server.connections)
        writer.close()


async def test_unheard_events_do_not_flood_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with peer_of(_service()) as peer:
        await peer.ask(
            frame({"pattern": "x" * 500, "data": 1}) * 1000 + request("echo")
        )

    assert len(caplog.records) == 10  # the 1st, 2nd, 4th … 512th
    assert all(len(record.getMessage()) < 200 for record in caplog.records)


async def test_a_vanished_peer_leaves_nothing_behind() -> None:
    service, gate = _service(), asyncio.Event()
    service.message("gate")(gate.wait)
    async with service.listen("127.0.0.1", 0) as server:
        peer = await Peer.connect(server.port)
        peer.write(request("gate") * 10)
        await until(lambda: server.in_flight == 10)
        (connection,) = server._connections  # noqa: SLF001
        peer.writer.transport.abort()
        await until(lambda: connection.closed)
        assert (server.in_flight, server.connections) == (10, 1)
        gate.set()
        await until(lambda: server.in_flight == 0)
        await until(lambda: server.connections == 0)
        await peer.aclose()


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
async def test_a_call_cancelled_before_it_began_leaves_nothing_behind() -> None:
    begin_tasks_later()
    service = _service()
    async with service.listen("127.0.0.1", 0) as server:

        @service.message("cancel")
        async def cancel() -> int:
            (connection,) = server._connections  # noqa: SLF001 — whose tasks they are
            others = connection.tasks - {asyncio.current_task()}
            return sum(each.cancel() for each in others)

        peer = await Peer.connect(server.port)
        (reply,) = await peer.ask(request("cancel") + request("wait", 9.0) * 5)
        assert reply["response"] == 5
        await until(lambda: server.in_flight == 0)
        (reply,) = await peer.ask(request("echo", "still here"))
        assert reply["response"] == "still here"
        await peer.aclose()


async def test_nagle_is_off() -> None:
    found: list[int] = []
    service = _service()

    @service.message("nodelay")
    def no_delay() -> int:
        return found[-1]

    async with service.listen("127.0.0.1", 0) as server:
        peer = await Peer.connect(server.port)
        await peer.ask(request("echo"))
        (connection,) = server._connections  # noqa: SLF001 — its socket is the claim
        raw = connection._transport.get_extra_info("socket")  # noqa: SLF001
        found.append(raw.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        (reply,) = await peer.ask(request("nodelay"))
        assert reply["response"] == 1
        await peer.aclose()


async def test_reading_can_be_held_while_a_connection_closes() -> None:
    async with _service().listen("127.0.0.1", 0) as server:
        peer = await Peer.connect(server.port)
        await peer.ask(request("echo"))
        (connection,) = server._connections  # noqa: SLF001 — what a shutdown does
        connection.close()
        connection.stop()
        connection.release(STOPPING)
        await until(lambda: peer.closed)
        connection.stop()
        await peer.aclose()


async def test_what_cannot_be_spelled_in_a_log_line_harms_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    deep = b"[" * 5_000 + b"]" * 5_000
    service = _service()

    @service.message("fails")
    def fails(data: object) -> None:
        raise ValueError(data)

    async with peer_of(service) as peer:
        peer.write(encode_frame(b'{"pattern":%b,"data":1}' % deep))
        body = b'{"pattern":"fails","data":%b,"id":"1"}' % deep
        await peer.ask(encode_frame(body))
        await peer.ask(request("echo", 5))

        assert peer.packets[0]["err"]["message"] == "Internal server error"
        assert peer.packets[1]["response"] == 5
    assert "no handler for event <list> (1 such" in caplog.text
    assert "handler of 'fails' failed: <ValueError>" in caplog.text
