"""Many short frames are cut in one go, up to the first that needs more care."""

from __future__ import annotations

import pytest

from protocol import encode_frame
from protocol.cutting import LONGEST_SHORT, cut_ascii, cut_text

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
    assert cut_text(encode_frame(body), 0, 12)[0] == [body]


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
    assert cut_text(encode_frame(body), 0, 12)[0] == [body]
