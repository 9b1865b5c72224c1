"""Short frames are taken where they are whole: one by one, together, or by segment."""

from __future__ import annotations

import pytest

from protocol import Frame, FrameDecoder, encode_frame, whole_body
from protocol.cutting import LONGEST_SHORT, LONGEST_SHORT_FRAME

_SIZES = [10, 11, 98, 99, 100, 101, 997, 998, LONGEST_SHORT]
_TEXTS = {"ASCII": "7", "CJK": "求", "emoji": "😀", "mixed": "7é求😀"}


def _frame(characters: str, units: int) -> bytes:
    """Return a frame of so many code units of some characters."""
    size = len(characters.encode("utf-16-le")) // 2
    text = characters * (units // size) + "7" * (units % size)
    return b"%d#%b" % (units, text.encode())


def _state(decoder: FrameDecoder) -> tuple[int, int, int]:
    return decoder.consumed, decoder.buffered, decoder.buffered_units


@pytest.mark.parametrize("units", _SIZES)
@pytest.mark.parametrize("characters", _TEXTS.values(), ids=_TEXTS)
def test_frames_are_taken_one_by_one_with_their_places(
    characters: str, units: int
) -> None:
    frame, decoder = _frame(characters, units), FrameDecoder()
    body = frame.partition(b"#")[2]
    decoder.receive_data(frame * 2 + "é".encode())

    for place in (0, len(frame)):
        assert decoder.next_frame() == Frame(body, place, len(frame))
    assert _state(decoder) == (2 * len(frame), 2, 1)


@pytest.mark.parametrize("units", _SIZES)
@pytest.mark.parametrize("characters", _TEXTS.values(), ids=_TEXTS)
def test_frames_are_taken_together(characters: str, units: int) -> None:
    frames = [_frame(characters, units), _frame("é", 10), _frame("😀", 100)]
    decoder = FrameDecoder()
    decoder.receive_data(b"".join(frames) * 2 + "é".encode())

    bodies: list[bytes] = []
    while found := decoder.next_bodies(64):
        bodies += found
    assert bodies == [frame.partition(b"#")[2] for frame in frames] * 2
    assert _state(decoder) == (2 * len(b"".join(frames)), 2, 1)


@pytest.mark.parametrize("characters", _TEXTS.values(), ids=_TEXTS)
@pytest.mark.parametrize("end", [1, 3, 4, 10, -4, -1])
def test_a_frame_that_has_not_all_come_is_left(characters: str, end: int) -> None:
    frame, decoder = _frame(characters, 48), FrameDecoder()
    decoder.receive_data(frame + frame[:end])

    assert decoder.next_bodies() == [frame[3:]]
    assert decoder.next_bodies() == []
    assert decoder.consumed == len(frame)
    assert decoder.next_frame() is None
    decoder.receive_data(frame[end:])
    assert decoder.next_frame() == Frame(frame[3:], len(frame), len(frame))


@pytest.mark.parametrize(("limit", "taken"), [(-1, 0), (0, 0), (1, 1), (2, 2), (9, 3)])
@pytest.mark.parametrize("characters", _TEXTS.values(), ids=_TEXTS)
def test_no_more_are_taken_than_wanted(characters: str, limit: int, taken: int) -> None:
    decoder = FrameDecoder()
    decoder.receive_data(_frame(characters, 20) * 3)

    assert len(decoder.next_bodies(limit)) == taken


@pytest.mark.parametrize("units", _SIZES)
def test_a_segment_that_is_one_frame_of_ascii_is_a_body(units: int) -> None:
    frame = _frame("7", units)

    assert whole_body(frame) == b"7" * units
    for other in (frame[:-1], frame + b"7", frame[1:], frame[:-2] + "é".encode()):
        assert whole_body(other) is None


@pytest.mark.parametrize("units", [9, LONGEST_SHORT + 1])
def test_a_shorter_or_longer_frame_is_none_of_these(units: int) -> None:
    frame, decoder = encode_frame(b"7" * units), FrameDecoder()
    decoder.receive_data(frame)

    assert whole_body(frame) is None
    assert decoder.next_bodies() == []
    assert decoder.next_frame() == Frame(b"7" * units, 0, len(frame))


def test_the_longest_short_frame_has_a_header_of_four_bytes() -> None:
    assert len(_frame("7", LONGEST_SHORT)) == LONGEST_SHORT_FRAME == 1_003
