"""Which transfer an acknowledgement is for: numbers of packets, until they are free.

::

    QoS 1   PUBLISH 7 ─►   ◄─ PUBACK 7
    QoS 2   PUBLISH 7 ─►   ◄─ PUBREC 7   PUBREL 7 ─►   ◄─ PUBCOMP 7

Each side has numbers of its own. A number is free again after PUBACK or PUBCOMP; a
PUBLISH with one that is not is the same one again.

Source: MQTT 5.0, sections 2.2.1, 4.3 and 4.4.
"""

from __future__ import annotations

import msgspec

MOST = 4_096
"""Packets of one side that may wait for their acknowledgement: the oldest are lost."""


class Flight(msgspec.Struct, gc=False):
    """A PUBLISH that is to be acknowledged.

    Attributes:
        tag: What tells it from all others of the connection.
        passes: Whether it brings a packet of Nest's.
        replies: Whether that is a reply.
        topic: Where it goes.
    """

    tag: int
    passes: bool = False
    replies: bool = False
    topic: str = ""


class Flights:
    """Those of one side.

    Args:
        first: The first tag …
        step: … and how far the next is from one.
    """

    def __init__(self, first: int, step: int) -> None:
        self._next = first
        self._step = step
        self._by_number: dict[int, Flight] = {}

    def begin(self, number: int, flight: Flight) -> None:
        """Learn of a PUBLISH with a number."""
        self._by_number.pop(number, None)  # a new one is not the oldest
        self._by_number[number] = flight
        if len(self._by_number) > MOST:
            del self._by_number[next(iter(self._by_number))]

    def tag(self) -> int:
        """Return a tag that no other transfer of the connection has."""
        self._next += self._step
        return self._next

    def get(self, number: int) -> Flight | None:
        """Return what has a number; None where that is not known."""
        return self._by_number.get(number)

    def end(self, number: int) -> Flight | None:
        """Return what has a number, which is free from now on."""
        return self._by_number.pop(number, None)
