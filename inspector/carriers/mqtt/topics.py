"""Topics and filters: what a subscription covers, and where replies go.

==========================  ===================================================
``sum/reply``               the topic of the replies to what was sent to ``sum``
``w/+``, ``w/#``            a filter: one level, all levels from there on
``$share/workers/w/+``      the same for a group, one of which gets each
``$SYS/…``                  the broker's own
==========================  ===================================================

Source: MQTT 5.0, sections 4.7 and 4.8.2; of Nest ``client-mqtt.ts``,
``getResponsePattern``, and ``server-mqtt.ts``, ``getReplyPattern``.
"""

from __future__ import annotations

from protocol.named_tuple import NamedTuple

REPLY = "/reply"
"""What Nest adds to the topic of a request for the replies to it."""
SHARE = "$share/"
"""With which the filter of a shared subscription begins."""
_PARTS = 3  # of a shared filter: $share, the group, the filter


class Filter(NamedTuple):
    """What a subscription covers.

    Attributes:
        topic: The filter itself, without the name of its group.
        group: Of whose members one gets each message; None for no group.
    """

    topic: str
    group: str | None = None


def filter_of(text: str) -> Filter:
    """Return what a filter says."""
    if text.startswith(SHARE):
        parts = text.split("/", _PARTS - 1)
        if len(parts) == _PARTS and parts[1]:
            return Filter(parts[2], parts[1])
    return Filter(text)


def has_wildcard(topic: str) -> bool:
    """Whether a filter covers more than one topic."""
    return "+" in topic or "#" in topic


def is_for_replies(text: str) -> bool:
    """Whether a filter is for the replies to the calls of one topic alone."""
    return text.endswith(REPLY) and text != REPLY and not has_wildcard(text)


def covers(pattern: str, topic: str) -> bool:
    """Whether a filter, without a group, covers a topic.

    Wildcards at its beginning do not cover what begins with a dollar sign, which is
    the broker's own.
    """
    if pattern == topic:
        return True
    if topic.startswith("$") and pattern[:1] in {"+", "#"}:
        return False
    wanted, levels = pattern.split("/"), topic.split("/")
    for index, part in enumerate(wanted):
        if part == "#":
            return True
        if index >= len(levels) or part not in {"+", levels[index]}:
            return False
    return len(wanted) == len(levels)


def covers_topic(text: str, topic: str) -> bool:
    """Whether what is sent to a topic reaches who has subscribed to a filter."""
    return covers(filter_of(text).topic, topic)
