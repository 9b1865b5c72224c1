"""For any bytes, any cut and any limit C gives what Python gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import protocol
from protocol import encode_frame
from tests.native import both
from tests.strategies import streams, wild_streams

_HEADS = st.binary(min_size=both.HEAD, max_size=both.HEAD)
_TEXTS = st.text(
    "é求😀x\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff", max_size=400
)
_SHORT = st.builds(lambda text: encode_frame(b'"%b"' % text.encode()), _TEXTS)
_FRAMES = st.lists(_SHORT | wild_streams, max_size=6).map(b"".join)


def test_one_of_the_two_has_the_extension_and_the_other_has_none() -> None:
    assert protocol.native.cut is not None, "the extension is not built"
    assert both.pure.native.cut is None
    assert protocol.FrameDecoder is not both.pure.FrameDecoder
    assert issubclass(protocol.FrameDecoder, protocol.native.cut.ShortFrames)


@given(_HEADS, _FRAMES | streams | wild_streams)
def test_any_stream_is_read_alike(head: bytes, stream: bytes) -> None:
    both.check(head + stream)


@given(_HEADS, _FRAMES, st.data())
def test_any_damaged_stream_is_read_alike(
    head: bytes, stream: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(stream)))
    damage = data.draw(st.binary(max_size=3))

    both.check(head + stream[:place] + damage + stream[place + len(damage) :])


@pytest.mark.parametrize("limits", range(0, 256, 7))
@pytest.mark.parametrize("taking", [0, 1, 2, 3, 5, 9, 64, 66])
def test_every_way_to_read_is_compared(limits: int, taking: int) -> None:
    text = "".join(chr(code) for code in (0x41, 0xE9, 0x6C42, 0x1F600)) * 5
    frames = encode_frame(f'"{text}"'.encode()) * 4 + b"20#" + b"\xff" * 25

    both.check(bytes([limits, 30, 12, taking]) + frames)


def test_a_difference_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(both.pure, "whole_body", lambda _: None)

    with pytest.raises(AssertionError, match="in Python"):
        both.check(b"\0\0\0\0" + encode_frame(b"0123456789"))
