"""Frames as Nest writes them, and the string that it would parse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import DELIMITER, Frame, encode_frame, encode_frames, utf16_length
from tests.protocol.node import ask
from tests.strategies import bodies, read, values


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("", "0#"),
        ("{}", "2#{}"),
        (
            '{"pattern":"log","data":"求和1111"}',
            '33#{"pattern":"log","data":"求和1111"}',
        ),
        ('"😀"', '4#"😀"'),
    ],
)
def test_a_frame_is_its_length_and_its_text(text: str, frame: str) -> None:
    assert encode_frame(text.encode()) == frame.encode()


@given(st.binary())
def test_the_length_is_that_of_the_text_that_will_be_read(body: bytes) -> None:
    length, _, rest = encode_frame(body).partition(DELIMITER)

    assert rest == body
    assert int(length) == utf16_length(Frame(body, 0, 0).text)


@given(bodies)
def test_a_frame_is_read_as_it_was_written(body: bytes) -> None:
    frame = encode_frame(body)

    assert read([frame]) == ([Frame(body, 0, len(frame))], None)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'"\xff"', '"\ufffd"'),
        (b'"\xf0\x9f\x98"', '"\ufffd"'),
        (b'"\xed\xa0\x80"', '"\ufffd\ufffd\ufffd"'),
        (b'"\xc0\xaf"', '"\ufffd\ufffd"'),
        (b'"\xf5\x80\x80\x80"', '"\ufffd\ufffd\ufffd\ufffd"'),
    ],
)
def test_bytes_that_are_no_text_are_replaced(body: bytes, text: str) -> None:
    assert Frame(body, 0, len(body)).text == text


def test_the_length_is_the_one_that_node_finds() -> None:
    found: list[object] = []

    @given(values)
    def collect(value: object) -> None:
        found.append(value)

    collect()
    written = ask("value => JSON.stringify(value)", found)
    lengths = ask("value => JSON.stringify(value).length", found)

    assert len(found) >= 100
    for text, length in zip(written, lengths, strict=True):
        assert encode_frame(text.encode()).startswith(b"%d#" % length)


@given(st.lists(bodies | st.sampled_from([b"", b"x" * 999, b"x" * 1_000, b"\xff"])))
def test_frames_together_are_the_same_as_each_alone(several: list[bytes]) -> None:
    assert encode_frames(several) == b"".join(map(encode_frame, several))


def test_a_frame_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Frame(b"{}", 0, 4).body = b"[]"  # type: ignore[misc]
