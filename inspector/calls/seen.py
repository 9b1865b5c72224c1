"""What is seen of a connection: packets, and bytes that are not a packet.

A carrier finds units with places; here they are joined with the data packets that
carried those places, which is the evidence for all that is said of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from inspector.carriers.base import Errand, Idle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.carriers.base import Transfer
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.packets import DataPacket
    from protocol import Packet

    from .exchanges import Ledger


class Sighting(msgspec.Struct, gc=False):
    """A packet of Nest's, and the data packets of the capture that carried it.

    Attributes:
        direction: Where it passed.
        transfer: The packet and its place.
        records: The data packets, in the order of the bytes.
        ledger: Of the exchange that it belongs to, once it is paired.
        reply: Which of the replies of that it is, from 1; 0 for a request or an event.
    """

    direction: Direction
    transfer: Transfer
    records: list[DataPacket]
    ledger: Ledger | None = None
    reply: int = 0

    @property
    def packet(self) -> Packet:
        """What it says."""
        return self.transfer.packet

    @property
    def body(self) -> bytes:
        """Its JSON text."""
        return self.transfer.body

    @property
    def size(self) -> int:
        """Bytes that it took on the connection."""
        return self.transfer.end - self.transfer.begin


class Anomaly(msgspec.Struct, gc=False):
    """Bytes that say nothing in the carrier of their connection.

    Attributes:
        direction: Where they were seen.
        code: The code of the finding that they are.
        reason: What is wrong with them, in words.
        record: The data packet that completed them.
        lost: Bytes after them, as far as they had come, that the receiver drops too.
    """

    direction: Direction
    code: str
    reason: str
    record: DataPacket
    lost: int


class Remark(msgspec.Struct, gc=False):
    """What a receiver does with the bytes of a direction, where that is worth knowing.

    Attributes:
        code: The code of the finding that it is.
        direction: Where it is seen.
        record: The data packet in which it is seen.
        subject: What it is about, in a word that distinguishes like ones.
        detail: More, in words.
        size: How many bytes or units it is about.
        duration_ns: How long it took, in nanoseconds.
        packet: The packet of the direction that it is about, if it is about one.
        exchange: The number of the exchange that it is about, once it is known.
        route: The route of that.
    """

    code: str
    direction: Direction
    record: DataPacket
    subject: str = ""
    detail: str = ""
    size: int = 0
    duration_ns: int = 0
    packet: Packet | None = None
    exchange: int | None = None
    route: str | None = None


class Upkeep(msgspec.Struct, gc=False):
    """What a carrier does besides: for the sake of packets, or of the connection.

    Attributes:
        direction: Where it was seen.
        unit: The errand, or the idle unit.
        records: The data packets that carried it, in the order of the bytes.
        ledger: Of the exchange that it is for, or of the first of those, once that is
            known.
        late: Which of the data packets belong to that only since it was over.
        carrier: The name of the carrier that does it.
    """

    direction: Direction
    unit: Errand | Idle
    records: list[DataPacket]
    ledger: Ledger | None = None
    late: Sequence[DataPacket] = ()
    carrier: str = ""


class Recognised(msgspec.Struct, gc=False):
    """A connection whose carrier is known from now on."""

    connection: Connection


Seen: TypeAlias = Sighting | Anomaly | Remark | Upkeep


def shows_nest(item: Seen) -> bool:
    """Whether something shows that who is at an end of a connection is Nest's.

    A packet does, and so does who listens where the replies to such packets go, or says
    that it is done with one.
    """
    if isinstance(item, Upkeep):
        unit = item.unit
        return isinstance(unit, Errand) and (unit.shows or bool(unit.channels))
    return isinstance(item, Sighting)


def serves(upkeep: Upkeep) -> bool:
    """Whether it is an errand, or a poll that brought something of an exchange."""
    return isinstance(upkeep.unit, Errand) or upkeep.ledger is not None


def goes_on(upkeep: Upkeep) -> bool:
    """Whether what an errand is for is not over, so that it may yet be chosen."""
    return upkeep.ledger is not None and upkeep.ledger.packets is None


class Answers:
    """Whether what asked a broker for records was answered since."""

    def __init__(self) -> None:
        self._latest: dict[Direction, int] = {}  # the packet that was read last

    def hear(self, item: Seen) -> None:
        """Learn of what was seen."""
        if isinstance(item, Sighting | Upkeep):
            self._latest[item.direction] = item.records[-1].number

    def lacks(self, upkeep: Upkeep) -> bool:
        """Whether a poll has no answer yet; False for anything else."""
        unit, other = upkeep.unit, upkeep.direction.opposite
        polls = isinstance(unit, Idle) and unit.polls is not None
        return polls and self._latest.get(other, 0) < upkeep.records[-1].number
