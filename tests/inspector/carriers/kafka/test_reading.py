from __future__ import annotations

import pytest

from inspector.carriers.kafka.reading import MAX_FRAME, Flaw, Frame, Reader
from tests.inspector.carriers.kafka.written import framed

FRAME = framed(b"ok" + b"x" * 20)


def _reader() -> Reader:
    """Return a reader of frames that begin with ``ok``."""
    return Reader(
        lambda data, place: data[place + 4 : place + 6] == b"ok",
        lambda data, place: max(data.find(b"ok", place + 4) - 4, -1),
        64,
    )


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_frames_are_the_same_in_however_many_pieces(size: int) -> None:
    reader, data, found = _reader(), FRAME * 3, list[object]()
    for place in range(0, len(data), size):
        found += reader.receive(data[place : place + size])

    assert found == [Frame(place * len(FRAME), FRAME) for place in range(3)]
    assert reader.received == len(data)
    assert (reader.buffered, reader.begun) == (0, 0)


def test_what_is_not_a_frame_is_passed_over_until_the_next() -> None:
    reader = _reader()
    bad = framed(b"no" + b"y" * 20)
    flaw, frame = reader.receive(bad + FRAME)

    assert flaw == Flaw(0, 1, "it begins with 00 00 00 16")
    assert frame == Frame(len(bad), FRAME)


def test_while_a_frame_is_looked_for_little_is_kept() -> None:
    reader = _reader()
    (flaw,) = reader.receive((MAX_FRAME + 1).to_bytes(4) + b"z" * 1_000)

    assert isinstance(flaw, Flaw)
    assert reader.begun == 0
    assert reader.buffered <= 64
    assert reader.receive(FRAME) == [Frame(1_004, FRAME)]


def test_after_a_loss_nothing_is_kept_and_a_frame_follows() -> None:
    reader = _reader()
    reader.receive(FRAME[:9])
    assert reader.begun == 9
    assert reader.lose() == 9
    assert reader.receive(FRAME) == [Frame(9, FRAME)]
