"""Clients whose session another took over, for which the broker ended their connection.

Over MQTT a client says what its session is called. Who says the same takes it over, and
the broker ends the connection of the one before, be it without a word.

Source: MQTT 5.0, section 3.1.4; tried with Mosquitto 2.0.11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.base import Idle

from .evidence import place_of
from .finding import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.seen import Upkeep
    from inspector.streams.connections import Connection
    from inspector.streams.items import Closed

MOST = 4_096
"""Sessions that are remembered; the oldest are forgotten."""


class TakenOver(msgspec.Struct, gc=False):
    """A client whose connection ended because another took its session over.

    Attributes:
        place: Where that shows: in the other's greeting.
        session: What the session is called.
        client: Whose connection was ended, as ``address:port``.
        packet: The record that ended it.
    """

    place: Place
    session: str
    client: str
    packet: int


@place_of.register
def _(evidence: TakenOver) -> Place:
    return evidence.place


class TakeOvers:
    """Who has which session, and who took it over."""

    def __init__(self) -> None:
        self._having: dict[tuple[str, str], Connection] = {}
        self._taken: dict[Connection, tuple[str, Place]] = {}

    def note(self, upkeep: Upkeep) -> None:
        """Learn of a greeting, if it names a session."""
        unit = upkeep.unit
        if type(unit) is not Idle or not unit.session:
            return
        connection, record = upkeep.direction.connection, upkeep.records[-1]
        # Nothing of Nest's need have passed on it yet by which that is known.
        connection.service = connection.service or upkeep.carrier
        key = connection.server_text, unit.session
        before = self._having.pop(key, None)
        if before is not None and before is not connection and not before.closed:
            side = upkeep.direction.side
            place = Place(connection, side, record.number, time_ns=record.time_ns)
            self._taken[before] = unit.session, place
        self._having[key] = connection
        if len(self._having) > MOST:
            del self._having[next(iter(self._having))]
        if len(self._taken) > MOST:
            del self._taken[next(iter(self._taken))]

    def settle(self, closed: Closed) -> Iterator[TakenOver]:
        """Yield the client of a connection that the broker ended for another."""
        connection = closed.connection
        taken, ending = self._taken.pop(connection, None), connection.ending
        if taken is None or ending is None or ending.side == connection.client:
            return
        session, place = taken
        yield TakenOver(place, session, connection.client_text, ending.packet)
