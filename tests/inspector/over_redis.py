"""Conversations with a Redis broker, packet by packet, as a capture has them.

::

    Broker      where redis-server listens, on a wire
    └ Peer      a client or a service: a connection that publishes, one that listens

Each line of a peer is one captured packet, with the bytes that Nest's client or service
writes or redis-server answers. Nothing is routed: a test says who gets what and when.

Source: ``redis.io``, "Redis serialization protocol specification";
``packages/microservices/client/client-redis.ts`` and ``server/server-redis.ts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import dumps
from tests.inspector.carriers.redis.conversations import confirmed, strings
from tests.inspector.conversation import CLIENT, SERVER, Wire

if TYPE_CHECKING:
    from tests.inspector.conversation import Conversation

ENDPOINT = "10.0.0.9:6379"


class Broker:
    """A Redis server, and the peers that have connected.

    Attributes:
        wire: The capture.
    """

    def __init__(self) -> None:
        self.wire = Wire()
        self._peers = 0

    def peer(self, *channels: str, patterns: tuple[str, ...] = ()) -> Peer:
        """Return a peer that has connected, and subscribed."""
        self._peers += 1
        host = f"10.0.0.{self._peers}"
        lines = [
            self.wire.connect(client=f"{host}:{port}", server=ENDPOINT)
            for port in (50_000 + self._peers, 51_000 + self._peers)
        ]
        peer = Peer(*lines)
        for line in lines:
            line.send(CLIENT, strings("hello", "3")).send(SERVER, b"-ERR unknown\r\n")
        for channel in channels:
            peer.subscribe(channel)
        for pattern in patterns:
            peer.subscribe(pattern, "psubscribe")
        return peer


class Peer:
    """Who publishes on one connection, and listens on another.

    Attributes:
        publishes: The first.
        listens: The second.
    """

    def __init__(self, publishes: Conversation, listens: Conversation) -> None:
        self.publishes, self.listens = publishes, listens

    def subscribe(self, channel: str, verb: str = "subscribe") -> Peer:
        """Subscribe, which the broker confirms."""
        self.listens.send(CLIENT, strings(verb, channel))
        self.listens.send(SERVER, confirmed(verb, channel, 1))
        return self

    def unsubscribe(self, channel: str) -> Peer:
        """End that, which the broker confirms."""
        self.listens.send(CLIENT, strings("unsubscribe", channel))
        self.listens.send(SERVER, confirmed("unsubscribe", channel, 0))
        return self

    def publish(self, channel: str, body: bytes, receivers: int = 1) -> Peer:
        """Publish, and learn how many had it."""
        self.publishes.send(CLIENT, strings("publish", channel, body))
        self.publishes.send(SERVER, b":%d\r\n" % receivers)
        return self

    def get(self, channel: str, body: bytes, pattern: str = "") -> Peer:
        """Have what was published, by a pattern if that is given."""
        words = ["pmessage", pattern] if pattern else ["message"]
        self.listens.send(SERVER, strings(*words, channel, body))
        return self


def asked(pattern: str = "sum", identity: str = "1") -> bytes:
    """Return a request."""
    return dumps({"pattern": pattern, "data": [1], "id": identity})


def answered(identity: str = "1") -> bytes:
    """Return its reply."""
    return dumps({"response": 6, "isDisposed": True, "id": identity})


def called(caller: Peer, handler: Peer, *, replies: str = "sum.reply") -> None:
    """Pass a whole call; its reply may go elsewhere."""
    caller.subscribe("sum.reply").publish("sum", asked())
    handler.get("sum", asked())
    if replies == "sum.reply":
        handler.publish(replies, answered())
        caller.get(replies, answered()).unsubscribe(replies)
    else:
        handler.publish(replies, answered(), 0)
