"""Which channels a broker does not take for what was meant, and what patterns cover.

Of NATS:

====================  ==============================================================
``two words``         the line of NATS ends a subject at a blank: sent to ``two``
``a..b  .a  a.``      has an empty token: nobody can subscribe to it
``a.*  a.>``          a wildcard in what is sent: it reaches nobody but who has
                      subscribed to wildcards
====================  ==============================================================

Source: tried with nats-server 2.9.10. ``PUB two words 2`` is taken for the subject
``two`` and the reply subject ``words``; with a reply subject of its own the line has
too many words, and the server closes the connection without a word. ``SUB a..b 1`` is
answered with ``-ERR 'Invalid Subject'``, ``PUB a..b`` is not. ``PUB a.*`` reaches who
has subscribed to ``a.*`` and to ``>``, and not who has subscribed to ``a.b``.

A topic of MQTT that is sent to must not have a wildcard, ``w/+`` or ``#``. Source: MQTT
5.0, sections 3.3.2 and 4.7; Mosquitto 2.0.11 closes the connection of who sends to one.
"""

from __future__ import annotations

BLANK, EMPTY, WILDCARD = "a blank", "an empty token", "a wildcard"
CLOSING = "a wildcard in it"
"""The same, where the broker closes the connection for it."""


def flaw_of(channel: str, route: str | None) -> str:
    """Return what is wrong with where a packet was sent to; nothing for most.

    Args:
        channel: The subject that it was sent to.
        route: The route of its pattern.
    """
    if route is not None and channel != route and cut_at_blank(channel, route):
        return BLANK
    if " " in channel:
        return BLANK
    if "." not in channel and "*" not in channel and ">" not in channel:
        return ""
    tokens = channel.split(".")
    if not all(tokens):
        return EMPTY
    return WILDCARD if "*" in tokens or tokens[-1] == ">" else ""


def cut_at_blank(channel: str, route: str) -> bool:
    """Whether a subject is what the line of NATS leaves of a route with a blank."""
    return route.split(maxsplit=1)[:1] == [channel] and len(route) > len(channel)


def flaw_of_topic(channel: str, _route: str | None) -> str:
    """Return what is wrong with a topic of MQTT; nothing for most."""
    return CLOSING if "+" in channel or "#" in channel else ""
