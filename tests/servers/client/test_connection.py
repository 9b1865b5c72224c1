"""What a connection does, without sockets between it and the server."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, InvalidJsonError, Json
from servers import ConnectionLostError, Limits, RemoteError
from servers.channel import READER
from servers.client.connection import Connection
from servers.writing import BATCH_FRAMES, LimitError
from tests.servers.ends import End, connected, shared, turns

if TYPE_CHECKING:
    from servers.client.calls import Text


class _Call:
    """A call for every value, which keeps them."""

    def __init__(self) -> None:
        self.full = False
        self.texts: list[Text] = []
        self.ended = False
        self.errors: list[Exception] = []

    def done(self) -> bool:
        return self.ended

    def take(self, text: Text) -> None:
        self.texts.append(text)

    def end(self) -> None:
        self.ended = True

    def set_exception(self, error: Exception) -> None:
        self.errors.append(error)


class _Losses:
    """Keep which connections were lost, and why."""

    def __init__(self) -> None:
        self.seen: list[tuple[Connection, Exception | None]] = []

    def __call__(self, connection: Connection, error: Exception | None) -> None:
        self.seen.append((connection, error))


def _pair(
    limits: Limits | None = None, losses: _Losses | None = None
) -> tuple[Connection, End]:
    connection = Connection(shared(limits), losses or _Losses())
    return connection, connected(connection)


async def _end(connection: Connection) -> None:
    connection.abort()
    await connection.wait_closed()


def _reply(identity: Json, **members: Json) -> dict[str, Json]:
    return {**members, "isDisposed": True, "id": identity}


async def test_a_connection_is_usable_while_it_is_open() -> None:
    connection = Connection(shared(), _Losses())
    seen = [connection.usable]
    end = connected(connection)
    seen.append(connection.usable)
    connection.check_usable()
    end.transport.write_eof()
    await turns()
    seen.append(connection.usable)

    assert seen == [False, True, False]
    with pytest.raises(ConnectionLostError, match="memory:server closed the conn"):
        connection.check_usable()
    await connection.wait_closed()


async def test_a_request_is_sent_and_its_reply_given_back() -> None:
    connection, end = _pair()
    one, two = connection.ask("1", b'{"a":1}'), _Call()
    connection.follow("2", b'{"b":2}', two)
    assert connection.pending == 2
    await turns()
    assert end.packets == [{"a": 1}, {"b": 2}]
    end.send(_reply("1", response=5), {"response": 6, "id": "2"}, _reply("2"))
    await turns()

    assert await one == 5
    assert [bytes(text) for text in two.texts if text is not UNDEFINED] == [b"6"]
    assert two.ended
    assert connection.pending == 0
    await _end(connection)


async def test_a_call_for_one_value_may_get_an_unusual_reply() -> None:
    connection, end = _pair()
    several = connection.ask("1", b"{}")
    failing = connection.ask("2", b"{}")
    whole = connection.ask("3", b"{}")
    end.send(
        {"response": 1, "id": "1"},
        _reply("1", response=2),
        {"err": "e", "id": "2"},
        _reply("3", response=5, more=1),
    )
    await turns()

    assert await several == 2
    with pytest.raises(RemoteError, match="e"):
        await failing
    assert await whole == _reply("3", response=5, more=1)
    assert connection.pending == connection.unclaimed == 0
    await _end(connection)


@pytest.mark.parametrize(
    "packet",
    [
        _reply("unknown"),
        _reply(5),
        _reply(None),
        {"pattern": "event", "data": 1},
        {"pattern": "request", "data": 1, "id": "2"},
        {},
        [1],
    ],
)
async def test_what_no_call_waits_for_is_unclaimed(packet: Json) -> None:
    connection, end = _pair()
    future = connection.ask("1", b"{}")
    end.send(packet, _reply("1", response=1))
    await turns()

    assert await future == 1
    assert connection.unclaimed == 1
    await _end(connection)


async def test_replies_to_a_call_that_was_forgotten_are_unclaimed() -> None:
    connection, end = _pair()
    connection.ask("1", b"{}")
    connection.follow("2", b"{}", _Call())
    for identity in ("1", "2", "3"):
        connection.forget(identity)
    assert connection.pending == 0
    end.send(_reply("1"), _reply("2"))
    await turns()

    assert connection.unclaimed == 2
    await _end(connection)


async def test_only_streams_that_nobody_reads_hold_reading() -> None:
    connection, _ = _pair()
    one, two = _Call(), _Call()
    connection.follow("1", b"{}", one)
    connection.follow("2", b"{}", two)
    held: list[int] = []

    def crowd() -> None:
        connection.crowded()
        held.append(connection._held)  # noqa: SLF001 — why reading is held

    one.full = True
    crowd()  # the other one is read
    two.full = True
    connection.ask("3", b"{}")
    crowd()  # a call waits for its reply
    connection.forget("3")
    crowd()
    connection.relieved()
    held.append(connection._held)  # noqa: SLF001
    connection.relieved()
    for send in (
        lambda: connection.ask("4", b"{}"),
        lambda: connection.follow("5", b"{}", _Call()),
    ):
        connection.hold(READER)
        send()
        held.append(connection._held)  # noqa: SLF001

    assert held == [0, 0, READER, 0, 0, 0]
    connection.forget("4")
    await _end(connection)


@pytest.mark.parametrize("cause", ["closed", "broken"])
async def test_every_call_fails_when_the_connection_is_lost(cause: str) -> None:
    losses = _Losses()
    connection, end = _pair(losses=losses)
    waiting, cancelled = connection.ask("1", b"{}"), connection.ask("2", b"{}")
    stream, ended = _Call(), _Call()
    connection.follow("3", b"{}", stream)
    connection.follow("4", b"{}", ended)
    cancelled.cancel()
    ended.ended = True
    if cause == "broken":
        end.transport.write(b"abc#")
    else:
        end.transport.close()
    await connection.wait_closed()

    with pytest.raises(ConnectionLostError) as raised:
        await waiting
    (lost,) = stream.errors
    assert isinstance(lost, ConnectionLostError)
    assert not ended.errors
    assert connection.pending == 0
    ((connected_before, error),) = losses.seen
    assert connected_before is connection
    assert raised.value.__cause__ is lost.__cause__ is error
    words = "corrupted length 'abc'" if cause == "broken" else "closed the connection"
    assert words in str(lost)
    assert str(lost).startswith("memory:server")
    assert (error is None) == (cause == "closed")


async def test_what_breaks_the_protocol_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    connection, _ = _pair()
    connection.broken(LimitError("first"))
    connection.broken(LimitError("second"))
    await connection.wait_closed()

    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "memory:server: closed: first"
    assert record.__dict__["peer"] == "memory:server"


async def test_a_body_that_is_not_json_ends_the_connection() -> None:
    connection, end = _pair()
    good = b'{"response":1,"isDisposed":true,"id":"1"}'
    future = connection.ask("1", b"{}")

    assert connection.bodies_received([good, b"{bad"]) == 1
    with pytest.raises(InvalidJsonError):
        connection.bodies_received([b"{bad", good])
    assert await future == 1
    end.transport.close()
    await connection.wait_closed()


async def test_of_many_calls_an_eighth_may_wait_for_a_write() -> None:
    connection, end = _pair()
    for number in range(800):
        connection.ask(str(number), b"{}")
    end.send(_reply("0"))
    await turns()
    batches = [connection.batch]
    for number in range(1, 800):
        connection.forget(str(number))
    end.send(_reply("unknown"))
    await turns()

    assert [*batches, connection.batch] == [100, BATCH_FRAMES]
    await _end(connection)


async def test_the_call_after_one_that_was_alone_waits_for_no_other() -> None:
    connection, end = _pair()
    connection.ask("0", b"{}")
    end.send(_reply("0"))
    await turns()
    alone = connection.batch
    connection.ask("1", b"{}")
    left = [len(connection._out)]  # noqa: SLF001
    for number in range(2, 9):
        connection.ask(str(number), b"{}")
    left.append(len(connection._out))  # noqa: SLF001

    assert [alone, connection.batch] == [1, BATCH_FRAMES]
    assert left == [0, 7]
    await turns()
    assert len(end.packets) == 9
    end.send(*(_reply(str(number)) for number in range(1, 9)))
    await turns()
    assert connection.pending == 0
    await _end(connection)


async def test_closing_waits_for_the_server_for_so_long() -> None:
    connection, end = _pair(Limits(closing=0.02))
    end.transport.pause_reading()
    connection.send(b"{}")
    connection.close()
    assert not connection.usable
    await connection.wait_closed()


async def test_a_server_that_stalls_inside_a_frame_is_left() -> None:
    losses = _Losses()
    connection, end = _pair(Limits(partial_frame=0.05), losses)
    end.transport.write(b"100#{")
    await connection.wait_closed()

    ((_, error),) = losses.seen
    assert isinstance(error, LimitError)
    assert "inside a frame" in str(error)


async def test_the_look_at_late_servers_ends_with_the_connection() -> None:
    loop, timers = asyncio.get_running_loop(), list[asyncio.TimerHandle]()
    connection, _ = _pair()
    assert connection._timer is not None  # noqa: SLF001 — that is the claim
    timers.append(connection._timer)  # noqa: SLF001
    assert round(timers[0].when() - loop.time(), 3) <= 1.0
    await _end(connection)

    assert timers[0].cancelled()
