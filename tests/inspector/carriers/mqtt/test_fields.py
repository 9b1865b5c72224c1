from __future__ import annotations

import pytest

from inspector.carriers.mqtt.fields import (
    MalformedError,
    binary_at,
    length_at,
    number_at,
    text_at,
)
from tests.inspector.carriers.mqtt.written import binary, length


@pytest.mark.parametrize(
    ("value", "size"),
    [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (268_435_455, 4)],
)
def test_lengths_are_those_of_the_specification(value: int, size: int) -> None:
    data = length(value)

    assert len(data) == size
    assert length_at(b"x" + data + b"y", 1, 2 + size) == (value, 1 + size)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "ends inside a length"),
        (b"\xff\xff", "ends inside a length"),
        (b"\xff\xff\xff\xff\x01", "more than four bytes"),
    ],
)
def test_a_length_that_does_not_end_is_malformed(data: bytes, detail: str) -> None:
    with pytest.raises(MalformedError, match=detail):
        length_at(data, 0, len(data))


def test_numbers_and_strings_follow_each_other() -> None:
    data = b"\x01\x02" + binary("求") + binary(b"\xff")

    assert number_at(data, 0, len(data)) == 0x102
    assert text_at(data, 2, len(data)) == ("求", 7)
    assert binary_at(data, 7, len(data)) == (b"\xff", 10)


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"\0", "inside the length of a string"),
        (b"\0\x03ab", "inside a string"),
        (b"\0\x01\xff", "not UTF-8"),
        (b"\0\x03a\0b", "null character"),
    ],
)
def test_a_string_that_is_none_is_malformed(data: bytes, detail: str) -> None:
    with pytest.raises(MalformedError, match=detail):
        text_at(data, 0, len(data))


def test_a_number_beyond_the_end_is_malformed() -> None:
    with pytest.raises(MalformedError, match="inside a number"):
        number_at(b"\1\2", 1, 2)
