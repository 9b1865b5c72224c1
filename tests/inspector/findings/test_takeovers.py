from __future__ import annotations

from inspector.calls.seen import Upkeep
from inspector.carriers.base import Idle
from inspector.findings.evidence import place_of
from inspector.findings.takeovers import MOST, TakeOvers
from inspector.streams.connections import Ending
from inspector.streams.items import Closed
from inspector.streams.packets import DataPacket
from tests.inspector.conversation import Wire, inspected
from tests.inspector.over_mqtt import called, peer, worker


def _greeting(session: str, number: int) -> Upkeep:
    """Return what says that a new connection has a session."""
    wire = Wire()
    called(peer(wire), worker(wire, "sum"))
    (call,) = inspected(wire.records).exchanges
    unit = Idle(side=0, begin=0, end=1, verb="CONNECT", session=session)
    call.connection.closed = False
    direction = call.connection.directions[0]
    return Upkeep(direction, unit, [DataPacket(number, 0, 0, 1)])


def _closed(greeting: Upkeep, side: int | None) -> Closed:
    connection = greeting.direction.connection
    connection.ending = None if side is None else Ending(side, False, 9, 0)  # noqa: FBT003
    return Closed(connection, 0, "close")


def test_a_client_that_the_broker_ended_for_another_has_lost_its_session() -> None:
    sessions, first, second = TakeOvers(), _greeting("a", 1), _greeting("a", 5)
    sessions.note(first)
    sessions.note(second)
    (taken,) = sessions.settle(_closed(first, 1))

    assert (taken.session, taken.packet, place_of(taken).packet) == ("a", 9, 5)
    assert place_of(taken).connection is second.direction.connection
    assert not list(sessions.settle(_closed(second, 1)))


def test_one_that_left_by_itself_has_not() -> None:
    for side in (0, None):
        sessions, first = TakeOvers(), _greeting("a", 1)
        sessions.note(first)
        sessions.note(_greeting("a", 5))
        assert not list(sessions.settle(_closed(first, side)))


def test_another_name_and_none_take_nothing_over() -> None:
    for name in ("b", ""):
        sessions, first = TakeOvers(), _greeting("a", 1)
        sessions.note(first)
        sessions.note(_greeting(name, 5))
        assert not list(sessions.settle(_closed(first, 1)))


def test_the_oldest_sessions_are_forgotten() -> None:
    sessions, first = TakeOvers(), _greeting("0", 1)
    for number in range(MOST + 1):
        unit = Idle(side=0, begin=0, end=1, verb="CONNECT", session=str(number))
        sessions.note(Upkeep(first.direction, unit, first.records))
    sessions.note(_greeting("0", 5))

    assert not list(sessions.settle(_closed(first, 1)))
