from __future__ import annotations

import gzip
import os
from io import BytesIO
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from inspector.sources.blocks import BlockReader


class _Trickle(BytesIO):
    """A pipe that gives a few bytes at a time."""

    def read1(self, size: int | None = -1, /) -> bytes:
        return self.read(min(3, cast("int", size)))


@given(
    data=st.binary(max_size=60),
    sizes=st.lists(st.integers(0, 20), max_size=8),
    trickle=st.booleans(),
)
def test_what_is_taken_piece_by_piece_is_the_file(
    data: bytes, sizes: list[int], *, trickle: bool
) -> None:
    reader = BlockReader(_Trickle(data) if trickle else BytesIO(data), "file")

    pieces = [reader.take(size) for size in sizes]

    taken = b"".join(pieces)
    assert data.startswith(taken)
    assert len(taken) == min(sum(sizes), len(data))
    assert all(len(piece) <= size for piece, size in zip(pieces, sizes, strict=True))


@given(st.binary(max_size=40), st.integers(0, 50))
def test_to_peek_reads_nothing(data: bytes, size: int) -> None:
    reader = BlockReader(BytesIO(data), "file")

    assert reader.peek(size) == data[:size]
    assert reader.peek(size) == data[:size]
    assert reader.take(len(data)) == data


def test_a_window_is_filled_as_far_as_the_file_goes() -> None:
    reader = BlockReader(_Trickle(b"0123456789"), "file")

    assert reader.fill(7)
    assert reader.left >= 7
    assert not reader.fill(11)
    assert reader.left == 10


def test_a_pipe_is_not_waited_for_longer_than_it_takes() -> None:
    readable, writable = os.pipe()
    with os.fdopen(readable, "rb") as file:
        os.write(writable, b"01234567")
        try:
            assert BlockReader(file, "pipe").take(4) == b"0123"
        finally:
            os.close(writable)


def test_unread_bytes_stay_when_the_window_moves() -> None:
    reader = BlockReader(_Trickle(b"abcdefghij"), "file")
    reader.take(2)
    reader.fill(5)
    reader.position += 1

    assert reader.take(3) == b"def"


def test_a_file_of_pythons_own_that_ends_too_early_ends_there() -> None:
    packed = gzip.compress(b"abcdefghij" * 1_000)[:-8]
    reader = BlockReader(gzip.GzipFile(fileobj=BytesIO(packed)), "file")

    assert reader.take(10_000) == b"abcdefghij" * 1_000
    assert reader.take(1) == b""
    assert reader.problem.startswith("compressed file ended before")
