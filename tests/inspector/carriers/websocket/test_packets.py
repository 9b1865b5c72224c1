from __future__ import annotations

import pytest

from inspector.carriers.websocket.packets import Packet, read_packet


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        (b'2["a",1]', Packet(b"2", 0, "/", None, 1, b'["a",1]')),
        (b'2/main,["a"]', Packet(b"2", 0, "/main", None, 7, b'["a"]')),
        (b'2/main,12["a"]', Packet(b"2", 0, "/main", 12, 9, b'["a"]')),
        (b"30[]", Packet(b"3", 0, "/", 0, 2, b"[]")),
        (b'52-/a,7["f",{}]', Packet(b"5", 2, "/a", 7, 7, b'["f",{}]')),
        (b"61-3[{}]", Packet(b"6", 1, "/", 3, 4, b"[{}]")),
        (b"0", Packet(b"0", 0, "/", None, 1, b"")),
        (b"0/admin", Packet(b"0", 0, "/admin", None, 7, b"")),
        (b'0/admin,{"t":1}', Packet(b"0", 0, "/admin", None, 8, b'{"t":1}')),
        (b'4{"message":"no"}', Packet(b"4", 0, "/", None, 1, b'{"message":"no"}')),
    ],
)
def test_a_packet_is_read(text: bytes, packet: Packet) -> None:
    assert read_packet(text) == packet


@pytest.mark.parametrize("text", [b"", b"7[]", b"x", b'5["f"]', b'21-["a"]'])
def test_what_is_none_is_not_read(text: bytes) -> None:
    assert read_packet(text) is None


def test_it_has_a_name() -> None:
    packet = read_packet(b'51-["f",{}]')
    assert packet is not None
    assert packet.name == "BINARY_EVENT"
