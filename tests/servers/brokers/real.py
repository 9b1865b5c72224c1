"""The brokers that services can be served over, for claims that hold over several."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import pytest

from captures.brokers import (
    Mosquitto,
    NatsServer,
    Noida,
    RabbitMQServer,
    RedisServer,
)
from servers.kafka import Kafka
from servers.mqtt import Mqtt
from servers.nats import Nats
from servers.rabbitmq import RabbitMQ
from servers.redis import Redis

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from captures.brokers import Broker

Transport: TypeAlias = Nats | Redis | Mqtt | RabbitMQ | Kafka


@dataclass(frozen=True)
class Kind:
    """A broker, and a way to use it.

    Attributes:
        server: What starts one.
        fixture: The name of the fixture that is one.
        transport: Our way there, of its URL and options.
        grouped: The option that names a group of instances; empty if there is none.
        queued: The option that names a queue, or what there is of that; empty if
            nothing waits for anybody.
        options: Of the transport.
    """

    server: type[Broker]
    fixture: str
    transport: Callable[..., Transport]
    grouped: str = ""
    queued: str = ""
    options: Mapping[str, object] = field(default_factory=dict)

    def at(self, url: str, name: str, **options: object) -> Transport:
        """Return a way to a broker, with the name of a queue where there are queues."""
        named = {self.queued: name} if self.queued else {}
        return self.transport(url, **named, **self.options, **options)

    def __str__(self) -> str:
        """Return its name, as the tests' names have it."""
        if self.queued == "group":  # which has many options
            return self.server.scheme
        words = [self.server.scheme, *(f"{k}{v}" for k, v in self.options.items())]
        return "-".join(words)


NATS = Kind(NatsServer, "nats_server", Nats, grouped="queue")
REDIS = Kind(RedisServer, "redis_server", Redis)
MQTT = Kind(Mosquitto, "mosquitto", Mqtt, grouped="group")
RABBITMQ = Kind(RabbitMQServer, "rabbit_server", RabbitMQ, queued="queue")
KAFKA = Kind(
    Noida,
    "noida",
    Kafka,
    queued="group",
    options={"values": "json", "wait": 0.05, "session": 6, "ordered": False},
)
MQTT_AT_EVERY_LEVEL = [
    Kind(Mosquitto, "mosquitto", Mqtt, options={"qos": qos}) for qos in (0, 1, 2)
]
FORGETFUL = (NATS, REDIS, MQTT)
"""Those over which nothing waits for a service that is not there."""


def over(*kinds: Kind) -> pytest.MarkDecorator:
    """Let a test be one over each of some brokers, by its parameter ``kind``."""
    return pytest.mark.parametrize("kind", kinds, ids=str)
