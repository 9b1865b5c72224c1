"""Frames that are no packets of Nest, sent by both sides of a connection.

One side that sends such a frame is wrong: Nest ignores it. Where both sides do, and no
call of Nest ever reached that service, they use a serializer of their own. Which of the
two it is shows when the connection is over, so that such frames wait until then.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from .evidence import place_of
from .finding import Place  # noqa: TC001 — msgspec reads the annotations

if TYPE_CHECKING:
    from inspector.calls.seen import Anomaly
    from inspector.streams.connections import Connection

    from .habits import Habits

UNKNOWN = "unknown-packet"
MOST = 10_000
"""Frames that wait for the end of their connections."""


class OwnSerializer(msgspec.Struct, gc=False):
    """A connection whose sides understand each other, and speak no packets of Nest.

    Attributes:
        place: The first frame.
        asked: Frames of the client …
        answered: … and of the server.
        shortest_ns: From a frame of the client to that of the server with the same
            place in order, the shortest time; None where the server sent none after it
        longest_ns: … and the longest.
    """

    place: Place
    asked: int
    answered: int
    shortest_ns: int | None = None
    longest_ns: int = 0


@place_of.register
def _(evidence: OwnSerializer) -> Place:
    return evidence.place


class Strangers:
    """Frames that wait until it shows what they are.

    Args:
        habits: What is known of the patterns of all services.
    """

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._waiting: dict[Connection, list[Anomaly]] = {}
        self._count = 0

    def hold(self, anomaly: Anomaly) -> bool:
        """Take in a frame, if it has to wait until its connection is over."""
        connection = anomaly.direction.connection
        known = self._habits.knows(connection.server_text)
        if anomaly.code != UNKNOWN or known or self._count >= MOST:
            return False
        self._count += 1
        self._waiting.setdefault(connection, []).append(anomaly)
        return True

    def settle(self, connection: Connection) -> list[Anomaly | OwnSerializer]:
        """Return what the frames of a connection are, now that it is over."""
        waiting = self._waiting.pop(connection, [])
        self._count -= len(waiting)
        sides = {each.direction.side for each in waiting}
        if len(sides) == 1 or self._habits.knows(connection.server_text):
            return [*waiting]
        return [_conversation(waiting)] if waiting else []


def _conversation(frames: list[Anomaly]) -> OwnSerializer:
    """Return what is known of frames without reading them."""
    client = frames[0].direction.connection.client or 0
    asked = [each for each in frames if each.direction.side == client]
    pending = deque(each.record.time_ns for each in asked)
    took = [
        max(each.record.time_ns - pending.popleft(), 0)
        for each in frames
        if each.direction.side != client and pending
    ]
    return OwnSerializer(
        place=place_of(frames[0]),
        asked=len(asked),
        answered=len(frames) - len(asked),
        shortest_ns=min(took, default=None),
        longest_ns=max(took, default=0),
    )
