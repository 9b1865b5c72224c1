"""What findings about brokers say differently of each carrier.

A carrier that has no words here is spoken of in general.

Source: ``client-mqtt.ts``, ``client-nats.ts``, ``client-redis.ts`` of
``packages/microservices``; ``docs.nats.io``; ``redis.io``, "Pub/Sub", "Client
handling".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from inspector.carriers.mqtt.topics import covers_topic
from inspector.carriers.nats.subjects import covers
from inspector.carriers.rabbitmq.keys import covers_key
from inspector.carriers.redis.globs import covers_channel

from .kafka_objections import KAFKA_OBJECTIONS
from .mqtt_objections import MQTT_OBJECTIONS
from .nats_objections import NATS_OBJECTIONS
from .objections import UNKNOWN, Objection
from .rabbitmq_objections import RABBITMQ_OBJECTIONS
from .redis_objections import REDIS_OBJECTIONS
from .subjects import flaw_of, flaw_of_topic

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
_WORDS = {
    "kafka": BrokerWords(
        channel="topic",
        nobody="{broker} keeps it, and says nothing of that. A Nest client waits "
        "without end.",
        replies="the topics of replies",
        unreturned="look at which partition of the topic of replies the caller reads: "
        "kafka_replyPartition names the one that it had when it asked; and in the log "
        "of {service}",
        takes="polls that topic",
        serves="subscribes to that topic",
        unheard="No captured connection polls the topic {name}.",
        objections=KAFKA_OBJECTIONS,
    ),
    "mqtt": BrokerWords(
        channel="topic",
        nobody="{broker} says so to who publishes over MQTT 5 with a quality of "
        "service above 0, and to nobody else. A Nest client is not told so, and such "
        "a call waits without end.",
        replies="the topics of replies",
        narrower="subscribe to narrower topics at {reached} than # or +/reply, and "
        "let permissions of the broker allow no more",
        several="as they share no subscription",
        one_of_them="let the services share a subscription: "
        "@MessagePattern('$share/name/…') in each of them",
        undelayed="set TCP_NODELAY on the socket of this client, which mqtt.js does "
        "not: unwrap().stream.setNoDelay(true) at each connect; for Mosquitto "
        "set_tcp_nodelay true",
        covers=covers_topic,
        wild=frozenset("+#$"),
        flaw=flaw_of_topic,
        objections=MQTT_OBJECTIONS,
    ),
    "nats": BrokerWords(
        channel="subject",
        nobody="{broker} answers with the status 503, and a Nest client throws "
        "EmptyResponseException. Where client or server lacks no_responders, such a "
        "call waits without end.",
        replies="the inboxes of others",
        narrower="subscribe to narrower subjects at {reached} than > or _INBOX.>, "
        "and let permissions of the broker allow no more",
        several="as they are in no queue group together",
        one_of_them="give the services one queue: the option queue: 'name' of each of "
        "them",
        slow="find out what blocks its event loop, share its load in a queue group, or "
        "raise max_pending and write_deadline of the broker",
        unreturned="look in the log of the broker: {service} may lack permission to "
        "publish to _INBOX.>, or the caller its subscription",
        undelayed="set TCP_NODELAY on the socket of this client; nats.js, nats-py and "
        "nats-server do",
        told="; a client with no_responders is told at once that there is none",
        covers=covers,
        wild=frozenset("*>"),
        flaw=flaw_of,
        objections=NATS_OBJECTIONS,
    ),
    "redis": BrokerWords(
        nobody="{broker} says so with :0, which a Nest client ignores: such a call "
        "waits without end.",
        narrower="subscribe to patterns at {reached} that no reply channel fits, such "
        "as w.*.get: each ends with .reply",
        several="as pub/sub of Redis has no groups",
        one_of_them="let one service subscribe to each pattern, or use a carrier that "
        "shares messages: NATS with a queue, RabbitMQ",
        slow="find out what blocks its event loop, or raise "
        "client-output-buffer-limit pubsub of the broker",
        unreturned="look at whether the caller was still subscribed to the reply "
        "channel, and in the log of {service}",
        covers=covers_channel,
        wild=frozenset("*?[\\"),
        objections=REDIS_OBJECTIONS,
    ),
    "rabbitmq": BrokerWords(
        channel="queue",
        replies="the replies of others",
        unreturned="look in the log of the broker: the caller may have closed the "
        "channel on which it consumes replies",
        ready="was connected at that time and acknowledged what it had before, since "
        "prefetchCount allows no more",
        takes="consumes the queue that it was sent to",
        serves="consumes that queue, or binds one to that key",
        unheard="No captured connection consumes, or binds, a queue for {name}.",
        covers=covers_key,
        wild=frozenset("*#"),
        objections=RABBITMQ_OBJECTIONS,
    ),
}


def words_of(carrier: str) -> BrokerWords:
    """Return what is said of a carrier, by its name."""
    return _WORDS.get(carrier, _IN_GENERAL)


def objection_in(text: str, carrier: str) -> Objection:
    """Return what is known of the text of an error that a broker sent."""
    said = text.lower()
    known = words_of(carrier).objections
    found = (each for each in known if each.fits(said))
    return next(found, UNKNOWN)
