from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.streams.packets import DataPacket
from inspector.tls.plaintext import split


@given(
    st.binary(max_size=40),
    st.integers(5, 13),
    st.lists(st.integers(1, 30), min_size=1, max_size=6),
)
def test_every_packet_has_a_byte_as_far_as_there_are_enough(
    plain: bytes, begin: int, sizes: list[int]
) -> None:
    parts = [(DataPacket(n, n, 0, 0), size) for n, size in enumerate(sizes)]

    pieces = split(plain, begin, parts)

    assert b"".join(data for _, data in pieces) == plain
    assert len(pieces) == min(len(plain), len(sizes))
    assert all(data for _, data in pieces)
    numbers = [packet.number for packet, _ in pieces]
    assert numbers == sorted(numbers)


def test_a_byte_is_in_the_packet_that_carried_it() -> None:
    first, second = DataPacket(1, 1, 0, 0), DataPacket(2, 2, 0, 0)

    pieces = split(b"abcdef", 5, [(first, 7), (second, 20)])

    assert pieces == [(first, b"ab"), (second, b"cdef")]
