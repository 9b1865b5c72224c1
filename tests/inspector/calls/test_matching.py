"""Exchanges are numbered in one order, whatever makes them."""

from __future__ import annotations

from inspector.calls.exchanges import Exchange
from inspector.calls.matching import Matching, Tally
from inspector.calls.pairing import Pairing
from inspector.streams.connections import Connection, Direction
from inspector.streams.endpoints import Endpoint
from inspector.streams.packets import DataPacket
from protocol import Event, Response


def _seen(pairing: Pairing, number: int, packet: Event | Response) -> Exchange:
    ends = Endpoint("10.0.0.1", 40_000 + number), Endpoint("10.0.0.2", 8888)
    connection = Connection(number, ends, 1, 0)
    connection.directions = Direction(connection, 0), Direction(connection, 1)
    direction, record = connection.directions[0], DataPacket(1, 0, 0, 1)
    found = pairing.see(direction, packet, 10, [record])
    assert isinstance(found, Exchange)
    return found


def test_several_count_in_one_tally() -> None:
    tally = Tally()
    one, other = Pairing(tally), Pairing(tally)
    sent: list[tuple[Pairing, Event | Response]] = [
        (one, Event("a")),
        (other, Event("b")),
        (other, Response("x", is_disposed=True)),
        (one, Event("c")),
    ]
    found = [
        _seen(pairing, number, packet) for number, (pairing, packet) in enumerate(sent)
    ]

    assert [each.number for each in found] == [1, 2, 3, 4]
    assert [each.ledger.number for each in found] == [1, 2, 3, 4]
    assert (tally.exchanges, tally.replies) == (4, 1)


def test_pairing_is_one_of_them_and_counts_by_itself_where_it_is_alone() -> None:
    matching: Matching = Pairing()

    assert list(matching.waiting()) == []
    assert _seen(Pairing(), 1, Event("a")).number == 1
