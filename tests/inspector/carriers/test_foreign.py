from __future__ import annotations

import pytest

from inspector.carriers.foreign import name_protocol


@pytest.mark.parametrize(
    ("beginning", "name"),
    [
        (b"GET /sum?num=1,2,3 HTTP/1.1\r\n", "HTTP"),
        (b"GET /socket.io/?EIO=3&transport=polling HTTP/1.1\r\n", "Engine.IO 3"),
        (b"POST /x/?transport=polling&EIO=3 HTTP/1.1\r\n", "Engine.IO 3"),
        (b"GET /socket.io/?EIO=4&t=EIO=3 HTTP/1.1\r\n", "HTTP"),
        (b"GET /socket.io/?EIO=30 HTTP/1.1\r\n", "HTTP"),
        (b"GET /app/key?protocol=7&client=js HTTP/1.1\r\n", "Pusher"),
        (b"GET /app/key?client=js&protocol=7 HTTP/1.1\r\n", "Pusher"),
        (b"GET /app?protocol=7 HTTP/1.1\r\n", "HTTP"),
        (b"GET /app/key?protocols=7 HTTP/1.1\r\n", "HTTP"),
        (b"OPTIONS * HTTP/1.0\r\n", "HTTP"),
        (b"HTTP/1.1 404 Not Found\r\n", "HTTP"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2"),
        (b"\x16\x03\x01\x02\x00", "TLS"),
        (b"SSH-2.0-OpenSSH_9.2", "SSH"),
        (b"*1\r\n$4\r\nPING\r\n", None),
        (b"2#{}", None),
        (b"", None),
    ],
)
def test_other_protocols_are_named(beginning: bytes, name: str | None) -> None:
    assert name_protocol(beginning) == name


@pytest.mark.parametrize(
    ("beginning", "name"),
    [
        (b"*1\r\n$4\r\nPING\r\n", "Redis"),
        (b"PING\r\n", "Redis"),
        (b"AMQP\x00\x00\x09\x01", "AMQP"),
        (b"\x10\x16\x00\x04MQTT\x04\x02", "MQTT"),
        (b"CONNECT example.org:443 HTTP/1.1\r\n", "HTTP"),
        (b"2#{}", None),
    ],
)
def test_brokers_are_named_where_they_are_asked_for(
    beginning: bytes, name: str | None
) -> None:
    assert name_protocol(beginning, brokers=True) == name
