"""Write a capture of Nest traffic over Redis as large as wanted, the same every time.

Calls and events of callers and handlers with two connections each, all of one broker:
ten data packets and six pure ACKs for a call, three and two for an event, with the
bodies of :mod:`benchmarks.generate_capture`. With the defaults: 80,000 exchanges, 1.06
million packets.

    python -m benchmarks.generate_redis big.pcap [EXCHANGES [CONNECTIONS]]
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from benchmarks.generate_capture import Connection, Writer, main, pattern_and_bodies

if TYPE_CHECKING:
    from pathlib import Path

_PORT = 6379
_CHANNELS = [f"orders.{n}" for n in range(20)] + [f"audit.{n}" for n in range(5)]
_APART = 1_000  # between the ports of a peer's connections


def _strings(kind: bytes, *words: bytes) -> bytes:
    said = b"".join(b"$%d\r\n%b\r\n" % (len(each), each) for each in words)
    return b"%b%d\r\n%b" % (kind, len(words), said)


def _confirmed(verb: bytes, channel: bytes, count: int) -> bytes:
    return b">3\r\n%b:%d\r\n" % (_strings(b"*", verb, channel)[4:], count)


class Peer:
    """Who publishes on one connection, and listens on another."""

    def __init__(self, writer: Writer, port: int) -> None:
        self.publishes = Connection(writer, port)
        self.listens = Connection(writer, port + _APART)
        for each in (self.publishes, self.listens):
            each.exchange(_strings(b"*", b"info"), b"$2\r\nok\r\n")

    def serve(self, channels: list[str]) -> None:
        """Subscribe to channels."""
        for channel in channels:
            self.subscribe(b"subscribe", channel.encode(), 1)

    def subscribe(self, verb: bytes, channel: bytes, count: int) -> None:
        """Subscribe, or no longer, which the broker confirms."""
        self.listens.push(_strings(b"*", verb, channel))
        self.listens.push(_confirmed(verb, channel, count), up=False)
        self.listens.acknowledge(up=True)

    def publish(self, channel: bytes, body: bytes) -> None:
        """Publish, and learn how many had it."""
        self.publishes.push(_strings(b"*", b"publish", channel, body))
        self.publishes.push(b":1\r\n", up=False)
        self.publishes.acknowledge(up=True)

    def hear(self, channel: bytes, body: bytes) -> None:
        """Have what was published."""
        self.listens.push(_strings(b">", b"message", channel, body), up=False)
        self.listens.acknowledge(up=True)

    def close(self) -> None:
        """End both connections."""
        self.publishes.close()
        self.listens.close()


def call(caller: Peer, handler: Peer, bodies: tuple[bytes, bytes]) -> None:
    """Let one ask, and the other answer."""
    request, reply = bodies
    channel = json.loads(request)["pattern"].encode()
    replies = channel + b".reply"
    caller.subscribe(b"subscribe", replies, 1)
    caller.publish(channel, request)
    handler.hear(channel, request)
    handler.publish(replies, reply)
    caller.hear(replies, reply)
    caller.subscribe(b"unsubscribe", replies, 0)


def emit(caller: Peer, handler: Peer, body: bytes) -> None:
    """Let one tell, and the other hear."""
    channel = json.loads(body)["pattern"].encode()
    caller.publish(channel, body)
    handler.hear(channel, body)


def generate(path: Path, exchanges: int = 80_000, connections: int = 50) -> None:
    """Write a capture of ``exchanges`` of so many callers and five handlers."""
    rng = random.Random(42)  # noqa: S311 — the same capture every time
    with path.open("wb") as file:
        writer = Writer(file, rng, _PORT)
        callers = [Peer(writer, 40_000 + index) for index in range(connections)]
        handlers = [Peer(writer, 50_000 + index) for index in range(5)]
        for index, handler in enumerate(handlers):
            handler.serve(_CHANNELS[index::5])
        for number in range(exchanges):
            caller = callers[number % connections]
            channel, (request, *reply) = pattern_and_bodies(rng, number)
            handler = handlers[_CHANNELS.index(channel) % 5]
            if reply:
                call(caller, handler, (request, reply[0]))
            else:
                emit(caller, handler, request)
        for peer in (*callers, *handlers):
            peer.close()


if __name__ == "__main__":
    main(generate, __doc__)
