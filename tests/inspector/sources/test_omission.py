from __future__ import annotations

import struct

import pytest

from inspector.sources.omission import omission, omitted

_HEAD = bytes(24)  # type, length, byte order, version, and length of the section


def _block(*options: tuple[int, bytes], order: str = "<") -> bytes:
    parts = [
        struct.pack(f"{order}HH", code, len(value)) + value + bytes(-len(value) % 4)
        for code, value in options
    ]
    return _HEAD + b"".join(parts) + bytes(4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("choice", ["", "--grep x", "--where 'route == \"ü\"'"])
def test_a_capture_says_what_was_left_out(choice: str, order: str) -> None:
    said = (1, omission(choice).encode())

    assert omitted(order, _block((4, b"mergecap"), said, order=order)) == choice


@pytest.mark.parametrize(
    "block",
    [
        _block(),
        _block((1, b"taken by night")),
        _block((4, omission("").encode())),
        _block((0, b""), (1, omission("").encode())),  # after the end of the options
        _HEAD[:12],
    ],
)
def test_other_captures_do_not(block: bytes) -> None:
    assert omitted("<", block) is None


def test_a_long_choice_is_cut_and_bytes_that_are_no_text_do_no_harm() -> None:
    said = omission("x" * 300).encode()
    assert omitted("<", _block((1, said))) == "x" * 200 + "…"
    assert omitted("<", _block((1, said[:50] + b"\xff"))) == "x\ufffd"
