"""Names of protocols that no carrier here reads, by the bytes that they begin with."""

from __future__ import annotations

from protocol.lazy_regex import lazy_regex

HTTP = "HTTP"
"""The name of HTTP/1: gateways of Nest's speak it too."""
HTTP2 = "HTTP/2"
"""What carries gRPC, and much else: which it is shows in what follows."""
ENGINE_IO_3 = "Engine.IO 3"
"""What clients of Socket.IO 2 speak, to gateways with ``allowEIO3``.

Source: https://socket.io/docs/v4/server-options/, ``allowEIO3``.
"""
PUSHER = "Pusher"
"""The Channels protocol of Pusher, which Laravel Reverb and soketi speak too.

Source: https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/
"""
OVER_HTTP = frozenset({HTTP, ENGINE_IO_3, PUSHER})
"""Those that begin with a request of HTTP, as gateways of Nest's do."""
_FOREIGN = (
    (ENGINE_IO_3, lazy_regex(rb"[A-Z]{3,7} [^\s?]*+\?(?:[^\s&]*+&)*?EIO=3[&\s]")),
    (PUSHER, lazy_regex(rb"GET /app/[^\s/?]++\?(?:[^\s&]*+&)*?protocol=\d[&\s]")),
    ("TLS", lazy_regex(rb"\x16\x03[\x00-\x04]")),
    (HTTP2, lazy_regex(rb"PRI \* HTTP/2")),
    (HTTP, lazy_regex(rb"(?:HTTP/\d|[A-Z]{3,10} \S++ HTTP/\d)")),
    ("SSH", lazy_regex(rb"SSH-\d")),
)
_BROKERS = (
    ("AMQP", lazy_regex(rb"AMQP[\x00-\x03]")),
    ("MQTT", lazy_regex(rb"\x10[\x00-\xff]{1,4}?\x00(?:\x04MQTT|\x06MQIsdp)")),
    ("Redis", lazy_regex(rb"\*[1-9]\d*\r\n\$\d|PING\r\n")),
)


def name_protocol(beginning: bytes, *, brokers: bool = False) -> str | None:
    """Return the name of another protocol that bytes begin with, if it is known.

    Args:
        beginning: The bytes.
        brokers: Whether protocols of brokers are named too. A carrier may be about to
            read those, so that they are named once none has.
    """
    for name, pattern in _FOREIGN + _BROKERS if brokers else _FOREIGN:
        if pattern.match(beginning):
            return name
    return None
