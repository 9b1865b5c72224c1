"""Frames that are no packets of Nest, sent by both sides of a connection.

One side that sends such a frame is wrong: Nest ignores it. Where both sides do, and no
call of Nest ever reached that service, they use a serializer of their own. Which of the
two it is shows when the connection is over, so that such frames wait until then. Frames
whose bodies are not JSON are known as a conversation from the beginning
(:mod:`inspector.carriers.opaque`), and are only counted.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.opaque import OPAQUE_FRAME

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


class _Conversation:
    """What is known of the frames of a connection so far, without reading them.

    Attributes:
        frames: Those that are reported one by one if it is no conversation.
        opaque: Whether no body was JSON: only who has the same codec goes on so.
    """

    def __init__(self, first: Anomaly) -> None:
        self.frames: list[Anomaly] = []
        self.opaque = first.code == OPAQUE_FRAME
        self._first = first
        self._client = first.direction.connection.client or 0
        self._counts = [0, 0]
        self._pending: deque[int] = deque()
        self._shortest_ns: int | None = None
        self._longest_ns = 0

    @property
    def mutual(self) -> bool:
        """Whether both sides take part."""
        return all(self._counts)

    def add(self, frame: Anomaly) -> None:
        """Take in a frame."""
        side, time_ns = frame.direction.side, frame.record.time_ns
        self._counts[side] += 1
        if side == self._client:
            if len(self._pending) < MOST:
                self._pending.append(time_ns)
        elif self._pending:
            took_ns = max(time_ns - self._pending.popleft(), 0)
            shortest = self._shortest_ns
            self._shortest_ns = took_ns if shortest is None else min(took_ns, shortest)
            self._longest_ns = max(took_ns, self._longest_ns)

    def told(self) -> OwnSerializer:
        """Return what is known of it."""
        return OwnSerializer(
            place=place_of(self._first),
            asked=self._counts[self._client],
            answered=self._counts[1 - self._client],
            shortest_ns=self._shortest_ns,
            longest_ns=self._longest_ns,
        )


class Strangers:
    """Frames that wait until it shows what they are.

    Args:
        habits: What is known of the patterns of all services.
    """

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._waiting: dict[Connection, _Conversation] = {}
        self._count = 0

    def hold(self, anomaly: Anomaly) -> bool:
        """Take in a frame, if it has to wait until its connection is over."""
        if anomaly.code not in {UNKNOWN, OPAQUE_FRAME}:
            return False
        connection = anomaly.direction.connection
        held = self._waiting.get(connection)
        counted = anomaly.code == OPAQUE_FRAME or (held is not None and held.mutual)
        if not counted and self._count >= MOST:
            return False
        if anomaly.code == UNKNOWN and self._habits.knows(connection.server_text):
            return False
        if held is None:
            held = self._waiting[connection] = _Conversation(anomaly)
        held.add(anomaly)
        if anomaly.code == UNKNOWN and self._count < MOST:
            self._count += 1
            held.frames.append(anomaly)
        return True

    def settle(self, connection: Connection) -> list[Anomaly | OwnSerializer]:
        """Return what the frames of a connection are, now that it is over."""
        held = self._waiting.pop(connection, None)
        if held is None:
            return []
        self._count -= len(held.frames)
        known = self._habits.knows(connection.server_text)
        if held.opaque or (held.mutual and not known):
            return [held.told()]
        return [*held.frames]
