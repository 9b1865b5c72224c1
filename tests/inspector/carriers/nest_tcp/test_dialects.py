from __future__ import annotations

import pytest

import inspector
from inspector.carriers.nest_tcp.dialects import (
    MAX_HEADER,
    Outlook,
    bytes_lacking,
    first_frame,
    unit_that_fits,
)
from inspector.carriers.nest_tcp.pieces import Piece, Pieces
from protocol import LengthUnit
from tests.steps import steps_in

UTF16, UTF8, CODE_POINTS = LengthUnit
BODY = '{"pattern":"é😀"}'.encode()

each_unit = pytest.mark.parametrize("unit", LengthUnit)


def _frame(unit: LengthUnit, body: bytes = BODY) -> bytes:
    return b"%d#%b" % (unit.count(body), body)


@each_unit
def test_the_unit_that_fits_is_the_one_that_was_counted_in(unit: LengthUnit) -> None:
    for other in set(LengthUnit) - {unit}:
        assert unit_that_fits(_frame(unit) + b"17#", but=other) is unit


@each_unit
def test_a_frame_that_is_whole_lacks_nothing(unit: LengthUnit) -> None:
    assert bytes_lacking(_frame(unit), unit) == 0
    assert bytes_lacking(_frame(unit) + b"5#", unit) == 0
    assert first_frame(_frame(unit) + b"5#", unit).body == BODY
    assert first_frame(_frame(unit) + b"5#", unit).size == len(_frame(unit))


@each_unit
def test_a_frame_that_is_cut_lacks_no_more_than_was_cut(unit: LengthUnit) -> None:
    frame = _frame(unit)
    for cut in range(1, len(frame)):
        lacking = bytes_lacking(frame[:cut], unit)

        assert lacking is None or 0 < lacking <= len(frame) - cut


@pytest.mark.parametrize(
    "data", [b"x#{}", b"2#{]", b'3#"a"', b"2#{}", "1#é".encode(), "2#😀".encode()]
)
def test_what_is_no_packet_in_any_unit_fits_none(data: bytes) -> None:
    assert [bytes_lacking(data + b" " * 9, unit) for unit in LengthUnit] == [None] * 3


def test_more_bytes_are_asked_for_while_they_could_tell() -> None:
    frame = _frame(CODE_POINTS)
    assert unit_that_fits(frame[:-1], but=UTF16) == 1
    assert unit_that_fits(frame, but=UTF16) is CODE_POINTS


def _shown(frame: bytes, length: int) -> list[bool]:
    """Return what shows of a frame with each byte after its header."""
    outlook, pieces, shown = Outlook(UTF8), Pieces(), []
    for place in range(len(frame)):
        pieces.add(Piece(frame[place : place + 1], place, place + 1))
        if place > frame.index(b"#"):
            shown.append(outlook.shows(pieces, 0, length))
    return shown


@pytest.mark.parametrize("blanks", [0, 1, 20])
def test_a_frame_shows_with_its_last_byte(blanks: int) -> None:
    frame = b" " * blanks + _frame(UTF8)

    assert _shown(frame, len(BODY)) == [False] * (len(BODY) - 1) + [True]


@pytest.mark.parametrize("blanks", [0, 20, MAX_HEADER, 500])
@pytest.mark.parametrize("character", ["x", "é", "求"])
def test_a_frame_in_tiny_pieces_takes_linear_time(blanks: int, character: str) -> None:
    def steps(length: int) -> int:
        body = "{" + character * (length - 2)
        frame = b" " * blanks + b"%d#%b" % (length, body.encode())
        return steps_in(inspector, lambda: _shown(frame, length))

    assert steps(1_200) < 2.3 * steps(600)
