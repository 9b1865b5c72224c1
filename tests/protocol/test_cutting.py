"""Many short frames cut in one go: by themselves, and in a decoder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import FrameDecoder, LengthUnit, encode_frame
from protocol.cutting import LONGEST_SHORT, cut_ascii, cut_text
from tests.strategies import cuts, read_together, read_with, streams, wild_streams

SUM = b'24#{"pattern":"p","data":1}'
LOG = encode_frame('{"pattern":"log","data":"求和1111😀"}'.encode())


def test_ascii_is_cut_where_it_stands() -> None:
    assert cut_ascii(b"xx" + SUM * 3, 2, 8) == ([SUM[3:]] * 3, 2 + 3 * len(SUM))


def test_other_text_is_cut_by_its_code_units() -> None:
    bodies, end, units = cut_text(b"xx" + LOG + SUM, 2, 8)

    assert bodies == [LOG[3:], SUM[3:]]
    assert end == 2 + len(LOG + SUM)
    assert units == 3 + 35 + 3 + 24


@pytest.mark.parametrize("size", [10, 99, 100, LONGEST_SHORT])
def test_headers_of_two_and_three_digits_are_known(size: int) -> None:
    body = b"7" * size

    assert cut_ascii(encode_frame(body), 0, 1)[0] == [body]
    assert cut_text(encode_frame(body), 0, 4)[0] == [body]


@pytest.mark.parametrize(
    "frame",
    [
        encode_frame(b"7" * 9),
        encode_frame(b"7" * (LONGEST_SHORT + 1)),
        b"024#" + SUM[3:],
        b"x#",
        SUM[:-1],
    ],
)
def test_a_cut_ends_in_front_of_any_other_frame(frame: bytes) -> None:
    assert cut_ascii(SUM + frame, 0, 8) == ([SUM[3:]], len(SUM))
    assert cut_text(SUM + frame, 0, 8) == ([SUM[3:]], len(SUM), len(SUM))


@pytest.mark.parametrize("place", [0, 1])
def test_no_frame_is_cut_inside_a_character(place: int) -> None:
    half = b"10#" + "123456789😀".encode()
    bodies, end, _ = cut_text(LOG * place + half, 0, 8)

    assert (len(bodies), end) == (place, len(LOG * place))


def test_invalid_text_is_not_cut() -> None:
    assert cut_text(SUM + b"10#\xff123456789", 0, 8) == ([], 0, 0)


def test_a_frame_beyond_what_is_looked_at_is_left() -> None:
    body = ("求" * 300).encode()

    assert cut_text(encode_frame(body), 0, 1) == ([], 0, 0)
    assert cut_text(encode_frame(body), 0, 4)[0] == [body]


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
