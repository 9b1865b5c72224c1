"""Holes are given up, and connections forgotten, where limits are reached."""

from __future__ import annotations

import pytest

import inspector
from inspector.limits import Limits
from inspector.streams.items import Chunk, Closed, Gap, Limited
from tests.inspector.assembled import Item, reassemble
from tests.inspector.conversation import CLIENT, SERVER, Conversation, Wire
from tests.steps import steps_in

_PIECE = 1_000
_OVERHEAD = 256  # of each piece, about


def _reassemble(wire: Wire, limits: Limits) -> list[Item]:
    return reassemble(wire.records, limits)


def _behind_a_hole(wire: Wire, pieces: int, client: str) -> Conversation:
    """Capture pieces of which the first waits for a byte that never comes."""
    call = wire.connect(client=client).send(CLIENT, b"!", captured=False)
    for _ in range(pieces):
        call.send(CLIENT, b"x" * _PIECE)
    return call


@pytest.mark.parametrize(("pieces", "given_up"), [(8, 0), (12, 1)])
def test_a_hole_is_given_up_when_too_much_of_its_connection_waits(
    pieces: int, given_up: int
) -> None:
    wire = Wire()
    _behind_a_hole(wire, pieces, "10.0.0.1:40000")
    items = _reassemble(wire, Limits(connection_memory=10 * (_PIECE + _OVERHEAD)))
    limited = [item for item in items if isinstance(item, Limited)]

    assert [item.limit for item in limited] == ["connection_memory"] * given_up
    assert sum(isinstance(item, Gap) for item in items) == 1
    data = b"".join(item.data for item in items if isinstance(item, Chunk))
    assert data == b"x" * _PIECE * pieces
    if limited:
        # The hole is reported with the packet that was one too many, not at the end.
        assert items.index(limited[0]) + 1 == next(
            index for index, item in enumerate(items) if isinstance(item, Gap)
        )
        assert limited[0].packet < len(wire.records)


def test_both_directions_of_a_connection_count() -> None:
    wire = Wire()
    call = _behind_a_hole(wire, 4, "10.0.0.1:40000")
    call.acked[SERVER] = 1_001  # nothing of it arrived, as far as the server says
    acked = call.next_seq[SERVER]
    call.send(SERVER, b"!", captured=False)
    for _ in range(4):
        call.acked[SERVER] = 1_001
        call.send(SERVER, b"y" * _PIECE)
        call.acked[CLIENT] = acked
    items = _reassemble(wire, Limits(connection_memory=7 * (_PIECE + _OVERHEAD)))

    (limited,) = (item for item in items if isinstance(item, Limited))
    assert (limited.limit, limited.direction.side) == ("connection_memory", SERVER)


def test_of_all_connections_the_one_with_most_gives_its_hole_up() -> None:
    wire = Wire()
    _behind_a_hole(wire, 2, "10.0.0.1:40000")
    _behind_a_hole(wire, 5, "10.0.0.1:40001")
    _behind_a_hole(wire, 4, "10.0.0.1:40002")
    items = _reassemble(wire, Limits(memory=10 * (_PIECE + _OVERHEAD)))

    (limited,) = (item for item in items if isinstance(item, Limited))
    assert limited.limit == "memory"
    assert limited.direction.connection.number == 2


def test_an_eighth_of_the_memory_is_free_after_holes_were_given_up() -> None:
    wire = Wire()
    for port in range(40_000, 40_008):
        _behind_a_hole(wire, 2, f"10.0.0.1:{port}")
    _behind_a_hole(wire, 1, "10.0.0.1:50000")
    items = _reassemble(wire, Limits(memory=16 * (_PIECE + _OVERHEAD)))

    given_up = [item for item in items if isinstance(item, Limited)]
    assert [each.direction.connection.number for each in given_up] == [1, 2]


def test_many_connections_with_holes_take_linear_time() -> None:
    def steps(count: int) -> int:
        wire = Wire()
        calls = [
            _behind_a_hole(wire, 1, f"10.0.0.1:{10_000 + n}") for n in range(count)
        ]
        for _ in range(3):
            for call in calls:
                call.send(CLIENT, b"!", captured=False).send(CLIENT, b"x" * _PIECE)
        limits = Limits(memory=2 * count * (_PIECE + _OVERHEAD))
        return steps_in(inspector, lambda: _reassemble(wire, limits))

    assert steps(400) < 4.4 * steps(100)


def test_what_was_given_up_is_not_counted_any_more() -> None:
    wire = Wire()
    for number in range(20):
        _behind_a_hole(wire, 5, f"10.0.0.1:{40_000 + number}").ack(SERVER)
    items = _reassemble(wire, Limits(memory=6 * (_PIECE + _OVERHEAD)))

    assert not any(isinstance(item, Limited) for item in items)
    assert sum(isinstance(item, Gap) for item in items) == 20


def test_the_connection_that_was_silent_for_longest_is_forgotten_first() -> None:
    wire = Wire()
    calls = [wire.connect(client=f"10.0.0.1:{40_000 + index}") for index in range(4)]
    for index in (2, 0, 3, 1):
        calls[index].send(CLIENT, b"hello")
    wire.connect(client="10.0.0.1:50000")
    items = _reassemble(wire, Limits(connections=4))

    (limited,) = (item for item in items if isinstance(item, Limited))
    assert (limited.limit, limited.direction.connection.number) == ("connections", 3)
    closed = [item for item in items if isinstance(item, Closed)]
    assert [(item.connection.number, item.cause) for item in closed] == [
        (3, "limit"),
        *((number, "end") for number in (1, 2, 4, 5)),
    ]


def test_a_forgotten_connection_begins_anew_without_its_syn() -> None:
    wire = Wire()
    first = wire.connect(client="10.0.0.1:40000").send(CLIENT, b"one")
    wire.connect(client="10.0.0.1:40001")
    first.send(CLIENT, b"two")
    items = _reassemble(wire, Limits(connections=1))

    chunks = [item for item in items if isinstance(item, Chunk)]
    assert [item.data for item in chunks] == [b"one", b"two"]
    assert [item.direction.connection.number for item in chunks] == [1, 3]
    assert not any(isinstance(item, Gap) for item in items)


def test_what_comes_behind_the_end_of_a_connection_takes_no_memory() -> None:
    wire = Wire()
    old = wire.connect(client="10.0.0.1:40000").reset(CLIENT)
    late = _behind_a_hole(wire, 0, "10.0.0.1:40002").send(CLIENT, b"w" * 5_000)
    for place in range(4):  # smaller together than what waits, and too much with it
        seq = old.next_seq[CLIENT] + 10_000 + 2_000 * place
        old.segment(CLIENT, b"x" * _PIECE, flags="A", seq=seq)
    late.send(CLIENT, b"waits, too")
    items = _reassemble(wire, Limits(memory=10 * _PIECE))

    assert not [item for item in items if isinstance(item, Limited)]
    read = [item.data for item in items if isinstance(item, Chunk)]
    assert read == [b"w" * 5_000, b"waits, too"]
