from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.web.frames import (
    LONGEST,
    MalformedFrameError,
    read_close,
    read_frame_head,
    unmasked,
)
from tests.inspector.carriers.websocket.written import frame


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
@pytest.mark.parametrize("masked", [True, False])
def test_the_head_says_how_long_a_frame_is(size: int, *, masked: bool) -> None:
    data = frame("x" * size, masked=masked)
    head = read_frame_head(data)

    assert head is not None
    assert (head.length, head.size + head.length) == (size, len(data))
    assert unmasked(data[head.size :], head.mask) == b"x" * size
    assert all(read_frame_head(data[:cut]) is None for cut in range(head.size))


def test_the_first_byte_says_what_it_is() -> None:
    final, first = read_frame_head(b"\xc1\x00"), read_frame_head(b"\x02\x00")
    assert final is not None
    assert first is not None
    assert (final.final, final.compressed, final.control) == (True, True, False)
    assert (first.final, first.compressed, first.opcode) == (False, False, 2)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x83\x00", "its opcode is 3"),
        (b"\x91\x00", "it has reserved bits"),
        (b"\x09\x00", "a ping is in fragments, or too long"),
        (b"\x88\x7e\x00\x80", "a close is in fragments, or too long"),
        (b"\x82\x7f" + (LONGEST + 1).to_bytes(8, "big"), "its length is 134,217,729"),
    ],
)
def test_what_is_malformed_is_named(data: bytes, words: str) -> None:
    with pytest.raises(MalformedFrameError, match=words):
        read_frame_head(data)


@given(payload=st.binary(max_size=40), mask=st.binary(min_size=4, max_size=4))
def test_a_mask_is_taken_off_as_it_was_put_on(payload: bytes, mask: bytes) -> None:
    expected = bytes(each ^ mask[place % 4] for place, each in enumerate(payload))
    assert unmasked(payload, mask) == expected
    assert unmasked(expected, mask) == payload
    assert unmasked(payload, b"") == payload


@pytest.mark.parametrize(
    ("payload", "close"),
    [
        (b"", (1005, "")),
        (b"\x03\xe8", (1000, "")),
        (b"\x0f\xa1gone \xc3\xa9", (4001, "gone é")),
        (b"\x03\xe8\xff", (1000, "�")),
    ],
)
def test_a_close_has_a_code_and_a_reason(
    payload: bytes, close: tuple[int, str]
) -> None:
    assert read_close(payload) == close
