"""What findings about brokers say differently of each carrier.

A carrier that has no words here is spoken of in general.

Source: ``client-mqtt.ts``, ``client-nats.ts``, ``client-redis.ts`` of
``packages/microservices``; ``docs.nats.io``; ``redis.io``, "Pub/Sub", "Client
handling".
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .objections import UNKNOWN, Objection

if TYPE_CHECKING:
    from collections.abc import Callable


def _is_same(pattern: str, channel: str) -> bool:
    return pattern == channel


def _no_flaw(_channel: str, _route: str | None) -> str:
    return ""


class BrokerWords(NamedTuple):
    """What is said of one carrier.

    Attributes:
        channel: What one calls where a packet is sent to.
        nobody: What becomes of a message that nobody has subscribed to, as sentences;
            ``{broker}`` is what to call the broker.
        replies: What one calls where replies go, of others.
        narrower: How not to overhear those.
        several: Why several services have the same message.
        one_of_them: What to do about that.
        slow: What to do about a client that reads too slowly.
        unreturned: Why a reply may not reach its caller; ``{service}`` answered.
        undelayed: How to set TCP_NODELAY where a small write waits.
        ready: What has to be true of who subscribed to have it.
        takes: What a service does to have a message …
        serves: … and what one has to do where none does.
        unheard: What is said where nobody is seen to; ``{name}`` is the channel.
        told: What tells a caller that nobody has subscribed; nothing where that may
            not be.
        covers: Whether what is sent to a channel reaches who subscribed to another.
        wild: Characters of which each pattern has one that covers more than itself.
        flaw: What is wrong with where a packet was sent to; see :mod:`.subjects`.
        objections: What the broker objects to.
    """

    channel: str = "channel"
    nobody: str = "A Nest client is not told so, and such a call waits without end."
    replies: str = "the reply channels of others"
    narrower: str = "subscribe to narrower channels at {reached}"
    several: str = "as nothing shares it among them"
    one_of_them: str = "let one service subscribe to each pattern"
    slow: str = "find out what blocks its event loop"
    unreturned: str = (
        "look in the log of the broker: {service} may lack permission to publish its "
        "replies, or the caller its subscription"
    )
    undelayed: str = "set TCP_NODELAY on the socket of this client"
    ready: str = "was connected at that time"
    takes: str = "subscribes to that {channel}"
    serves: str = "subscribes to that {channel}"
    unheard: str = "No captured connection has subscribed to the {channel} {name}."
    told: str = ""
    covers: Callable[[str, str], bool] = _is_same
    wild: frozenset[str] = frozenset()
    flaw: Callable[[str, str | None], str] = _no_flaw
    objections: tuple[Objection, ...] = ()


_IN_GENERAL = BrokerWords()
_PLACES = {
    "kafka": "inspector.findings.kafka_words",
    "mqtt": "inspector.findings.mqtt_words",
    "nats": "inspector.findings.nats_words",
    "rabbitmq": "inspector.findings.rabbitmq_words",
    "redis": "inspector.findings.redis_words",
}
"""Carrier → the module that has its words, loaded when it is spoken of."""


@cache
def words_of(carrier: str) -> BrokerWords:
    """Return what is said of a carrier, by its name."""
    place = _PLACES.get(carrier)
    if place is None:
        return _IN_GENERAL
    words: BrokerWords = import_module(place).WORDS
    return words


def objection_in(text: str, carrier: str) -> Objection:
    """Return what is known of the text of an error that a broker sent."""
    said = text.lower()
    known = words_of(carrier).objections
    found = (each for each in known if each.fits(said))
    return next(found, UNKNOWN)
