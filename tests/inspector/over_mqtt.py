"""Calls and events over an MQTT broker, packet by packet, as a capture has them.

::

    caller, handler = peer(wire), worker(wire, "sum")
    called(caller, handler, "sum", 3)

A packet is written as clients and brokers write it; see ``carriers/mqtt/written``.
Nothing is routed: a test says who gets what and when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import dumps, route
from tests.inspector.carriers.mqtt.written import (
    FIVE,
    Level,
    connack,
    connect,
    publish,
    suback,
    subscribe,
    unsuback,
    unsubscribe,
)
from tests.inspector.conversation import CLIENT, SERVER

if TYPE_CHECKING:
    from protocol import Json
    from tests.inspector.conversation import Conversation, Wire

ENDPOINT = "10.0.0.9:1883"


def peer(wire: Wire, level: Level = FIVE, *, port: int = 50_001) -> Conversation:
    """Return a connection to the broker, with its handshake."""
    conversation = wire.connect(client=f"10.0.0.1:{port}", server=ENDPOINT)
    conversation.send(CLIENT, connect(level, f"peer-{port}"))
    conversation.send(SERVER, connack(level))
    return conversation


def worker(
    wire: Wire, *topics: str, level: Level = FIVE, port: int = 50_002
) -> Conversation:
    """Return the connection of a service, which has subscribed to some topics."""
    conversation = peer(wire, level, port=port)
    conversation.send(CLIENT, subscribe(*topics, level=level))
    conversation.send(SERVER, suback(*[0] * len(topics), level=level))
    return conversation


def request(pattern: Json, identity: str = "1", data: Json = 1) -> bytes:
    """Return a request as Nest writes it."""
    return dumps({"pattern": pattern, "data": data, "id": identity})


def reply(value: Json, identity: str = "1") -> bytes:
    """Return the only reply to a request."""
    return dumps({"response": value, "isDisposed": True, "id": identity})


def called(
    caller: Conversation,
    handler: Conversation,
    pattern: Json = "sum",
    value: Json = 3,
    identity: str = "1",
) -> None:
    """Pass a whole call, with its reply."""
    topic = route(pattern)
    caller.send(CLIENT, subscribe(f"{topic}/reply"))
    caller.send(SERVER, suback(0))
    caller.send(CLIENT, publish(topic, request(pattern, identity)))
    handler.send(SERVER, publish(topic, request(pattern, identity)))
    handler.send(CLIENT, publish(f"{topic}/reply", reply(value, identity)))
    caller.send(SERVER, publish(f"{topic}/reply", reply(value, identity)))
    caller.send(CLIENT, unsubscribe(f"{topic}/reply"))
    caller.send(SERVER, unsuback())
