"""What a connection does, without sockets between it and its peer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from protocol import UNDEFINED, Event, InvalidJsonError
from servers import Limits
from servers.channel import IN_FLIGHT, STOPPING, WRITING
from servers.server.connection import Connection
from servers.server.desk import Desk
from servers.server.registry import Registry
from servers.writing import LimitError
from tests.servers.ends import End, begin_tasks_later, connected, shared, turns
from tests.servers.respondents import Standing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_REQUEST = {"pattern": "echo", "data": 1, "id": "1"}
_REPLY = {"response": 1, "isDisposed": True, "id": "1"}


class _Owner(Standing):
    """Count connections, as many as there is room for."""

    def __init__(self, room: int = 1) -> None:
        self.room = room
        self.dismissed: list[Connection] = []

    def admit(self, connection: Connection) -> bool:
        assert connection.peer
        self.room -= 1
        return self.room >= 0

    def dismiss(self, connection: Connection) -> None:
        assert connection.closed
        self.dismissed.append(connection)


def _registry() -> Registry:
    registry = Registry()
    registry.message("echo")(lambda data: data)

    @registry.message("later")
    async def later(data: int) -> int:
        return data

    @registry.message("never")
    async def never() -> None:
        await asyncio.Event().wait()

    @registry.message("endless")
    async def endless() -> AsyncIterator[int]:
        yield 1
        await asyncio.Event().wait()

    return registry


def _pair(
    limits: Limits | None = None, owner: _Owner | None = None
) -> tuple[Connection, End]:
    desk = Desk(_registry().handlers)
    connection = Connection(owner or _Owner(), desk, shared(limits), 5)
    return connection, connected(connection)


async def _end(connection: Connection) -> None:
    await turns()  # or tasks would be cancelled before they have begun
    connection.cancel()
    connection.abort()
    await connection.wait_closed()
    if connection.tasks:
        await asyncio.wait(connection.tasks)


async def test_requests_are_answered_and_counted() -> None:
    connection, end = _pair()
    end.send(_REQUEST, {"pattern": "later", "data": 2, "id": "2"})
    await turns()

    assert end.packets == [_REPLY, {"response": 2, "isDisposed": True, "id": "2"}]
    assert connection.number == 5
    assert connection.in_flight == 0
    await _end(connection)


async def test_a_connection_without_room_is_closed_and_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    owner = _Owner(room=0)
    connection, end = _pair(owner=owner)
    end.transport.write(b"abc#")
    await connection.wait_closed()
    await turns()

    assert end.lost or end.ended
    assert owner.dismissed == [connection]
    assert not caplog.records


async def test_streams_end_with_the_connection_and_other_calls_go_on() -> None:
    owner = _Owner()
    connection, end = _pair(owner=owner)
    end.send(
        {"pattern": "never", "id": "1"},
        {"pattern": "endless", "id": "2"},
        {"pattern": "endless"},  # an event, whose values nobody reads anyway
    )
    await turns()
    assert connection.in_flight == 3
    end.transport.abort()
    await connection.wait_closed()
    await turns()

    assert connection.in_flight == 2
    assert owner.dismissed == [connection]
    await _end(connection)


@pytest.mark.parametrize(("rest", "lines"), [(b"9#{", 1), (b"", 0), (b"4#{bad", 1)])
async def test_the_end_of_a_stream_may_be_inside_a_frame(
    rest: bytes, lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    connection, end = _pair()
    end.send(_REQUEST)
    end.transport.write(rest)
    end.transport.write_eof()
    await connection.wait_closed()

    assert len(caplog.records) == lines
    assert ("inside a frame" in caplog.text) == (rest == b"9#{")


async def test_reading_stops_while_the_peer_does_not_read() -> None:
    connection, end = _pair(Limits(write_high=10))
    end.transport.pause_reading()
    end.send(_REQUEST)
    await turns()
    paused = [connection.write_paused]
    assert connection._held == WRITING  # noqa: SLF001 — why reading is held
    end.send(_REQUEST)
    await turns()

    end.transport.resume_reading()
    await turns()
    assert [*paused, connection.write_paused] == [True, False]
    assert end.packets == [_REPLY] * 2
    await _end(connection)


async def test_bodies_are_handled_up_to_one_that_breaks_the_protocol() -> None:
    connection, end = _pair()
    good = b'{"pattern":"echo","data":1,"id":"1"}'

    assert connection.bodies_received([good, b"[1]", good]) == 3
    assert connection.bodies_received([good, good, b"{bad", good]) == 2
    with pytest.raises(InvalidJsonError):
        connection.bodies_received([b"{bad", good])
    await turns()
    assert end.packets == [_REPLY] * 4
    await _end(connection)


async def test_bodies_are_handled_until_reading_is_held() -> None:
    connection, end = _pair(Limits(in_flight=2))
    never = b'{"pattern":"never","id":"1"}'

    assert connection.bodies_received([never] * 5) == 2
    assert connection._held == IN_FLIGHT  # noqa: SLF001
    assert connection.in_flight == 2
    await _end(connection)
    assert not end.packets


async def test_nothing_is_answered_after_the_protocol_was_broken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    connection, end = _pair()
    end.send(_REQUEST)
    end.transport.write(b"abc#")
    await turns()
    assert end.ended
    assert not end.lost
    assert end.packets == []
    end.send(_REQUEST)
    end.transport.write(b"abc#")
    await turns()

    assert end.packets == []
    assert len(caplog.records) == 1
    await _end(connection)


async def test_a_peer_that_does_not_close_its_half_is_dropped() -> None:
    connection, end = _pair(Limits(closing=0.02))
    end.transport.write(b"abc#")
    await connection.wait_closed()

    assert end.ended


async def test_a_transport_without_halves_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection, end = _pair()
    monkeypatch.setattr(connection._transport, "can_write_eof", lambda: False)  # noqa: SLF001
    end.transport.write(b"abc#")
    await connection.wait_closed()

    assert end.ended


async def test_a_limit_that_is_exceeded_is_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    connection, _ = _pair()
    connection.broken(LimitError("too much"))
    connection.broken(LimitError("still too much"))

    (record,) = caplog.records
    assert record.getMessage() == f"{connection.peer}: closed: too much"
    assert record.__dict__["peer"] == connection.peer
    assert record.__dict__["connection"] == 5
    await _end(connection)


async def _nothing() -> None:
    """Do nothing, in a task."""


@pytest.mark.parametrize("reading", [False, True])
async def test_tasks_are_starting_until_the_loop_has_turned(
    reading: bool,  # noqa: FBT001
) -> None:
    begin_tasks_later()
    connection, end = _pair()
    if reading:
        end.send({"pattern": "never", "id": "1"})
        await asyncio.sleep(0)
    else:
        connection.start(_nothing())
    starting = [connection.starting]
    await turns()
    assert [*starting, connection.starting] == [True, False]
    await _end(connection)


async def test_the_reply_of_a_task_leaves_in_the_turn_that_it_runs_in() -> None:
    begin_tasks_later()
    connection, end = _pair()
    end.send({"pattern": "later", "data": 1, "id": "1"})
    await asyncio.sleep(0)  # read
    await asyncio.sleep(0)  # run, and written
    await asyncio.sleep(0)  # arrived

    assert end.packets == [_REPLY]
    await _end(connection)


async def test_a_shutdown_holds_reading_and_cancels_what_runs() -> None:
    connection, end = _pair()
    end.send({"pattern": "never", "id": "1"})
    await turns()
    connection.stop()
    assert connection._held == STOPPING  # noqa: SLF001
    end.send(_REQUEST)
    await turns()
    connection.cancel()
    await turns()

    assert connection.in_flight == 0
    assert end.packets == []
    await _end(connection)


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
async def test_a_task_that_never_ran_is_swept_away() -> None:
    begin_tasks_later()
    connection, _ = _pair(Limits(in_flight=1))
    connection.start(_nothing())
    connection.cancel()
    await turns()
    assert connection.in_flight == 1
    assert connection._held == IN_FLIGHT  # noqa: SLF001
    connection.sweep()

    assert connection.in_flight == 0
    assert connection._held == 0  # noqa: SLF001
    await _end(connection)


async def test_events_without_a_handler_are_logged_more_and_more_rarely(
    caplog: pytest.LogCaptureFixture,
) -> None:
    connection, _ = _pair()
    event: Any = Event("x" * 500)
    for _ in range(9):
        connection.unhandled(event)
    connection.unhandled(Event(UNDEFINED))

    counts = [record.getMessage().split("(")[1] for record in caplog.records]
    assert counts == [f"{count} such from this peer)" for count in (1, 2, 4, 8)]
    message = caplog.records[0].getMessage()
    assert message.startswith(f"{connection.peer}: no handler for event '{'x' * 79} (")
    assert caplog.records[0].__dict__["connection"] == 5
    await _end(connection)


@pytest.mark.parametrize(
    ("limit", "idle", "calls", "closed"),
    [
        (60, 59.9, 0, False),
        (60, 60.1, 0, True),
        (60, 60.1, 1, False),
        (0, 1e9, 0, False),
    ],
)
async def test_an_idle_connection_is_closed_unless_it_is_awaited(
    limit: float,
    idle: float,
    calls: int,
    closed: bool,  # noqa: FBT001
) -> None:
    connection, end = _pair(Limits(idle=limit))
    end.send(*[{"pattern": "never", "id": "1"}] * calls)
    await turns()
    connection.check_time(connection.last_read + idle)
    await turns()

    assert end.ended is closed
    await _end(connection)


async def test_what_the_peer_reads_keeps_a_connection_from_being_idle() -> None:
    connection, end = _pair(Limits(idle=60))
    connection.last_write = connection.last_read + 30
    ended: list[bool] = []
    for idle in (89, 91):
        connection.check_time(connection.last_read + idle)
        await turns()
        ended.append(end.ended)

    assert ended == [False, True]
    await _end(connection)
