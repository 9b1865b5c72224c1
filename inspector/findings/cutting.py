"""Clients that a broker cut off because they read too slowly.

A broker that says so before it closes the connection is heard seldom: what it cannot
write is that error, too. Then the closed window of the client shows it.

Source: tried with nats-server 2.9.10, ``write_deadline``: it closes the connection, and
the client never gets ``-ERR 'Slow Consumer'``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.calls.participants import broker_of

from .evidence import place_of
from .finding import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.seen import Anomaly
    from inspector.streams.items import Closed

SLOW = "slow-consumer"


class CutOff(msgspec.Struct, gc=False):
    """A client that a broker cut off.

    Attributes:
        place: Where it shows.
        said: The broker's words; empty where it is inferred.
        windows: How often the client's receive window was closed.
        packet: The record that ended the connection; 0 where that does not matter.
    """

    place: Place
    said: str = ""
    windows: int = 0
    packet: int = 0


@place_of.register
def _(evidence: CutOff) -> Place:
    return evidence.place


def said_of(anomaly: Anomaly) -> Iterator[CutOff]:
    """Yield the client to which a broker says that it is slow."""
    if anomaly.code == SLOW:
        yield CutOff(place_of(anomaly), said=anomaly.reason)


# decision 128
def inferred_from(closed: Closed) -> Iterator[CutOff]:
    """Yield the client whose window was closed, and whose broker then ended it."""
    connection, ending = closed.connection, closed.connection.ending
    side, packet = connection.trouble.get("zero window", (None, 0))
    client = connection.client or 0
    slow = side == client and ending is not None and ending.side != client
    if slow and ending is not None and broker_of(connection):
        place = Place(connection, ending.side, packet)
        windows = connection.counts.zero_windows
        yield CutOff(place, windows=windows, packet=ending.packet)
