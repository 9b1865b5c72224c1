"""Conversations with RabbitMQ, packet by packet, as a capture has them.

::

    Broker      where RabbitMQ listens, on a wire
    └ Peer      one connection to it, with one channel
    Sent        a request or an event on its way

A method of a peer is one captured packet. Nothing is routed: a test says who gets what
and when. :func:`called` and :func:`emitted` are whole exchanges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pamqp import commands

from protocol import UNDEFINED, Json, encode_packet
from tests.inspector.carriers.rabbitmq.wire import (
    DIRECT,
    PREAMBLE,
    REPLY_TO,
    Basic,
    deliver,
    message,
    method,
    publish,
)
from tests.inspector.conversation import CLIENT, SERVER, Wire, event, request, response

if TYPE_CHECKING:
    from protocol import Packet
    from tests.inspector.conversation import Conversation

ENDPOINT = "10.0.0.9:5672"
QUEUE = "cats_q"


class Sent(NamedTuple):
    """A request or an event on its way.

    Attributes:
        body: Its JSON text.
        key: Its routing key.
        identity: The id of a request; None for an event.
    """

    body: bytes
    key: str = QUEUE
    identity: str | None = None

    @property
    def properties(self) -> dict[str, str]:
        """What a delivery of it says of the reply."""
        if self.identity is None:
            return {}
        return {"correlation_id": self.identity, "reply_to": DIRECT}


class Broker:
    """A RabbitMQ, and the connections to it.

    Attributes:
        wire: The capture.
    """

    def __init__(self) -> None:
        self.wire = Wire()
        self._count = 0

    def peer(self) -> Peer:
        """Return a client that has connected and opened a channel."""
        self._count += 1
        client = f"10.0.0.{self._count}:{50_000 + self._count}"
        peer = Peer(self.wire.connect(client=client, server=ENDPOINT))
        peer.say(PREAMBLE)
        peer.hear(method(commands.Connection.Start(0, 9, {}, "PLAIN"), 0))
        peer.say(method(commands.Channel.Open())).hear(
            method(commands.Channel.OpenOk())
        )
        peer.say(method(commands.Confirm.Select()))
        return peer

    def worker(
        self, *, no_ack: bool = True, queue: str = QUEUE, prefetch: int = 0
    ) -> Peer:
        """Return a client that consumes a queue, so many at once, or any number."""
        peer = self.peer()
        if prefetch:
            peer.say(method(Basic.Qos(prefetch_count=prefetch)))
        return peer.say(
            method(Basic.Consume(queue=queue, consumer_tag="tag", no_ack=no_ack))
        )


class Peer:
    """One connection to the broker.

    Attributes:
        line: Its packets, for what is not written here.
    """

    def __init__(self, line: Conversation) -> None:
        self.line = line
        self._published = self._delivered = 0

    def say(self, *units: bytes) -> Peer:
        """Write units to the broker, in one packet."""
        self.line.send(CLIENT, b"".join(units))
        return self

    def hear(self, *units: bytes) -> Peer:
        """Get units from the broker, in one packet."""
        self.line.send(SERVER, b"".join(units))
        return self

    def ask(self, pattern: Json, data: Json = UNDEFINED, key: str = QUEUE) -> Sent:
        """Send a request, and get its confirm."""
        identity = f"id{self.line.ports[0]}{self._published:04}".ljust(21, "0")
        sent = Sent(_body(request(pattern, identity, data)), key, identity)
        self.publish(sent.body, key, reply_to=REPLY_TO, correlation_id=identity)
        return sent

    def emit(self, pattern: Json, data: Json = UNDEFINED, key: str = QUEUE) -> Sent:
        """Send an event, and get its confirm."""
        sent = Sent(_body(event(pattern, data)), key)
        self.publish(sent.body, key)
        return sent

    def publish(self, body: bytes, key: str, **said: Any) -> Peer:  # noqa: ANN401
        """Publish anything, and get its confirm."""
        self._published += 1
        self.say(publish(body, key, "cats" if key != QUEUE else "", **said))
        return self.hear(method(Basic.Ack(self._published)))

    def take(self, sent: Sent, *, again: bool = False) -> int:
        """Get a request or an event; return the number of the delivery."""
        self._delivered += 1
        exchange = "cats" if sent.key != QUEUE else ""
        self.hear(
            deliver(
                sent.body,
                self._delivered,
                sent.key,
                redelivered=again,
                exchange=exchange,
                **sent.properties,
            )
        )
        return self._delivered

    def bury(self, sent: Sent, queue: str = QUEUE) -> int:
        """Get a request or an event that a queue did not keep; return its number."""
        death = {
            "queue": queue,
            "reason": "rejected",
            "exchange": "",
            "routing-keys": [sent.key],
            "count": 1,
        }
        self._delivered += 1
        headers = {"x-death": [death]}
        said = {"headers": headers, **sent.properties}
        self.hear(deliver(sent.body, self._delivered, "dead_q", **said))
        return self._delivered

    def reply(self, sent: Sent, packet: Packet) -> bytes:
        """Send a reply, get its confirm, and return its JSON text."""
        body = _body(packet)
        self.publish(body, DIRECT, correlation_id=sent.identity)
        return body

    def get(self, sent: Sent, body: bytes) -> Peer:
        """Get a reply."""
        self._delivered += 1
        return self.hear(
            deliver(body, self._delivered, DIRECT, correlation_id=sent.identity)
        )

    def acknowledge(self, number: int) -> Peer:
        """Say that the work of a delivery is done."""
        return self.say(method(Basic.Ack(number)))

    def give_back(self, number: int, *, requeue: bool) -> Peer:
        """Say that a delivery is not wanted."""
        return self.say(method(Basic.Nack(number, requeue=requeue)))

    def emit_in_vain(self, pattern: Json, key: str) -> Sent:
        """Send an event that no queue is bound for; get it back, and its confirm."""
        sent = Sent(_body(event(pattern, 1)), key)
        self._published += 1
        self.say(publish(sent.body, key, "cats", mandatory=True))
        back = message(Basic.Return(312, "NO_ROUTE", "cats", key), sent.body)
        self.hear(back, method(Basic.Ack(self._published)))
        return sent


def called(caller: Peer, worker: Peer, pattern: Json = "sum", value: Json = 3) -> Sent:
    """Pass a whole call."""
    sent = caller.ask(pattern, [1, 2])
    worker.take(sent)
    caller.get(sent, worker.reply(sent, response(sent.identity, value)))
    return sent


def emitted(caller: Peer, worker: Peer, pattern: Json = "log", data: Json = 1) -> Sent:
    """Pass a whole event."""
    sent = caller.emit(pattern, data)
    worker.take(sent)
    return sent


def _body(packet: Packet) -> bytes:
    """Return a packet as it is over RabbitMQ, where a reply has no id."""
    frame = encode_packet(packet)
    return frame[frame.index(b"#") + 1 :]
