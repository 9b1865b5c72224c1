"""Who may be handed an event, as far as a capture shows all who connect to a broker.

::

    numbers   4 5 6        every connection since the broker began was captured …
    interests log, w.*     … with all that it subscribed to
    event     orders       nobody can have had it

It takes both: a connection that was not captured may have subscribed to anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from inspector.carriers.audiences import Introduction

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.carriers.audiences import Audience, Interest
    from inspector.streams.connections import Connection

MAX_CONNECTIONS = 256
"""Connections of one broker; beyond it nothing is said of who had an event there."""
MAX_INTERESTS = 4_096
"""Interests of all of them; the same."""
MAX_COMPARED = 4_000_000
"""Channels that are compared with an interest, at one broker; the same."""
MAX_BROKERS = 64
"""Brokers of which that is known."""
_LATE_NS = 60_000_000_000
"""How long an interest that is over is remembered: an event is judged much sooner."""


class _Subscribed(msgspec.Struct, gc=False, eq=False):
    """An interest of a connection: from when on and until when, 0 for still."""

    channel: str
    stands_for: Callable[[str, str], bool] | None
    since_ns: int
    until_ns: int = 0

    def covers(self, channel: str) -> bool:
        """Whether what is sent to a channel is of interest."""
        wild = self.stands_for
        return self.channel == channel if wild is None else wild(self.channel, channel)

    def lasts(self, time_ns: int) -> bool:
        """Whether it held at a time."""
        return self.since_ns <= time_ns and not 0 < self.until_ns <= time_ns


Interests: TypeAlias = "dict[str, list[_Subscribed]]"


class _Broker:
    """A broker, and those of its connections that were captured.

    Args:
        own: How many of the first numbers are no connections of others.

    Attributes:
        elsewhere: Whether others may be handed something, or too much is to be known.
    """

    def __init__(self, own: int) -> None:
        self.elsewhere = False
        self._members: dict[Connection, Interests] = {}
        self._wanted = own + 1  # number of the first connection that was not captured
        self._ahead: set[int] = set()  # of others after that
        self._interests = self._compared = 0
        self._covering: dict[str, list[tuple[Connection, _Subscribed]]] = {}

    def __contains__(self, connection: object) -> bool:
        return connection in self._members

    def meet(self, connection: Connection, number: int) -> None:
        """Learn that a connection has a number."""
        if connection in self._members or self.elsewhere:
            return
        self._members[connection] = {}
        if number >= self._wanted:
            self._ahead.add(number)
        while self._wanted in self._ahead:
            self._ahead.remove(self._wanted)
            self._wanted += 1
        if len(self._members) > MAX_CONNECTIONS:
            self._forget_one()
        if max(len(self._members), len(self._ahead)) > MAX_CONNECTIONS:
            self.give_up()

    def note(self, connection: Connection, interest: Interest, time_ns: int) -> None:
        """Learn that a member is interested in something, or no longer."""
        known = self._members[connection].setdefault(interest.key, [])
        if known and not known[-1].until_ns:
            known[-1].until_ns = time_ns
        if interest.channel is not None:
            known.append(_Subscribed(interest.channel, interest.covers, time_ns))
            self._interests += 1
            self._covering.clear()
            if self._interests > MAX_INTERESTS:
                self._forget_before(time_ns - _LATE_NS)

    def give_up(self) -> None:
        """Learn that nobody can know who is handed something."""
        self.elsewhere = True
        self._members.clear()
        self._ahead.clear()
        self._covering.clear()

    def nobody(self, sender: Connection, channel: str, time_ns: int) -> bool:
        """Whether no connection of all that there are was interested in a channel."""
        if self.elsewhere or self._ahead or not self._others(sender):
            return False
        for connection in self._members:
            if _open(connection, time_ns) and not _whole(connection):
                return False
        interested = self._interested(channel)
        if self._compared > MAX_COMPARED:
            self.give_up()
            return False
        return not any(
            each.lasts(time_ns) and _open(connection, time_ns)
            for connection, each in interested
        )

    def _others(self, sender: Connection) -> bool:
        """Whether another than who sends is captured that was ever interested."""
        return any(
            interests and connection is not sender
            for connection, interests in self._members.items()
        )

    def _interested(self, channel: str) -> list[tuple[Connection, _Subscribed]]:
        """Return the interests in a channel, whenever they were."""
        found = self._covering.get(channel)
        if found is None:
            if len(self._covering) >= MAX_INTERESTS:
                self._covering.clear()
            self._compared += self._interests
            found = self._covering[channel] = [
                (connection, each)
                for connection, interests in self._members.items()
                for subscribed in interests.values()
                for each in subscribed
                if each.covers(channel)
            ]
        return found

    def _forget_one(self) -> None:
        """Forget the connection that was the first to end, if one has."""
        over = [
            (each.ending.time_ns, each.number, each)
            for each in self._members
            if each.ending is not None
        ]
        if over:
            interests = self._members.pop(min(over)[2])
            self._interests -= sum(map(len, interests.values()))

    def _forget_before(self, time_ns: int) -> None:
        """Forget interests that were over at a time; give up if most are not."""
        self._interests = 0
        for connection, interests in self._members.items():
            lasting = {
                key: [each for each in known if not 0 < each.until_ns < time_ns]
                for key, known in interests.items()
            }
            kept = {key: known for key, known in lasting.items() if known}
            self._members[connection] = kept
            self._interests += sum(map(len, kept.values()))
        if self._interests > MAX_INTERESTS // 2:  # or it is looked for time and again
            self.give_up()


class Audiences:
    """What all connections of each broker are interested in."""

    def __init__(self) -> None:
        self._brokers: dict[str, _Broker] = {}

    def note(self, connection: Connection, audience: Audience, time_ns: int) -> None:
        """Learn what a unit of a connection shows, at a time in nanoseconds."""
        if isinstance(audience, Introduction):
            self._meet(connection, audience)
        elif (broker := self._of(connection)) is not None:
            broker.note(connection, audience, time_ns)

    def _meet(self, connection: Connection, said: Introduction) -> None:
        """Learn which connection of which broker one is."""
        broker = self._brokers.get(said.broker) or self._of(connection)
        if broker is None and said.broker and len(self._brokers) < MAX_BROKERS:
            broker = self._brokers[said.broker] = _Broker(said.own)
        if broker is not None and said.elsewhere:
            broker.give_up()
        elif broker is not None:
            broker.meet(connection, said.number)

    def _of(self, connection: Connection) -> _Broker | None:
        """Return the broker of a connection, if that has said which it is."""
        brokers = self._brokers.values()
        return next((each for each in brokers if connection in each), None)

    # decision 136
    def nobody(self, sender: Connection, channel: str, time_ns: int) -> bool:
        """Whether the capture shows that nobody was interested in a channel at a time.

        Args:
            sender: Who sent something there.
            channel: Where to.
            time_ns: When, in nanoseconds since 1970.
        """
        broker = self._of(sender)
        return broker is not None and broker.nobody(sender, channel, time_ns)


def _open(connection: Connection, time_ns: int) -> bool:
    """Whether neither side had ended a connection by a time."""
    ending = connection.ending
    return ending is None or ending.time_ns > time_ns


def _whole(connection: Connection) -> bool:
    """Whether the capture holds all that the peer of a connection has said."""
    said = connection.directions[connection.client or 0]
    return said.from_start and not said.lacks
