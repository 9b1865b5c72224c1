from __future__ import annotations

import pytest

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.mqtt.framing import find_framed, is_framed
from inspector.carriers.mqtt.recognition import find, recognise
from inspector.carriers.web.heads import LONGEST
from tests.inspector.carriers.mqtt.framed import (
    COMPRESSED,
    PROTOCOL,
    WAYS,
    framed,
    handshake,
    split,
)
from tests.inspector.carriers.mqtt.written import (
    BROKER,
    CLIENT,
    EVENT,
    REQUEST,
    connect,
    publish,
    suback,
    subscribe,
)
from tests.inspector.carriers.websocket.written import (
    PING,
    TEXT,
    frame,
    switched,
    upgrade,
)


def test_either_side_shows_it_by_its_handshake() -> None:
    for side, head in handshake():
        judged = Recognition(asks=side == CLIENT)
        assert recognise(head + framed(side, publish("sum", REQUEST))) == judged
        for size in range(len(head)):
            assert recognise(head[:size]) is Verdict.UNDECIDED
    for offer in ("mqttv3.1", "mqttv3.1, MQTT"):
        asked = upgrade("/", f"Sec-WebSocket-Protocol: {offer}")
        assert recognise(asked) == Recognition(asks=True)


@pytest.mark.parametrize(
    "beginning",
    [
        upgrade(),
        upgrade("/", "Sec-WebSocket-Protocol: graphql-ws"),
        switched(),
        f"GET / HTTP/1.1\r\n{PROTOCOL}\r\n\r\n".encode(),
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * (LONGEST // 6),
        b"GET nonsense\r\n\r\n",
    ],
)
def test_other_handshakes_are_not(beginning: bytes) -> None:
    assert recognise(beginning) is Verdict.OTHER


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("side", [CLIENT, BROKER])
def test_in_the_middle_a_frame_is_found_with_which_a_packet_begins(
    side: int,
    way: object,
) -> None:
    assert callable(way)
    before = b'x":1}'
    for packet in (publish("sum", REQUEST), subscribe("sum/reply"), suback(0)):
        found = find(before + way(side, packet), boundary=True)
        assert found == Recognition(len(before), asks=side == CLIENT)


@pytest.mark.parametrize(
    "data",
    [
        frame("hello", TEXT),
        frame(b"hello", PING),
        framed(CLIENT, b"\x30\x05\0\x03sum"),
        framed(CLIENT, b"\x40\x02\0\x01"),
        framed(BROKER, b"\x01\x02\x03", COMPRESSED),
        split(CLIENT, publish("sum", REQUEST))[:20],
        b"\x82" * 50,
        b"\x02\x7f" * 50,
    ],
)
def test_other_frames_are_passed_over(data: bytes) -> None:
    assert find_framed(data) == -1


@pytest.mark.parametrize(
    ("beginning", "judged"),
    [
        (b"GET / HTTP/1.1", True),
        (b"HTTP/1.1 101 ", True),
        (connect(), False),
        (publish("sum", REQUEST), False),
        (subscribe("sum/reply"), False),
        (subscribe("sum/reply") + subscribe("b"), False),
        (framed(CLIENT, subscribe("sum/reply")), True),
        (framed(BROKER, publish("log", EVENT)), True),
        (split(CLIENT, publish("log", EVENT))[:7], True),
        (frame(b"", PING), True),
        (b"\x66\x66", False),
        (b"\0\0", False),
    ],
)
def test_the_first_bytes_tell_frames_from_packets(
    beginning: bytes,
    judged: bool,  # noqa: FBT001
) -> None:
    assert is_framed(beginning) is judged
