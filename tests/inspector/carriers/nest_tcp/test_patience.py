from __future__ import annotations

import pytest

from inspector.carriers.nest_tcp.patience import MANY_FRAMES, Crowds, remark_silence
from inspector.carriers.nest_tcp.pieces import Pieces
from inspector.streams.items import Chunk
from inspector.streams.packets import DataPacket
from protocol import FrameDecoder, LengthUnit
from tests.inspector.conversation import MILLISECOND, SECOND
from tests.inspector.directions import direction


def _chunk(data: bytes, time_ns: int = 0) -> Chunk:
    return Chunk(direction(), data, DataPacket(1, time_ns, 0, len(data)))


def _silence(data: bytes, seconds: int, cause: str) -> list[str]:
    decoder, pieces = FrameDecoder(unit=LengthUnit.UTF16), Pieces()
    decoder.receive_data(data)
    pieces.add(_chunk(data))
    while decoder.next_frame():
        pass
    remarks = remark_silence(decoder, pieces, seconds * SECOND, cause)
    return [remark.subject for remark in remarks]


@pytest.mark.parametrize(
    ("data", "seconds", "cause", "subjects"),
    [
        (b"9#{}", 31, "later", ["frame"]),
        (b"9#{}", 29, "later", []),
        (b"9#{}", 29, "end", []),
        (b"9#{}", 31, "end", ["frame"]),
        (b"9#{}", 1, "close", ["frame"]),
        (b"9#{}", 1, "reset", ["frame"]),
        (b"9", 31, "later", ["frame"]),
        (b"2#{}\r\n", 31, "later", ["blanks"]),
        (b"2#{}\r\n", 29, "close", []),
        (b"2#{}", 99, "close", []),
    ],
)
def test_silence_matters_inside_a_frame(
    data: bytes, seconds: int, cause: str, subjects: list[str]
) -> None:
    assert _silence(data, seconds, cause) == subjects


def test_chunks_that_come_together_are_counted_together() -> None:
    crowds, half = Crowds(), MANY_FRAMES // 2

    assert crowds.count(_chunk(b"x"), half) == []
    (remark,) = crowds.count(_chunk(b"x"), half)
    assert remark.size == MANY_FRAMES
    assert crowds.count(_chunk(b"x"), MANY_FRAMES) == []  # told once


def test_chunks_far_apart_are_not() -> None:
    crowds, half = Crowds(), MANY_FRAMES // 2

    assert crowds.count(_chunk(b"x"), half) == []
    assert crowds.count(_chunk(b"x", 2 * MILLISECOND), half) == []


def test_more_than_one_read_is_not_read_at_once() -> None:
    crowds, half = Crowds(), MANY_FRAMES // 2

    assert crowds.count(_chunk(bytes(40_000)), half) == []
    assert crowds.count(_chunk(bytes(40_000)), half) == []
