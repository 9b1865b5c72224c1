"""Values, one by one: where they end, and what is none."""

from __future__ import annotations

import pytest

from inspector.carriers.redis.values import (
    ARRAY,
    MAX_DEPTH,
    MAX_LINE,
    Flaw,
    Scan,
    head_at,
    strings_in,
)


def test_a_scan_goes_on_where_bytes_lacked() -> None:
    data = b"*2\r\n$2\r\n\r\n\r\n*1\r\n:7\r\n:8\r\n"
    scan = Scan()
    for size in range(len(data) - len(b":8\r\n")):
        assert not scan.advance(data[:size])

    assert scan.advance(data)
    assert (scan.kind, scan.place, scan.spans) == (ARRAY, 20, [(8, 10), (16, 16)])


def test_an_attribute_is_no_member_and_no_value() -> None:
    data = b"|1\r\n+key\r\n+value\r\n*2\r\n|0\r\n:1\r\n:2\r\n"
    scan = Scan()

    assert scan.advance(data)
    assert (scan.kind, scan.place) == (ARRAY, len(data))
    assert [data[low:high] for low, high in scan.spans] == [b"1", b"2"]


def test_a_string_may_be_passed_over_but_for_its_end() -> None:
    scan = Scan()
    assert not scan.advance(b"*2\r\n$9\r\nabc")
    assert scan.needed == len(b"$9\r\nabcdefghi\r\n")
    scan.pass_string()

    assert not scan.advance(b"\r")
    assert scan.advance(b"\r\n:1\r\n")
    assert scan.place == 6


@pytest.mark.parametrize(
    ("data", "place", "detail"),
    [
        (b"x", 1, "no value begins with 'x'"),
        (b"$x\r\n", 4, "'$x' does not say how much follows"),
        (b"*99999999999\r\n", 14, "'*99999999999' does not say how much follows"),
        (b"$1\r\nabc", 7, "no line end follows its 1 bytes"),
        (b"*1\r\n" * (MAX_DEPTH + 1), 4 * MAX_DEPTH + 4, "more than 32 arrays in each"),
        (b"+" * MAX_LINE, MAX_LINE, "its line does not end"),
        (b"$536870913\r\n", 12, "a string of 536,870,913 bytes"),
    ],
)
def test_what_is_none_says_why(data: bytes, place: int, detail: str) -> None:
    with pytest.raises(Flaw) as raised:
        Scan().advance(data)

    assert raised.value.place == place
    assert raised.value.detail.startswith(detail)


def test_an_end_that_is_none_after_a_string_that_was_passed_over() -> None:
    scan = Scan()
    scan.pass_string()

    with pytest.raises(Flaw):
        scan.advance(b"ab")


def test_a_line_may_lack_its_end() -> None:
    assert head_at(b":1\r", 0) is None
    assert head_at(b"%2\r\n", 0) == (ord("%"), 4, 4)


def test_all_texts_are_found_however_deep() -> None:
    data = b"*3\r\n$2\r\nab\r\n*1\r\n+cd\r\n%1\r\n$-1\r\n:5\r\n"

    found = [data[low:high] for low, high in strings_in(data, 0, len(data))]
    assert found == [b"ab", b"cd", b"5"]
