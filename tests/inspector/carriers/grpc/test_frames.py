from __future__ import annotations

import pytest
from hyperframe.frame import DataFrame, GoAwayFrame, HeadersFrame, PingFrame
from hyperframe.frame import Frame as Known
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.carriers.grpc.frames import (
    HEAD,
    FlawError,
    Frame,
    Head,
    Type,
    check,
    content,
    name_of,
    read_head,
)
from tests.inspector.carriers.grpc.written import frame


@settings(max_examples=25)
@given(st.integers(0, 9), st.integers(0, 255), st.integers(0, (1 << 31) - 1))
def test_a_header_is_read_as_hyperframe_does(
    kind: int, flags: int, stream: int
) -> None:
    data = frame(kind, flags, stream, bytes(8))
    head = read_head(data)
    assert (head.size, head.type, head.flags, head.stream) == (8, kind, flags, stream)
    try:
        known, size = Known.parse_frame_header(memoryview(data[:HEAD]))
    except Exception:  # noqa: BLE001 — whatever hyperframe finds wrong, so do we
        with pytest.raises(FlawError):
            check(head)
    else:
        assert (known.stream_id, size) == (stream, 8)


@pytest.mark.parametrize(
    "known",
    [
        DataFrame(1, b"abc", pad_length=4, flags=["PADDED"]),
        DataFrame(1, b"abc", flags=["END_STREAM"]),
        HeadersFrame(1, b"abc", flags=["END_HEADERS", "PRIORITY"]),
        HeadersFrame(1, b"abc", pad_length=2, flags=["END_HEADERS", "PADDED"]),
    ],
)
def test_padding_and_priority_are_no_content(known: DataFrame | HeadersFrame) -> None:
    data = known.serialize()
    one = Frame(read_head(data), 0, data)
    begin, end = content(one)
    assert data[begin:end] == b"abc"
    assert one.ends_stream == ("END_STREAM" in known.flags)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (Head(3, Type.DATA, 0, 0), "DATA on stream 0"),
        (Head(8, Type.PING, 0, 3), "PING on stream 3"),
        (Head(7, Type.PING, 0, 0), "PING of 7 bytes instead of 8"),
        (Head(7, Type.SETTINGS, 0, 0), "SETTINGS of 7 bytes"),
        (Head(7, Type.GOAWAY, 0, 0), "GOAWAY of 7 bytes"),
    ],
)
def test_what_no_frame_has_is_named(head: Head, words: str) -> None:
    with pytest.raises(FlawError, match=words):
        check(head)


def test_more_padding_than_there_is_is_a_flaw() -> None:
    data = frame(Type.DATA, 0x8, 1, b"\xff12")
    with pytest.raises(FlawError, match="more padding"):
        content(Frame(read_head(data), 0, data))


def test_frames_have_names() -> None:
    assert name_of(PingFrame.type) == "PING"
    assert name_of(GoAwayFrame.type) == "GOAWAY"
    assert name_of(0x2A) == "frame of type 42"
