from __future__ import annotations

from inspector.carriers.mqtt.messages import MOST, Messages
from inspector.carriers.web.cutting import Cutter, Frame
from inspector.carriers.web.messages import Assembler, Envelope
from tests.inspector.carriers.mqtt.framed import compressed, framed
from tests.inspector.carriers.mqtt.written import BROKER, CLIENT
from tests.inspector.carriers.websocket.written import PING


def _messages(*frames: bytes) -> tuple[Messages, bytes]:
    """Return messages, one of each frame or control frame, and all their bytes."""
    cutter, assembler, messages = Cutter(), Assembler(), Messages()
    cutter.feed(b"".join(frames))
    while isinstance(frame := cutter.cut(), Frame):
        if frame.head.control:
            messages.add(Envelope(frame.begin, frame.end, b"", (frame,)))
            continue
        message = assembler.add(frame, 0)
        if isinstance(message, Envelope):
            messages.add(message)
    return messages, b"".join(frames)


def test_a_place_among_payloads_is_one_in_frames() -> None:
    first, ping = framed(CLIENT, b"abcd"), framed(CLIENT, b"?", PING)
    messages, sent = _messages(first, ping, framed(CLIENT, b"efgh"))

    assert messages.end == 8
    assert [messages.begin(place) for place in (0, 1, 4, 5)] == [0, 7, 17, 24]
    assert [messages.after(place) for place in (1, 4, 5, 8)] == [7, 10, 24, len(sent)]
    assert messages.begin(8) is None
    assert messages.payload(1, 6) == b"bcdef"
    assert messages.sent(0, 8) == sent
    assert messages.sent(1, 4) == sent[7:10]
    assert messages.sent(4, 8) == sent[17:]
    assert messages.whole(1, 6) == (1, 6)
    assert [messages.count(0, 4), messages.count(3, 5)] == [1, 2]


def test_what_is_written_has_the_masks_of_before_and_no_payload_of_pings() -> None:
    ping = framed(BROKER, b"secret", PING)
    messages, sent = _messages(framed(CLIENT, b"abcd"), ping, framed(CLIENT, b"efgh"))
    shown = messages.rewritten(0, b"ABCDEFGH")

    assert len(shown) == len(sent)
    again, _ = _messages(shown)
    assert again.payload(0, 8) == b"ABCDEFGH"
    assert b"secret" not in shown
    assert messages.rewritten(2, b"CDE") == b"".join(
        (shown[8:10], shown[10 : 10 + len(ping)], shown[-10:-3])
    )


def test_what_is_compressed_is_a_whole() -> None:
    text = b"abc" * 20
    messages, sent = _messages(framed(CLIENT, b"x"), compressed(CLIENT, text))

    assert messages.whole(5, 7) == (1, 61)
    assert (messages.begin(7), messages.after(9)) == (7, len(sent))
    assert messages.sent(1, 61) == sent[7:]
    assert len(messages.rewritten(1, b"y" * 60)) == len(sent) - 7


def test_what_is_before_a_place_is_forgotten() -> None:
    messages, _ = _messages(*[framed(BROKER, b"ab")] * 3)
    messages.forget(3)

    assert messages.begin(1) is None
    assert messages.begin(2) == 4
    messages.forget(6)
    assert messages.begin(5) is None


def test_empty_messages_are_too_many_sooner_than_others() -> None:
    messages, empty = Messages(), Envelope(0, 2, b"")
    messages.add(empty)
    for _ in range(MOST):
        assert not messages.crowded
        messages.add(empty)
    assert messages.crowded
