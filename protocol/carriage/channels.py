"""Where packets are sent to: the subject, topic or channel of a pattern.

=======================  =============================  ===================
pattern                  channel of the request         … of its replies
=======================  =============================  ===================
``"sum"``                ``sum``                        NATS: an inbox of the client's
``{"cmd": "sum"}``       ``{"cmd":"sum"}``              Redis: ``{"cmd":"sum"}.reply``
``1``                    ``1``                          MQTT: ``1/reply``
=======================  =============================  ===================

A client names the channel by the route of an object, but takes a string as it is; a
server subscribes to its routes.

Source: ``packages/microservices/client/client-proxy.ts``, ``normalizePattern``;
``client/client-redis.ts`` and ``client/client-mqtt.ts``, ``getResponsePattern``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.javascript import dumps
from protocol.lazy_regex import lazy_regex
from protocol.patterns import route

if TYPE_CHECKING:
    from protocol.javascript import Json

_NOT_IN_TOPICS = lazy_regex(r"[+#\x00]")
_LONGEST_TOPIC = 65_535  # bytes
_NOT_IN_SUBJECTS = lazy_regex(r"[\s\x00]")


def channel_of(pattern: Json) -> str:
    """Return where a client sends what has this pattern."""
    if isinstance(pattern, str):
        return str.__str__(pattern)  # of an enumeration, its value
    if isinstance(pattern, bool):  # transformPatternToRoute returns it unchanged
        return dumps(pattern).decode()
    return route(pattern)


def is_subject(channel: str) -> bool:
    """Whether NATS has such a subject: not one that is empty, or has a space in it.

    Source: https://docs.nats.io/nats-concepts/subjects, "Characters allowed".
    """
    return bool(channel) and _NOT_IN_SUBJECTS.search(channel) is None


def is_topic(channel: str) -> bool:
    """Whether MQTT lets a message be published to such a topic.

    Source: https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html, 4.7.
    """
    if not channel or len(channel.encode(errors="replace")) > _LONGEST_TOPIC:
        return False
    return _NOT_IN_TOPICS.search(channel) is None


def is_topic_filter(route: str) -> bool:
    """Whether MQTT has such a filter: wildcards are whole levels, ``#`` the last one.

    Source: as for :func:`is_topic`, 4.7.1.
    """
    *levels, last = route.split("/")
    plain = [each for each in (*levels, last) if each not in ("+", "#")]
    return bool(route) and "#" not in levels and all(map(_is_level, plain))


def _is_level(level: str) -> bool:
    return not level or is_topic(level)


def reply_channel(channel: str) -> str:
    """Return where the replies to a request go over Redis."""
    return f"{channel}.reply"


def reply_topic(topic: str) -> str:
    """Return where the replies to a request go over MQTT."""
    return f"{topic}/reply"
