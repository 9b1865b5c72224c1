"""Write a capture of Nest traffic over RabbitMQ as large as wanted, the same each time.

Calls and events of callers and handlers, all connections of one broker: six data
packets for a call, three for an event, and pure ACKs, with the bodies of
:mod:`benchmarks.generate_capture`. With the defaults: 110,000 exchanges, a million
packets.

    python -m benchmarks.generate_rabbitmq big.pcap [EXCHANGES [CONNECTIONS]]
"""

from __future__ import annotations

import json
import random
from struct import pack
from typing import TYPE_CHECKING

from benchmarks.generate_capture import Connection, Writer, event, main, message

if TYPE_CHECKING:
    from pathlib import Path

_PORT = 5672
_EVENT_SHARE = 0.25
_QUEUE = "orders_q"
_REPLY_TO = "amq.rabbitmq.reply-to"
_ADDRESS = (
    f"{_REPLY_TO}.g1h2AA1yZXBseUA5NTk2NzU2AAACTAAAAABrAF+n.g8JUSQRDKqhx3kBWhEbAsw=="
)


def _frame(kind: int, payload: bytes, channel: int = 1) -> bytes:
    return pack(">BHI", kind, channel, len(payload)) + payload + b"\xce"


def _text(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def _method(group: int, number: int, arguments: bytes = b"", channel: int = 1) -> bytes:
    return _frame(1, pack(">HH", group, number) + arguments, channel)


def _content(body: bytes, correlation: str, reply_to: str) -> bytes:
    """Return header and body, with the properties of Nest's client."""
    flags, said = 1 << 13 | 1 << 12, b"\0\0\0\0\x01"
    if correlation:
        flags, said = flags | 1 << 10, said + _text(correlation)
    if reply_to:
        flags, said = flags | 1 << 9, said + _text(reply_to)
    head = pack(">HHQH", 60, 0, len(body), flags) + said
    return _frame(2, head) + _frame(3, body)


class Peer(Connection):
    """A connection to the broker, with one channel that is confirmed."""

    def __init__(self, writer: Writer, port: int, queue: str) -> None:
        super().__init__(writer, port)
        self._published = self._delivered = 0
        self.exchange(b"AMQP\0\0\x09\x01", _method(10, 10, b"\0\x09" + bytes(12), 0))
        self.exchange(_method(20, 10, b"\0"), _method(20, 11, bytes(4)))
        self.exchange(_method(85, 10, b"\0"), _method(85, 11))
        consume = b"\0\0" + _text(queue) + _text("tag") + b"\x02" + bytes(4)
        self.exchange(_method(60, 20, consume), _method(60, 21, _text("tag")))

    def publish(
        self, key: str, body: bytes, correlation: str = "", reply_to: str = ""
    ) -> None:
        """Hand the broker a message, and get its confirm."""
        self._published += 1
        method = _method(60, 40, b"\0\0\0" + _text(key) + b"\0")
        self.push(method + _content(body, correlation, reply_to))
        self.push(_method(60, 80, pack(">QB", self._published, 0)), up=False)
        self.acknowledge(up=True)

    def deliver(
        self, key: str, body: bytes, correlation: str = "", reply_to: str = ""
    ) -> None:
        """Get a message."""
        self._delivered += 1
        said = _text("tag") + pack(">QB", self._delivered, 0) + b"\0" + _text(key)
        self.push(
            _method(60, 60, said) + _content(body, correlation, reply_to), up=False
        )
        self.acknowledge(up=True)


def call(caller: Peer, handler: Peer, bodies: tuple[bytes, bytes]) -> None:
    """Let one ask, and the other answer."""
    request, reply = bodies
    identity = json.loads(request)["id"]
    answer = json.loads(reply)
    del answer["id"]
    reply = json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode()
    caller.publish(_QUEUE, request, identity, _REPLY_TO)
    handler.deliver(_QUEUE, request, identity, _ADDRESS)
    handler.publish(_ADDRESS, reply, identity)
    caller.deliver(_ADDRESS, reply, identity)


def emit(caller: Peer, handler: Peer, body: bytes) -> None:
    """Let one tell, and the other hear."""
    caller.publish(_QUEUE, body)
    handler.deliver(_QUEUE, body)


def generate(path: Path, exchanges: int = 110_000, connections: int = 50) -> None:
    """Write a capture of ``exchanges`` of so many callers and as many handlers."""
    rng = random.Random(42)  # noqa: S311 — the same capture every time
    with path.open("wb") as file:
        writer = Writer(file, rng, _PORT)
        ports = range(connections)
        callers = [Peer(writer, 40_000 + index, _REPLY_TO) for index in ports]
        handlers = [Peer(writer, 50_000 + index, _QUEUE) for index in ports]
        for number in range(exchanges):
            caller, handler = callers[number % connections], rng.choice(handlers)
            if rng.random() < _EVENT_SHARE:
                emit(caller, handler, event(rng, number))
            else:
                call(caller, handler, message(rng, number))
        for peer in (*callers, *handlers):
            peer.close()


if __name__ == "__main__":
    main(generate, __doc__)
