"""Chunks that are one frame may be taken in one step, and nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from protocol import Frame, FrameDecoder, FramingError, encode_frame

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
        frame = one.receive_frame(chunk)
        if frame is None:
            one.receive_data(chunk)
            assert list(_pulled(one)) == expected
        else:
            assert [frame, *_pulled(one)] == expected
        assert one.buffered == two.buffered


def test_a_short_ascii_frame_is_taken_and_nothing_else() -> None:
    decoder = FrameDecoder()

    assert decoder.receive_frame(b"12#0123456789ab") == Frame(b"0123456789ab", 0, 15)
    assert decoder.receive_frame(b"12#0123456789ab7#") is None
    assert decoder.receive_frame(b"12#01234567") is None
    assert decoder.receive_frame(encode_frame("求和求和求和求和".encode())) is None
    decoder.receive_data(b"1")
    assert decoder.receive_frame(b"12#0123456789ab") is None
    assert decoder.buffered == 1


def test_a_frame_above_the_limit_is_left_to_the_other_way() -> None:
    assert FrameDecoder(max_units=12).receive_frame(b"12#0123456789ab") is None
    assert FrameDecoder(max_length=11).receive_frame(b"12#0123456789ab") is None
