"""Which channels a broker does not take for what was meant.

Subjects of NATS:

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

Topics of MQTT must not have a wildcard: ``w/+``, ``#``. Source: MQTT 5.0, section
3.3.2; Mosquitto 2.0.11 closes the connection of who sends to one.
"""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 — an annotation of the module

BLANK, EMPTY, WILDCARD = "a blank", "an empty token", "a wildcard"
CLOSING = "a wildcard in it"
"""The same, where the broker closes the connection for it."""


def flaw_of(channel: str, route: str | None, carrier: str) -> str:
    """Return what is wrong with where a packet was sent to; nothing for most.

    Args:
        channel: Where it was sent to.
        route: The route of its pattern.
        carrier: The name of what carried it.
    """
    flaw = _FLAWS.get(carrier)
    return "" if flaw is None else flaw(channel, route)


def _of_nats(channel: str, route: str | None) -> str:
    """Return what is wrong with a subject."""
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


def _of_mqtt(channel: str, _route: str | None) -> str:
    """Return what is wrong with a topic."""
    return CLOSING if "+" in channel or "#" in channel else ""


def cut_at_blank(channel: str, route: str) -> bool:
    """Whether a subject is what the line of NATS leaves of a route with a blank."""
    return route.split(maxsplit=1)[:1] == [channel] and len(route) > len(channel)


_FLAWS: dict[str, Callable[[str, str | None], str]] = {
    "mqtt": _of_mqtt,
    "nats": _of_nats,
}
