from __future__ import annotations

import pytest

from inspector.carriers.nest_tcp.patience import MANY_FRAMES, Bursts, Silence, stalls
from inspector.carriers.nest_tcp.pieces import Piece, Pieces
from protocol import FrameDecoder, LengthUnit
from tests.inspector.conversation import MILLISECOND, SECOND


def _piece(data: bytes, time_ns: int = 0) -> Piece:
    return Piece(data, time_ns, len(data))


def _silence(data: bytes, seconds: int, cause: str) -> list[str]:
    decoder, pieces = FrameDecoder(unit=LengthUnit.UTF16), Pieces()
    decoder.receive_data(data)
    pieces.add(_piece(data))
    while decoder.next_frame():
        pass
    remarks = stalls(1, decoder, pieces, Silence(seconds * SECOND, cause))
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


def test_pieces_that_come_together_are_counted_together() -> None:
    bursts, half = Bursts(), MANY_FRAMES // 2

    assert bursts.count(0, _piece(b"x"), half) == []
    (remark,) = bursts.count(0, _piece(b"x"), half)
    assert remark.size == MANY_FRAMES
    assert bursts.count(0, _piece(b"x"), MANY_FRAMES) == []  # noted once


def test_pieces_far_apart_are_not() -> None:
    bursts, half = Bursts(), MANY_FRAMES // 2

    assert bursts.count(0, _piece(b"x"), half) == []
    assert bursts.count(0, _piece(b"x", 2 * MILLISECOND), half) == []


def test_more_than_one_read_is_not_read_at_once() -> None:
    bursts, half = Bursts(), MANY_FRAMES // 2

    assert bursts.count(0, _piece(bytes(40_000)), half) == []
    assert bursts.count(0, _piece(bytes(40_000)), half) == []
