"""Frames taken many at a time are those that are taken one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import FrameDecoder, LengthUnit, encode_frame
from tests.strategies import cuts, read_together, read_with, streams, wild_streams

LOG = encode_frame('{"pattern":"log","data":"求和1111😀"}'.encode())
SUM = b'24#{"pattern":"p","data":1}'
_SHORT = st.integers(0, 1_200).map(lambda size: encode_frame(b"7" * size))


@given(
    st.lists(_SHORT | st.sampled_from([SUM, LOG]), max_size=6).map(b"".join)
    | streams
    | wild_streams,
    st.sampled_from(LengthUnit),
    st.integers(1, 4),
    st.data(),
)
def test_frames_taken_together_are_those_taken_one_by_one(
    stream: bytes, unit: LengthUnit, limit: int, data: st.DataObject
) -> None:
    pieces = data.draw(cuts(stream))
    one_by_one, together = FrameDecoder(unit=unit), FrameDecoder(unit=unit)

    assert read_together(together, pieces, limit) == read_with(one_by_one, pieces)
    assert together.buffered == one_by_one.buffered
    assert together.buffered_units == one_by_one.buffered_units


def test_no_more_frames_are_taken_together_than_were_asked_for() -> None:
    decoder = FrameDecoder()
    decoder.receive_data(SUM * 5)

    assert [len(decoder.next_bodies(2)) for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.parametrize(
    "first", [b"7#1234567", b"10#\xff12345678\xc3\xa9", encode_frame(b"7" * 1_000)]
)
def test_a_frame_that_is_not_quick_is_left_for_the_longer_way(first: bytes) -> None:
    decoder = FrameDecoder()
    decoder.receive_data(first + SUM)

    assert decoder.next_bodies() == []
    assert decoder.consumed == 0
    assert decoder.next_frame() is not None
    assert decoder.next_bodies() == [SUM[3:]]
    assert decoder.consumed == len(first + SUM)


@pytest.mark.parametrize("unit", [LengthUnit.UTF8, LengthUnit.CODE_POINTS])
def test_in_another_unit_no_frames_are_taken_together(unit: LengthUnit) -> None:
    decoder = FrameDecoder(unit=unit)
    decoder.receive_data(SUM)

    assert decoder.next_bodies() == []
    assert decoder.next_frame() is not None


def test_where_a_length_was_read_no_frames_are_taken_together() -> None:
    decoder = FrameDecoder()
    decoder.receive_data(b"24#")
    assert decoder.next_frame() is None
    decoder.receive_data(SUM[3:] + SUM)

    assert decoder.next_bodies() == []
    assert decoder.next_frame() is not None
    assert decoder.next_bodies() == [SUM[3:]]


def test_frames_that_are_taken_together_no_longer_count_as_buffered() -> None:
    decoder = FrameDecoder()
    decoder.receive_data((LOG + SUM) * 2 + LOG[:-1])

    assert decoder.next_bodies(3) == [LOG[3:], SUM[3:], LOG[3:]]
    assert decoder.buffered == len(SUM + LOG) - 1
    assert decoder.buffered_units == (3 + 24) + (3 + 35) - 1
    assert decoder.next_bodies() == [SUM[3:]]
    decoder.receive_data(LOG[-1:])
    assert decoder.next_frame() is not None
    assert (decoder.buffered, decoder.buffered_units) == (0, 0)
