"""What may begin what Nest does, held until the capture shows that there is Nest.

HTTP alone is nobody's finding: a capture of a web server holds nothing of Nest. Where a
packet of Nest shows, what came of HTTP before it is reported first, as far as it is
held; all that comes later is reported at once. The latest is held, and of a connection
that is dropped in part no response is left without its request.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from inspector.carriers.sessions import UNREAD
from inspector.streams.items import Closed, Gap
from protocol import Request, Response
from protocol.named_tuple import NamedTuple

from .seen import Remark, Sighting, Upkeep

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from inspector.streams.connections import Connection, Direction

    from .seen import Seen
    from .tracking import Track

MAX_HELD = 4_096
"""Requests, responses and what is around them that are held …"""
MAX_HELD_BYTES = 1 << 24
"""… and bytes of these."""
Held: TypeAlias = "Sighting | Upkeep | Gap | Remark | Closed"


class _Kept(NamedTuple):
    """Something that is held, and the bytes that it is of."""

    item: Held
    direction: Direction | None = None
    begin: int = 0
    size: int = 0


# decision 147: HTTP is read for chains, and nothing is found of it
class Beginnings:
    """Hold what is read of connections that are of interest only beside Nest's.

    Args:
        known: Whether they are asked for whatever else the capture holds.

    Attributes:
        known: Whether they are of interest by now.
    """

    def __init__(self, *, known: bool = False) -> None:
        self.known = known
        self._open: dict[Connection, str] = {}  # … and their carriers
        self._closed: dict[Connection, str] = {}  # of which something is held
        self._held: deque[_Kept] = deque()
        self._bytes = 0
        self._begins: dict[Direction, deque[int]] = {}  # places of what is held
        self._received: dict[Direction, int] = {}
        self._dropped: dict[Connection, set[Hashable]] = {}

    def __contains__(self, connection: Connection) -> bool:
        return connection in self._open

    def add(self, connection: Connection, carrier: str) -> None:
        """Take in a connection, and what carries it."""
        self._open[connection] = carrier
        if self.known and not connection.service:
            connection.carrier = carrier

    def hold(self, track: Track, seen: Iterable[Seen | Gap]) -> list[Held]:
        """Return what is to be reported of a connection now, and hold it otherwise.

        Nothing is said of what is malformed there: it is not Nest's, nor is anything of
        a connection to a port of Nest's that speaks something else.
        """
        if track.direction.connection.service:
            return []
        own = [each for each in seen if _matters(each)]
        if self.known:
            return [each for each in own if not self._is_left(each)]
        direction, talk = track.direction, track.talk
        for item in own:
            self._keep(item, direction)
        if direction in self._begins and talk is not None:
            self._received[direction] = talk.received(direction.side)
        return []

    def close(self, closed: Closed) -> list[Held]:
        """Return what is to be reported of a connection that is over."""
        connection = closed.connection
        carrier = self._open.pop(connection)
        if connection.service:
            return []
        if self.known:
            self._dropped.pop(connection, None)
            return [closed]
        if any(each in self._begins for each in connection.directions):
            self._closed[connection] = carrier
            self._add(_Kept(closed))
        return []

    def before(self, seen: Iterable[Seen]) -> Iterable[Seen | Held]:
        """Return what is seen of Nest, and before it what is of interest by that."""
        if not self.known and any(isinstance(each, Sighting) for each in seen):
            return (*self.admit(), *seen)
        return seen

    def admit(self) -> list[Held]:
        """Learn that all of it is of interest; return what is held."""
        if self.known:
            return []
        self.known = True
        for connection, carrier in (*self._open.items(), *self._closed.items()):
            connection.carrier = "" if connection.service else carrier
        held = [each.item for each in self._held if not self._is_left(each.item)]
        for kept in (self._held, self._closed, self._begins, self._received):
            kept.clear()
        self._bytes = 0
        return held

    def bytes_of(self, direction: Direction) -> int:
        """Return how many of the last bytes of a direction units are held of."""
        begins = self._begins.get(direction)
        return self._received.get(direction, 0) - begins[0] if begins else 0

    def _keep(
        self, item: Sighting | Upkeep | Gap | Remark, direction: Direction
    ) -> None:
        if not isinstance(item, Sighting | Upkeep):
            self._add(_Kept(item))
            return
        unit = item.transfer if isinstance(item, Sighting) else item.unit
        self._begins.setdefault(direction, deque()).append(unit.begin)
        self._add(_Kept(item, direction, unit.begin, unit.end - unit.begin))

    def _add(self, kept: _Kept) -> None:
        self._held.append(kept)
        self._bytes += kept.size
        while len(self._held) > MAX_HELD or self._bytes > MAX_HELD_BYTES:
            self._drop(self._held.popleft())

    def _drop(self, kept: _Kept) -> None:
        """Forget the oldest of what is held."""
        self._bytes -= kept.size
        if kept.direction is not None:
            begins = self._begins[kept.direction]
            begins.popleft()
            if not begins:
                del self._begins[kept.direction]
                self._received.pop(kept.direction, None)
        item = kept.item
        if isinstance(item, Closed):
            self._closed.pop(item.connection, None)
            self._dropped.pop(item.connection, None)
        elif isinstance(item, Sighting):
            self._note_dropped(item)

    def _note_dropped(self, sighting: Sighting) -> None:
        connection, packet = sighting.direction.connection, sighting.packet
        dropped = self._dropped.setdefault(connection, set())
        key = sighting.transfer.correlation
        if isinstance(packet, Request):
            dropped.add(key)
        elif isinstance(packet, Response) and packet.final:
            dropped.discard(key)
        if not dropped:
            del self._dropped[connection]

    def _is_left(self, item: Held) -> bool:
        """Whether something is left of an exchange that was dropped."""
        connection = (
            item.connection if isinstance(item, Closed) else item.direction.connection
        )
        if connection.service:
            return True
        if not isinstance(item, Sighting):
            return False
        return item.transfer.correlation in self._dropped.get(connection, ())


def _matters(item: Seen | Gap) -> TypeGuard[Sighting | Upkeep | Gap | Remark]:
    """Whether exchanges are made of something, or in doubt by it."""
    if isinstance(item, Remark):
        return item.code == UNREAD
    return isinstance(item, Sighting | Upkeep | Gap)
