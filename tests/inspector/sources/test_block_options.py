from __future__ import annotations

import struct

import pytest

from inspector.sources.block_options import options_in


def _option(code: int, value: bytes, order: str = "<") -> bytes:
    padding = bytes(-len(value) % 4)
    return struct.pack(f"{order}HH", code, len(value)) + value + padding


@pytest.mark.parametrize("order", ["<", ">"])
def test_options_are_read_up_to_the_end_of_them(order: str) -> None:
    wanted = [(2, b"eth0"), (9, b"\x09"), (1, b"")]
    data = b"".join(_option(*each, order) for each in wanted)
    rest = bytes(4) + _option(14, bytes(8), order)

    assert list(options_in(order, data)) == wanted
    assert list(options_in(order, data + rest)) == wanted


@pytest.mark.parametrize("size", range(5))
def test_of_damaged_options_those_that_come_first_are_read(size: int) -> None:
    data = _option(2, b"eth0") + _option(9, b"12345")[: size + 4][:size]

    assert next(options_in("<", data)) == (2, b"eth0")
    assert len(list(options_in("<", data))) == (2 if size == 4 else 1)
