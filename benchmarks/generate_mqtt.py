"""Write a capture of Nest traffic over MQTT as large as wanted, the same every time.

Calls and events of callers and handlers, all connections of one broker, MQTT 3.1.1 with
quality of service 0: eight data packets and six pure ACKs for a call, two and two for
an event, with the bodies of :mod:`benchmarks.generate_capture`. With the defaults:
90,000 exchanges, 1.04 million packets.

    python -m benchmarks.generate_mqtt big.pcap [EXCHANGES [CONNECTIONS]]
"""

from __future__ import annotations

import json
import random
from struct import pack
from typing import TYPE_CHECKING

from benchmarks.generate_capture import (
    Connection,
    Writer,
    main,
    pattern_and_bodies,
    varint,
)

if TYPE_CHECKING:
    from pathlib import Path

_PORT = 1883
_TOPICS = [f"orders.{n}" for n in range(20)] + [f"audit.{n}" for n in range(5)]
_CONNECT, _CONNACK, _PUBLISH, _SUBSCRIBE, _SUBACK = 0x10, 0x20, 0x30, 0x82, 0x90
_UNSUBSCRIBE, _UNSUBACK = 0xA2, 0xB0
_GREETING = b"\0\x04MQTT\x04\x02\0\x3c"


def _packet(first: int, content: bytes) -> bytes:
    return bytes([first]) + varint(len(content)) + content


def _text(text: bytes) -> bytes:
    return pack(">H", len(text)) + text


class Peer(Connection):
    """A connection to the broker."""

    def __init__(self, writer: Writer, port: int) -> None:
        super().__init__(writer, port)
        self._number = 0
        greeting = _packet(_CONNECT, _GREETING + _text(b"peer-%d" % port))
        self.exchange(greeting, _packet(_CONNACK, b"\0\0"))

    def subscribe(self, topic: bytes) -> None:
        """Subscribe to a topic, which the broker confirms."""
        number = self._next()
        self.push(_packet(_SUBSCRIBE, number + _text(topic) + b"\0"))
        self.push(_packet(_SUBACK, number + b"\0"), up=False)
        self.acknowledge(up=True)

    def unsubscribe(self, topic: bytes) -> None:
        """Listen there no longer, which the broker confirms."""
        number = self._next()
        self.push(_packet(_UNSUBSCRIBE, number + _text(topic)))
        self.push(_packet(_UNSUBACK, number), up=False)
        self.acknowledge(up=True)

    def publish(self, topic: bytes, body: bytes) -> None:
        """Hand the broker a message."""
        self.push(_packet(_PUBLISH, _text(topic) + body))
        self.acknowledge()

    def hear(self, topic: bytes, body: bytes) -> None:
        """Have what was published."""
        self.push(_packet(_PUBLISH, _text(topic) + body), up=False)
        self.acknowledge(up=True)

    def _next(self) -> bytes:
        self._number = self._number % 0xFFFF + 1
        return pack(">H", self._number)


def call(caller: Peer, handler: Peer, bodies: tuple[bytes, bytes]) -> None:
    """Let one ask, and the other answer."""
    request, reply = bodies
    topic = json.loads(request)["pattern"].encode()
    replies = topic + b"/reply"
    caller.subscribe(replies)
    caller.publish(topic, request)
    handler.hear(topic, request)
    handler.publish(replies, reply)
    caller.hear(replies, reply)
    caller.unsubscribe(replies)


def emit(caller: Peer, handler: Peer, body: bytes) -> None:
    """Let one tell, and the other hear."""
    topic = json.loads(body)["pattern"].encode()
    caller.publish(topic, body)
    handler.hear(topic, body)


def generate(path: Path, exchanges: int = 90_000, connections: int = 50) -> None:
    """Write a capture of ``exchanges`` of so many callers and five handlers."""
    rng = random.Random(42)  # noqa: S311 — the same capture every time
    with path.open("wb") as file:
        writer = Writer(file, rng, _PORT)
        callers = [Peer(writer, 40_000 + index) for index in range(connections)]
        handlers = [Peer(writer, 50_000 + index) for index in range(5)]
        for index, topic in enumerate(_TOPICS):
            handlers[index % 5].subscribe(topic.encode())
        for number in range(exchanges):
            caller = callers[number % connections]
            topic, (request, *reply) = pattern_and_bodies(rng, number)
            handler = handlers[_TOPICS.index(topic) % 5]
            if reply:
                call(caller, handler, (request, reply[0]))
            else:
                emit(caller, handler, request)
        for peer in (*callers, *handlers):
            peer.close()


if __name__ == "__main__":
    main(generate, __doc__)
