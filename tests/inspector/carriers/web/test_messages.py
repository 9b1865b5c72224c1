from __future__ import annotations

import pytest

from inspector.carriers.web.cutting import Cutter, Frame
from inspector.carriers.web.messages import Assembler, Envelope, Unread
from tests.inspector.carriers.websocket.written import (
    BINARY,
    PING,
    TEXT,
    Deflater,
    frame,
)


def _frames(data: bytes) -> list[Frame]:
    cutter = Cutter()
    cutter.feed(data)
    frames = []
    while isinstance(piece := cutter.cut(), Frame):
        frames.append(piece)
    return frames


def _read(assembler: Assembler, data: bytes) -> list[Envelope | Unread]:
    found = []
    for each in _frames(data):
        if each.head.control:
            assembler.add_control(each)
        elif (message := assembler.add(each, 7)) is not None:
            found.append(message)
    return found


def _one(data: bytes) -> Envelope:
    (message,) = _read(Assembler(), data)
    assert isinstance(message, Envelope)
    return message


def test_a_message_is_one_frame_as_a_rule() -> None:
    data = frame("é", masked=True)
    message = _one(data)
    assert (message.payload, message.binary, message.time_ns) == (
        "é".encode(),
        False,
        7,
    )
    assert (message.begin, message.end, message.sent) == (0, len(data), data)
    assert _one(frame(b"\x00", BINARY)).binary


def _fragments() -> bytes:
    ping = frame(b"hush", PING, masked=True)
    return frame("ab", 0x01, masked=True) + ping + frame("cd", 0x80, masked=True)


def test_fragments_are_put_together_around_a_ping() -> None:
    message = _one(_fragments())
    assert (message.payload, message.end) == (b"abcd", len(_fragments()))
    assert message.sent == _fragments()


def test_it_is_written_again_with_its_masks() -> None:
    message = _one(_fragments())
    written = message.rewritten(b"xxcd")
    again = _one(written)
    assert len(written) == len(_fragments())
    assert again.payload == b"xxcd"
    assert [each.payload for each in again.frames] == [b"xx", b"xxxx", b"cd"]


def test_what_is_attached_is_hidden_with_it() -> None:
    file = _one(frame(b"secret", BINARY))
    message = _one(frame("51-[]"))
    message.attached = (file,)
    assert message.sent == frame("51-[]") + frame(b"secret", BINARY)
    assert message.rewritten(b"51-[]") == frame("51-[]") + frame(b"xxxxxx", BINARY)


def test_a_packet_of_a_payload_has_no_frames() -> None:
    packet = Envelope(0, 4, b"abc", prefix=b"\x1e")
    assert (packet.sent, packet.rewritten(b"xyz")) == (b"\x1eabc", b"\x1exyz")
    assert Envelope(0, 4, b"abc", opaque=True).sent == b""


def test_a_compressed_message_is_inflated() -> None:
    sender = Deflater()
    texts = ["the one and the other", "the other and the one"]
    data = b"".join(frame(sender.deflate(text), 0xC1) for text in texts)
    found = _read(Assembler(), data)
    assert [each.payload for each in found if isinstance(each, Envelope)] == [
        text.encode() for text in texts
    ]


def test_it_is_unread_where_it_refers_to_what_is_missing() -> None:
    sender, assembler = Deflater(), Assembler()
    first, second = (frame(sender.deflate("the same text"), 0xC1) for _ in range(2))
    assert isinstance(_read(assembler, first)[0], Envelope)
    assembler.lose()
    assert _read(assembler, second) == [Unread(0, len(second))]


def test_fragments_in_a_wrong_order_are_unread() -> None:
    assembler = Assembler()
    alone = frame("ab", 0x80)
    assert _read(assembler, alone) == [Unread(0, 4)]
    twice = frame("ab", 0x01) + frame("cd", TEXT)
    assert _read(assembler, twice) == [
        Unread(0, 8, "a message begins inside another one")
    ]
    assert assembler.begin is None


@pytest.mark.parametrize("first", [0x00, PING])
def test_a_message_in_frames_without_end_is_not_kept(first: int) -> None:
    assembler = Assembler()
    begun, *more = _frames(frame("ab", 0x01) + frame("", first) * 4_096)
    assert assembler.add(begun, 0) is None
    found = [
        assembler.add_control(each) if each.head.control else assembler.add(each, 0)
        for each in more
    ]
    assert found[-1] == Unread(0, 4 + 2 * 4_096, "it comes in too many frames")
    assert not any(isinstance(each, Unread) for each in found[:-1])
    assert assembler.begin is None


def test_long_messages_may_come_in_many_frames() -> None:
    text = frame("x" * 64, 0x01) + frame("x" * 64, 0x00) * 5_000 + frame("", 0x80)
    assert len(_one(text).payload) == 64 * 5_001


def test_it_says_where_a_message_begins_that_is_not_complete() -> None:
    assembler = Assembler()
    (first,) = _frames(frame("ab", 0x01))
    assert assembler.add(first, 0) is None
    assert assembler.begin == 0
