from __future__ import annotations

import pytest

from inspector.carriers.mqtt.headers import FIRSTS, VERBS, WAIT, WRONG, measured


def test_each_type_has_a_name_and_its_flags() -> None:
    assert {first >> 4 for first in FIRSTS} == set(range(1, len(VERBS)))
    assert {first for first in FIRSTS if first >> 4 != 3} == {
        *(kind << 4 for kind in (1, 2, 4, 5, 7, 9, 11, 12, 13, 14, 15)),
        *(0x62, 0x82, 0xA2),
    }


@pytest.mark.parametrize(
    ("data", "place", "expected"),
    [
        (b"\xc0\0", 0, (2, 2)),
        (b"\xc0\0\x30\x05", 2, (4, 9)),
        (b"\x30\x80\x01", 0, (3, 131)),
        (b"\x30\x80", 0, (WAIT, 0)),
        (b"\x30", 0, (WAIT, 0)),
        (b"\x00\x01", 0, (WRONG, 0)),
        (b"\x36\x01", 0, (WRONG, 0)),
        (b"\x80\x01", 0, (WRONG, 0)),
        (b"\x30\xff\xff\xff\xff", 0, (WRONG, 0)),
    ],
)
def test_where_head_and_packet_end(
    data: bytes, place: int, expected: tuple[int, int]
) -> None:
    assert measured(data, place) == expected
