"""Calls and events over a broker at random: mostly plain, else anything.

Over Kafka, RabbitMQ, Redis or MQTT.

Several go on at a time, and a caller may have two calls of one route. Warm at first, so
that plain exchanges are figures where somebody counts; see :mod:`.chatter`, which is
the same over NATS.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Protocol

from protocol import dumps
from tests.inspector import over_mqtt, over_rabbitmq, over_redis
from tests.inspector.carriers.mqtt import written
from tests.inspector.carriers.rabbitmq.wire import (
    DIRECT,
    REPLY_TO,
    Basic,
    deliver,
    method,
    publish,
)
from tests.inspector.carriers.redis.conversations import confirmed, strings
from tests.inspector.conversation import CLIENT, MILLISECOND, SERVER, Wire
from tests.inspector.exchanged_kafka import OverKafka, Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.inspector.conversation import Conversation

_ACK, _NACK = b"\0\x3c\0\x50", b"\0\x3c\0\x78"  # class and method
_CONFIRM = 21  # bytes
_PAUSES = 0, 0, MILLISECOND, 3 * MILLISECOND, 300 * MILLISECOND


class Carried(Protocol):
    """How peers of one carrier speak; each method says in which packets."""

    wire: Wire

    def peer(self, *routes: str) -> Any:  # noqa: ANN401 — the carrier's own
        """Return a peer, which serves some routes."""

    def listen(self, peer: Any, route: str, *, opens: bool) -> list[Said]:  # noqa: ANN401
        """Begin to listen for replies, or end that."""

    def send(self, peer: Any, route: str, body: bytes, call: str | None) -> list[Said]:  # noqa: ANN401
        """Hand the broker something; ``call`` is the id of the call that it is of."""

    def hand(self, peer: Any, route: str, body: bytes, call: str | None) -> list[Said]:  # noqa: ANN401
        """Hand a peer something."""


class OverRedis:
    """Redis."""

    def __init__(self) -> None:
        self._broker = over_redis.Broker()
        self.wire = self._broker.wire

    def peer(self, *routes: str) -> over_redis.Peer:
        return self._broker.peer(*routes)

    def listen(self, peer: over_redis.Peer, route: str, *, opens: bool) -> list[Said]:
        verb, channel = "subscribe" if opens else "unsubscribe", f"{route}.reply"
        return [
            Said(peer.listens, CLIENT, strings(verb, channel)),
            Said(peer.listens, SERVER, confirmed(verb, channel, int(opens))),
        ]

    def send(
        self, peer: over_redis.Peer, route: str, body: bytes, _call: str | None
    ) -> list[Said]:
        channel = f"{route}.reply" if b"response" in body else route
        return [
            Said(peer.publishes, CLIENT, strings("publish", channel, body)),
            Said(peer.publishes, SERVER, b":1\r\n"),
        ]

    def hand(
        self, peer: over_redis.Peer, route: str, body: bytes, _call: str | None
    ) -> list[Said]:
        channel = f"{route}.reply" if b"response" in body else route
        return [Said(peer.listens, SERVER, strings("message", channel, body))]


class OverMqtt:
    """MQTT, of one level or the other."""

    def __init__(self, level: written.Level = written.FIVE) -> None:
        self.wire = Wire()
        self._level = level
        self._port = 50_000

    def peer(self, *routes: str) -> Conversation:
        self._port += 1
        if routes:
            return over_mqtt.worker(
                self.wire, *routes, level=self._level, port=self._port
            )
        return over_mqtt.peer(self.wire, self._level, port=self._port)

    def listen(self, peer: Conversation, route: str, *, opens: bool) -> list[Said]:
        topic, level = f"{route}/reply", self._level
        if opens:
            asks, said = (
                written.subscribe(topic, level=level),
                written.suback(0, level=level),
            )
        else:
            asks = written.unsubscribe(topic, level=level)
            said = written.unsuback(level=level)
        return [Said(peer, CLIENT, asks), Said(peer, SERVER, said)]

    def send(
        self, peer: Conversation, route: str, body: bytes, _call: str | None
    ) -> list[Said]:
        return [Said(peer, CLIENT, self._publish(route, body))]

    def hand(
        self, peer: Conversation, route: str, body: bytes, _call: str | None
    ) -> list[Said]:
        return [Said(peer, SERVER, self._publish(route, body))]

    def _publish(self, route: str, body: bytes) -> bytes:
        topic = f"{route}/reply" if b"response" in body else route
        return written.publish(topic, body, level=self._level)


class OverRabbitMQ:
    """RabbitMQ."""

    def __init__(self) -> None:
        self._broker = over_rabbitmq.Broker()
        self.wire = self._broker.wire
        self._sent: dict[int, int] = {}
        self._handed: dict[int, int] = {}

    def peer(self, *routes: str) -> over_rabbitmq.Peer:
        if routes:
            return self._broker.worker()
        peer = self._broker.peer()
        listens = Basic.Consume(queue=REPLY_TO, consumer_tag="tag", no_ack=True)
        return peer.say(method(listens))

    def listen(
        self, _peer: over_rabbitmq.Peer, _route: str, *, opens: bool
    ) -> list[Said]:
        assert opens in (True, False)
        return []

    def send(
        self, peer: over_rabbitmq.Peer, _route: str, body: bytes, call: str | None
    ) -> list[Said]:
        number = self._sent[id(peer)] = self._sent.get(id(peer), 0) + 1
        said = {} if call is None else {"correlation_id": call}
        key = over_rabbitmq.QUEUE
        if b'"response"' in body:
            key = DIRECT
        elif call is not None:
            said["reply_to"] = REPLY_TO
        return [
            Said(peer.line, CLIENT, publish(body, key, **said)),
            Said(peer.line, SERVER, method(Basic.Ack(number))),
        ]

    def hand(
        self, peer: over_rabbitmq.Peer, _route: str, body: bytes, call: str | None
    ) -> list[Said]:
        number = self._handed[id(peer)] = self._handed.get(id(peer), 0) + 1
        said = {} if call is None else {"correlation_id": call}
        key = over_rabbitmq.QUEUE
        if b'"response"' in body:
            key = DIRECT
        elif call is not None:
            said["reply_to"] = DIRECT
        return [Said(peer.line, SERVER, deliver(body, number, key, **said))]


CARRIED: dict[str, Callable[[], Carried]] = {
    "kafka": OverKafka,
    "mqtt": lambda: OverMqtt(written.FOUR),
    "mqtt5": OverMqtt,
    "rabbitmq": OverRabbitMQ,
    "redis": OverRedis,
}


class Exchanged:
    """Callers and handlers at one broker.

    Args:
        carried: How they speak.
        seed: Makes the same traffic every time.
        trouble: How many of a thousand packets are anything else than plain.
    """

    def __init__(self, carried: Carried, seed: int, trouble: int = 30) -> None:
        self.rng = random.Random(seed)  # noqa: S311 — the same every time
        self.wire = carried.wire
        self._carried = carried
        self._bare = isinstance(carried, OverRabbitMQ)
        self._own = isinstance(carried, OverKafka | OverRabbitMQ)
        self._callers = [carried.peer() for _ in range(2)]
        self._handlers = [carried.peer("sum", "log") for _ in range(2)]
        self._waits: dict[tuple[int, str], int] = {}
        self._steps: list[list[Callable[[], list[Said]]]] = []
        self._last = self._trouble = 0
        for caller in self._callers:
            for handler in self._handlers:
                for step in self._call(caller, handler):
                    self._say(step())
                    self.wire.wait(30 * MILLISECOND)
                for step in self._event(caller, handler):
                    self._say(step())
        self.wire.wait(1_100 * MILLISECOND)  # after which the events are over
        self._trouble = trouble

    def go_on(self, steps: int) -> Wire:
        """Take some steps of calls and events, several of which go on at a time."""
        for _ in range(steps):
            self.wire.wait(self.rng.choice(_PAUSES) if self.rng.random() < 0.2 else 0)
            if not self._steps or (len(self._steps) < 3 and self.rng.random() < 0.2):
                both = self.rng.choice(self._callers), self.rng.choice(self._handlers)
                begin = self._call if self.rng.random() < 0.7 else self._event
                self._steps.append(begin(*both))
            steps_of = self.rng.choice(self._steps)
            self._say(steps_of.pop(0)())
            self._steps = [each for each in self._steps if each]
        return self.wire

    def call(self) -> Wire:
        """Make a whole call at once."""
        for step in self._call(self._callers[0], self._handlers[0]):
            self._say(step())
        return self.wire

    def event(self) -> Wire:
        """Send an event that one has, and let it be over."""
        for step in self._event(self._callers[0], self._handlers[0]):
            self._say(step())
        self.wire.wait(1_100 * MILLISECOND)
        return self.wire

    def _odd(self) -> bool:
        return self.rng.randrange(1_000) < self._trouble

    def _say(self, said: list[Said]) -> None:
        """Send packets one after the other, some in an unusual way."""
        for line, side, said_data in said:
            data = self._refused(said_data) if self._odd() else said_data
            if not self._odd():
                line.send(side, data)
                continue
            how = self.rng.randrange(5)
            if how == 0:
                line.send(side, data, captured=False)
            elif how == 1:
                line.split(side, data, len(data) // 2)
            elif how == 2:
                line.send(side, data + data)
            else:
                line.send(side, data)
                self.rng.choice([line.resend, line.copy])(line.records[-1])
        if said and self._odd():
            records = self.wire.records
            records[-1], records[-2] = records[-2], records[-1]

    def _refused(self, data: bytes) -> bytes:
        """Return what a broker says instead of a confirm: that none had it, or two."""
        if data == b":1\r\n":
            return self.rng.choice([b":0\r\n", b":2\r\n"])
        return data.replace(_ACK, _NACK) if len(data) == _CONFIRM else data

    def _call(self, caller: Any, handler: Any) -> list[Callable[[], list[Said]]]:  # noqa: ANN401
        """Return the steps of a call; its replies go to all who wait there."""
        self._last += 1
        identity, route, carried = f"id{self._last:019}", "sum", self._carried
        data = {"password": "hunter2"} if self._odd() else [self._last]
        asked = dumps({"pattern": route, "data": data, "id": identity})
        replies = self._replies(identity)
        place = id(caller), route

        def ask() -> list[Said]:
            opens = not self._waits.get(place)
            self._waits[place] = self._waits.get(place, 0) + 1
            listens = carried.listen(caller, route, opens=True) if opens else []
            return [*listens, *carried.send(caller, route, asked, identity)]

        def get() -> list[Said]:
            others = () if self._own else self._callers
            waits = [each for each in others if self._waits.get((id(each), route))]
            return [
                said
                for body in replies
                for each in waits or [caller]
                for said in carried.hand(each, route, body, identity)
            ]

        def leave() -> list[Said]:
            self._waits[place] -= 1
            if self._waits[place]:
                return []
            return carried.listen(caller, route, opens=False)

        return [
            ask,
            lambda: carried.hand(handler, route, asked, identity),
            lambda: [
                said
                for body in replies
                for said in carried.send(handler, route, body, identity)
            ],
            get,
            leave,
        ]

    def _replies(self, identity: str) -> list[bytes]:
        """Return what a handler answers: one value, or two, or that it failed."""
        known = {} if self._bare else {"id": identity}
        last = {"response": self._last, "isDisposed": True, **known}
        if not self._odd():
            return [dumps(last)]
        if self.rng.random() < 0.5:
            return [dumps({"response": 0, **known}), dumps(last)]
        return [dumps({"err": "no", "response": None, "isDisposed": True, **known})]

    def _event(self, sender: Any, handler: Any) -> list[Callable[[], list[Said]]]:  # noqa: ANN401
        """Return the steps of an event, of which some are alike, and who has it."""
        self._last += 1
        data = self.rng.choice([self._last, 7]) if self._trouble else self._last
        body, carried = dumps({"pattern": "log", "data": data}), self._carried
        count = self.rng.choice([0, 2]) if self._odd() else 1
        return [
            lambda: carried.send(sender, "log", body, None),
            lambda: [
                said
                for each in [handler, *self._handlers][:count]
                for said in carried.hand(each, "log", body, None)
            ],
        ]
