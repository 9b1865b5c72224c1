"""Captured packets: how many of what kind, and which was the first to carry bytes."""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

DELAYED_ACK_NS = 30_000_000
"""An ACK that comes so much later was delayed: Linux waits for 40 ms."""
_REMEMBERED = 1024
"""Data packets of one direction that may wait for an ACK; some captures hold none."""


class PacketKind(StrEnum):
    """What a captured packet is to its connection; see PacketCounts."""

    DATA = "data"
    ACK = "ack"
    CONTROL = "control"
    RETRANSMISSION = "retransmission"
    KEEP_ALIVE = "keep-alive"
    COPY = "copy"


class PacketCounts:  # whose attributes count quicker than those of a struct
    """Captured packets by kind; each counts once.

    Attributes:
        control: Segments with SYN, FIN or RST and no data.
        pure_acks: Segments with an ACK and nothing else.
        data_packets: Segments that were the first to carry some bytes.
        retransmissions: Segments that carried bytes that had passed before.
        keep_alives: Segments that probe whether the other side is there, or has room.
        copies: Packets that were captured a second time.
        zero_windows: How many of all these said that their side has no room for more
            bytes.
    """

    __slots__ = (
        "control",
        "copies",
        "data_packets",
        "keep_alives",
        "pure_acks",
        "retransmissions",
        "zero_windows",
    )

    def __init__(  # noqa: PLR0913, PLR0917 — a dataclass would be compiled at every start
        self,
        control: int = 0,
        pure_acks: int = 0,
        data_packets: int = 0,
        retransmissions: int = 0,
        keep_alives: int = 0,
        copies: int = 0,
        zero_windows: int = 0,
    ) -> None:
        self.control = control
        self.pure_acks = pure_acks
        self.data_packets = data_packets
        self.retransmissions = retransmissions
        self.keep_alives = keep_alives
        self.copies = copies
        self.zero_windows = zero_windows

    __hash__ = None  # type: ignore[assignment]  # they change

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PacketCounts):
            return NotImplemented
        names = self.__slots__
        return all(getattr(self, each) == getattr(other, each) for each in names)

    def __repr__(self) -> str:
        shown = ", ".join(f"{each}={getattr(self, each)}" for each in self.__slots__)
        return f"PacketCounts({shown})"

    @classmethod
    def sum(cls, counts: Iterable[PacketCounts]) -> PacketCounts:
        """Return the sum of some counts."""
        total = cls()
        for each in counts:
            total.add(each)
        return total

    @property
    def packets(self) -> int:
        """How many packets were captured."""
        return (
            self.control
            + self.pure_acks
            + self.data_packets
            + self.retransmissions
            + self.keep_alives
            + self.copies
        )

    @property
    def apart(self) -> int:
        """How many of them neither carried bytes first nor are pure ACKs."""
        return self.packets - self.data_packets - self.pure_acks

    def add(self, other: PacketCounts) -> None:
        """Take in other counts."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class PacketCounter(Protocol):
    """What counts the packets of several owners together.

    Attributes:
        data: Data packets.
        acks: Pure ACKs for those.
    """

    data: int
    acks: int


class Owner(msgspec.Struct, gc=False, eq=False):
    """What data packets belong to, as far as it counts them.

    Attributes:
        number: Its own.
        data_packets: Data packets that are its.
        acks: Pure ACKs that belong to those.
        row: What it was counted in once it was over, so that packets that come later
            are counted there; None before.
    """

    number: int
    data_packets: int = 0
    acks: int = 0
    row: PacketCounter | None = None


class DataPacket(msgspec.Struct, gc=False):
    """A captured packet that was the first to carry some bytes of a stream.

    Attributes:
        number: The record that carried it.
        time_ns: When that was captured, nanoseconds since 1970.
        start: Place of its first new byte in the stream of its direction.
        end: Place after its last new byte.
        frames: How many frames have a byte in it, as far as they were decoded.
        acks: Pure ACKs that newly acknowledged it while it had no owner.
        owner: What the first frame in it belongs to, once that is known.
        held_ns: How long it waited for the delayed ACK of the data packet before it
            (Nagle's algorithm, RFC 9293, section 3.7.4); 0 when it did not.
    """

    number: int
    time_ns: int
    start: int
    end: int
    frames: int = 0
    acks: int = 0
    owner: Owner | None = None
    held_ns: int = 0


class InFlight(deque[DataPacket]):
    """Data packets of one direction that the other side has not acknowledged yet."""

    def __init__(self) -> None:
        super().__init__(maxlen=_REMEMBERED)

    def add(self, packet: DataPacket) -> None:
        """Remember a packet, before those that overtook it."""
        place = len(self)
        while place and self[place - 1].start > packet.start:
            place -= 1
        if place == len(self):
            self.append(packet)
        elif len(self) < _REMEMBERED:
            self.insert(place, packet)
