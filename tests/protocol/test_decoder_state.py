"""What a decoder holds: at first, between frames, and after it was reset."""

from __future__ import annotations

import pytest

from protocol import BufferLimitError, FrameDecoder, LengthUnit, SplitCharacterError
from protocol.versions import NEWEST

SUM = b'24#{"pattern":"p","data":1}'


def _state(decoder: FrameDecoder) -> tuple[int, int, int, int | None]:
    return (
        decoder.consumed,
        decoder.buffered,
        decoder.buffered_units,
        decoder.awaited_units,
    )


def test_a_new_decoder_holds_nothing_and_has_the_limit_of_the_newest_nest() -> None:
    decoder = FrameDecoder()

    assert _state(decoder) == (0, 0, 0, None)
    assert decoder.max_units == NEWEST.max_units
    assert decoder.max_units is not None
    assert decoder.max_length is None
    assert decoder.unit is LengthUnit.UTF16
    assert decoder.ready
    assert decoder.next_frame() is None


def test_after_an_overflow_a_reset_decoder_holds_nothing() -> None:
    decoder = FrameDecoder(max_units=8)
    decoder.receive_data("123456é😀x".encode())
    with pytest.raises(BufferLimitError, match="10 units buffered"):
        decoder.next_frame()
    assert _state(decoder) == (0, 13, 10, None)

    decoder.reset()
    assert _state(decoder) == (13, 0, 0, None)
    decoder.receive_data(b"#")
    assert decoder.buffered_units == 1


def test_a_reset_decoder_looks_for_the_delimiter_from_the_first_byte_on() -> None:
    decoder = FrameDecoder(max_units=8)
    for piece in (b"12345", b"67890"):
        decoder.receive_data(piece)
        if decoder.buffered == 5:
            assert decoder.next_frame() is None
    decoder.reset()
    decoder.receive_data(b"2#{}")

    frame = decoder.next_frame()
    assert frame is not None
    assert (frame.body, frame.offset, frame.size) == (b"{}", 10, 4)
    assert _state(decoder) == (14, 0, 0, None)


def test_an_error_ends_the_short_way_until_the_reset() -> None:
    decoder = FrameDecoder()
    decoder.receive_data("1#😀".encode() + SUM)
    with pytest.raises(SplitCharacterError):
        decoder.next_frame()

    assert not decoder.ready
    assert decoder.next_bodies() == []
    decoder.reset()
    assert decoder.ready


@pytest.mark.parametrize(
    ("limits", "ready"),
    [
        ({"max_length": 999}, True),
        ({"max_length": 998}, False),
        ({"max_units": 1_003}, True),
        ({"max_units": 1_002}, False),
        ({"max_units": None}, True),
    ],
)
def test_frames_are_taken_without_more_ado_where_no_limit_can_refuse_one(
    limits: dict[str, int | None], *, ready: bool
) -> None:
    decoder = FrameDecoder(**limits)  # type: ignore[arg-type]
    decoder.receive_data(SUM * 2)

    assert len(decoder.next_bodies()) == 2 * ready


@pytest.mark.parametrize(
    ("data", "ready"),
    [(SUM, True), (SUM[:5], False), (SUM + b"\xf0", False), (SUM + b"2", False)],
)
def test_no_frame_is_ready_while_another_or_a_character_is_begun(
    data: bytes, *, ready: bool
) -> None:
    decoder = FrameDecoder()
    decoder.receive_data(data)
    decoder.next_frame()

    assert decoder.ready == ready


@pytest.mark.parametrize(("count", "taken"), [(255, 255), (256, 256), (300, 256)])
def test_so_many_frames_are_taken_together_at_most(count: int, taken: int) -> None:
    decoder = FrameDecoder()
    decoder.receive_data(SUM * count)

    assert len(decoder.next_bodies()) == taken


def test_what_was_read_no_longer_counts_and_moves_the_place() -> None:
    decoder = FrameDecoder()
    for number in range(3):
        begun = number * (len(SUM) + 4)
        decoder.receive_data(SUM + b"2")
        assert decoder.next_frame() is not None
        assert _state(decoder) == (begun + len(SUM), 1, 1, None)
        decoder.receive_data(b"#{")
        assert decoder.next_frame() is None
        assert _state(decoder) == (begun + len(SUM), 3, 1, 2)
        decoder.receive_data(b"}")
        assert decoder.next_frame() is not None
        assert _state(decoder) == (begun + len(SUM) + 4, 0, 0, None)


def test_the_rest_is_what_follows_the_last_body() -> None:
    decoder = FrameDecoder()
    assert decoder.rest == b""
    decoder.receive_data(b"1#a2#")
    assert decoder.next_frame() is not None
    assert decoder.next_frame() is None
    decoder.receive_data("é".encode()[:1])
    assert decoder.next_frame() is None

    assert decoder.rest == "é".encode()[:1]
