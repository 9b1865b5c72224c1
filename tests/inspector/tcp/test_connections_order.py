"""Which segment is an ordinary next one, and when a connection is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.streams.packets import DataPacket
from inspector.tcp.reordering import Piece
from tests.inspector.tcp.segments import opened

if TYPE_CHECKING:
    from inspector.tcp.connections import Connection

_UNKNOWN = -1


def _expected(connection: Connection) -> list[int]:
    connection.settle()
    return [direction.expected for direction in connection.directions]


def test_the_next_segment_is_expected_where_nothing_is_unusual() -> None:
    connection, first, _ = opened()
    assert _expected(connection) == [1_000, 5_000]
    first.advance(10)

    assert _expected(connection) == [1_010, 5_000]


@pytest.mark.parametrize(
    ("name", "value"),
    [("stopped", True), ("fin", 11), ("_start_seq", _UNKNOWN), ("heard", False)],
    ids=["without room", "lacks bytes before its FIN", "not begun", "not heard"],
)
@pytest.mark.parametrize("side", [0, 1])
def test_what_is_unusual_on_one_side_leaves_nothing_to_expect(
    side: int, name: str, value: object
) -> None:
    connection, *directions = opened()
    directions[side].advance(10)
    setattr(directions[side], name, value)

    assert _expected(connection) == [_UNKNOWN, _UNKNOWN]


def test_a_piece_that_waits_leaves_nothing_to_expect() -> None:
    connection, first, _ = opened()
    first.buffer.add(Piece(5, 6, b"x", DataPacket(1, 0, 5, 6)), [(5, 6)])

    assert _expected(connection) == [_UNKNOWN, _UNKNOWN]


@pytest.mark.parametrize("state", ["closed", "ignored"])
def test_nothing_is_expected_of_a_connection_that_is_over(state: str) -> None:
    connection, _, _ = opened()
    setattr(connection, state, True)

    assert _expected(connection) == [_UNKNOWN, _UNKNOWN]


@pytest.mark.parametrize(("name", "value"), [("provisional", True), ("fin", 0)])
def test_a_direction_that_begins_or_ends_expects_nothing_itself(
    name: str, value: object
) -> None:
    connection, first, _ = opened()
    setattr(first, name, value)

    assert _expected(connection) == [_UNKNOWN, 5_000]


def test_what_is_expected_is_a_sequence_number_however_long_the_stream() -> None:
    connection, first, _ = opened()
    first.advance(2**32)

    assert _expected(connection)[0] == 1_000


@pytest.mark.parametrize(("read", "finished"), [(9, False), (10, True), (11, True)])
def test_a_direction_is_finished_with_its_last_byte(
    read: int, *, finished: bool
) -> None:
    _, direction, _ = opened()
    direction.advance(read)
    assert (direction.finished, direction.undisturbed) == (False, True)
    direction.fin = 10

    assert (direction.finished, direction.undisturbed) == (finished, finished)


@pytest.mark.parametrize(
    ("fins", "reset", "over"),
    [
        ((None, None), False, False),
        ((0, None), False, False),
        ((None, 0), False, False),
        ((0, 0), False, True),
        ((None, None), True, True),
    ],
)
def test_a_connection_is_over_with_both_fins_or_a_reset(
    fins: tuple[int | None, int | None], *, reset: bool, over: bool
) -> None:
    connection, *directions = opened()
    for direction, fin in zip(directions, fins, strict=True):
        direction.heard, direction.fin = True, fin
    connection.reset = reset

    assert connection.finished == over


@pytest.mark.parametrize(
    ("heard", "from_start", "over"),
    [(False, True, True), (True, True, False), (False, False, False)],
)
def test_a_side_that_was_not_captured_since_the_syn_is_not_waited_for(
    *, heard: bool, from_start: bool, over: bool
) -> None:
    connection, first, second = opened()
    first.heard, first.fin = True, 0
    first.from_start, second.heard = from_start, heard

    assert connection.finished == over
