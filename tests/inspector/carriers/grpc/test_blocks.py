from __future__ import annotations

from inspector.carriers.grpc.blocks import block_of, block_part
from inspector.carriers.grpc.frames import Frame, Type, read_head
from inspector.carriers.grpc.headers import HeaderReader
from inspector.redaction.texts import Redaction
from tests.inspector.carriers.grpc.written import block, frame

_SAID = block(("x-token", "secret"), ("te", "trailers"))


def _frames() -> list[Frame]:
    """A header block over two frames, the first one padded."""
    first = frame(Type.HEADERS, 0x8, 1, b"\x03" + _SAID[:12] + b"pad")
    second = frame(Type.CONTINUATION, 0x4, 1, _SAID[12:])
    return [
        Frame(read_head(first), 5, first),
        Frame(read_head(second), 5 + len(first), second),
    ]


def test_a_block_may_be_in_several_frames() -> None:
    assert block_of(_frames()) == _SAID
    part = block_part(_frames(), _SAID, [], None)
    assert (part.begin, part.shown) == (5, b"")


def test_its_secrets_are_hidden_in_each() -> None:
    frames, fields = _frames(), HeaderReader().read(_SAID)
    part = block_part(frames, _SAID, fields, Redaction(["auto"]))
    assert len(part.shown) == len(part.sent)
    assert b"secret" not in part.shown
    assert part.shown.count(b"x") >= 6
    assert b"pad" not in part.shown
    assert b"trailers" in part.shown
