"""Chunks that are one frame may be taken in one step, and nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import Frame, FrameDecoder, FramingError, encode_frame, whole_body

if TYPE_CHECKING:
    from collections.abc import Iterable

_BODIES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([b"{}", b'{"id":"%b"}' % (b"1" * 90), b"9" * 1200]),
    st.sampled_from(["求和", "😀" * 30]).map(str.encode),
)
_CHUNKS = st.lists(
    st.one_of(
        _BODIES.map(encode_frame),
        st.binary(max_size=12),
        st.sampled_from([b"12#0123456789", b"12#01234567890123", b"x#", b"010#"]),
    ),
    max_size=8,
)


def _pulled(decoder: FrameDecoder) -> Iterable[Frame | str]:
    try:
        while (frame := decoder.next_frame()) is not None:
            yield frame
    except FramingError as error:
        yield str(error)
        decoder.reset()


@given(_CHUNKS)
def test_one_step_gives_the_frames_that_two_give(chunks: list[bytes]) -> None:
    one, two = FrameDecoder(), FrameDecoder()
    for chunk in chunks:
        two.receive_data(chunk)
        expected = list(_pulled(two))
        body, place = whole_body(chunk) if one.ready else None, one.consumed
        if body is None:
            one.receive_data(chunk)
            assert list(_pulled(one)) == expected
        else:
            one.pass_over(len(chunk))
            assert [Frame(body, place, len(chunk)), *_pulled(one)] == expected
        assert one.buffered == two.buffered


@pytest.mark.parametrize("length", [10, 99, 100, 999])
def test_the_body_of_one_short_frame_of_ascii_is_known(length: int) -> None:
    body = b"7" * length

    assert whole_body(encode_frame(body)) == body


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"1#7", b"9#123456789", b"12#01234567", b"12#0123456789ab7#", b"x#"),
        *(b"012#0123456789ab", encode_frame(b"7" * 1_000)),
        encode_frame("求和求和求和求和".encode()),
        b"12#" + "求和求和".encode(),  # counted in bytes
    ],
)
def test_any_other_bytes_are_left_alone(data: bytes) -> None:
    assert whole_body(data) is None


@pytest.mark.parametrize("before", [b"2", b"5#", b"\xf0", b"x#"])
def test_nothing_is_passed_over_behind_an_incomplete_frame(before: bytes) -> None:
    decoder = FrameDecoder()
    assert decoder.ready
    decoder.receive_data(before)
    list(_pulled(decoder))

    assert decoder.ready is (before == b"x#")


def test_a_frame_that_may_be_above_a_limit_is_left_to_the_other_way() -> None:
    assert not FrameDecoder(max_units=12).ready
    assert not FrameDecoder(max_length=11).ready
