from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

import inspector
from inspector.streams.packets import DataPacket
from inspector.tcp.reordering import OVERHEAD, Piece, ReorderBuffer
from tests.steps import steps_in

Segments = list[tuple[int, bytes]]

segments = st.lists(
    st.tuples(st.integers(0, 30), st.binary(min_size=1, max_size=12)), max_size=8
)


def _filled(held: Segments) -> ReorderBuffer:
    buffer = ReorderBuffer()
    for number, (start, data) in enumerate(held, start=1):
        end = start + len(data)
        spans = buffer.unclaimed(start, end)
        if spans:
            packet = DataPacket(number, number, start, end)
            buffer.add(Piece(start, end, data, packet), spans)
    return buffer


def _read(buffer: ReorderBuffer, place: int) -> tuple[bytes, list[int]]:
    """Read on from a place: the bytes, and for each the packet that it counts for."""
    data = b""
    carriers: list[int] = []
    while (piece := buffer.pop(place)) is not None:
        data += piece.data[place - piece.start :]
        for start, end, packet in buffer.carriers(place, piece.end):
            carriers += [packet.number] * (end - start)
        place = piece.end
    return data, carriers


def _read_slowly(held: Segments, place: int) -> tuple[bytes, list[int]]:
    """Do the same byte by byte, by the two sentences of the policy."""
    data, current = b"", 0
    carriers: list[int] = []
    while True:
        holding = [
            number
            for number, (start, piece) in enumerate(held, start=1)
            if start <= place < start + len(piece)
        ]
        if not holding:
            return data, carriers
        if current not in holding:
            current = holding[0]
        start, piece = held[current - 1]
        data += piece[place - start : place - start + 1]
        carriers.append(holding[0])
        place += 1


@given(segments, st.integers(0, 12))
def test_what_goes_on_gives_the_bytes_and_what_came_first_is_what_counts(
    held: Segments, place: int
) -> None:
    held = [(start, data) for start, data in held if start + len(data) > place]

    assert _read(_filled(held), place) == _read_slowly(held, place)


@given(segments)
def test_unclaimed_are_the_places_that_nothing_holds(held: Segments) -> None:
    buffer = _filled(held)
    claimed = {
        place for start, data in held for place in range(start, start + len(data))
    }
    spans = buffer.unclaimed(0, 60)

    free = {place for start, end in spans for place in range(start, end)}
    assert free == set(range(60)) - claimed
    assert all(end < start for (_, end), (start, _) in pairwise(spans))


@given(segments)
def test_memory_is_that_of_the_pieces_that_are_left(held: Segments) -> None:
    buffer = _filled(held)
    kept = [data for start, data in held if len(buffer)]
    assert buffer.size <= sum(len(data) + OVERHEAD for data in kept)

    for place in range(60):
        _read(buffer, place)
    assert (len(buffer), buffer.size) == (0, 0)


def test_nothing_goes_on_in_front_of_the_first_piece() -> None:
    buffer = _filled([(5, b"abc"), (9, b"z")])

    assert buffer.pop(4) is None
    assert (buffer.first.start, buffer.end) == (5, 10)
    assert len(buffer) == 2


def test_what_was_read_is_claimed_no_more() -> None:
    whole, part = _filled([(0, b"x" * 10)]), _filled([(0, b"x" * 10)])
    _read(whole, 0)
    assert whole.unclaimed(0, 20) == [(0, 20)]

    part.pop(0)
    assert [each[:2] for each in part.carriers(0, 4)] == [(0, 4)]
    assert part.unclaimed(0, 20) == [(0, 4), (10, 20)]
    assert part.end == 10


def test_a_piece_takes_some_memory_beside_its_data() -> None:
    assert _filled([(3, b"abc")]).size == 3 + OVERHEAD
    assert OVERHEAD == 256


def test_pieces_that_hold_the_same_bytes_take_linear_time() -> None:
    def steps(count: int) -> int:
        buffer = _filled([(1, b"x" * size) for size in range(1, count)])
        return steps_in(inspector, lambda: _read(buffer, 1))

    assert steps(400) < 2.1 * steps(200)


def test_a_piece_over_many_others_that_comes_again_is_compared_with_one_span() -> None:
    def steps(count: int) -> int:
        pieces = [(2 * place, b"x") for place in range(count)]
        buffer = _filled([*pieces, (0, b"y" * 2 * count)])
        return steps_in(inspector, lambda: buffer.unclaimed(0, 2 * count))

    assert steps(400) == steps(200)
