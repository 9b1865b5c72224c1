"""What is seen in the bytes of one direction: packets, and what is no packet."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from inspector.streams.connections import Direction
    from inspector.streams.packets import DataPacket
    from protocol import DecodeError, Frame, Packet


class Sighting(msgspec.Struct, gc=False):
    """A packet, and the data packets of the capture that carried its frame."""

    direction: Direction
    packet: Packet
    frame: Frame
    records: list[DataPacket]


class Anomaly(msgspec.Struct, gc=False):
    """Bytes that say nothing in this protocol.

    Attributes:
        direction: Where they were seen.
        error: What is wrong with them.
        record: The data packet that completed them.
        lost: Bytes behind them, as far as they had come, that Nest drops with them.
    """

    direction: Direction
    error: DecodeError
    record: DataPacket
    lost: int


class Remark(msgspec.Struct, gc=False):
    """What Nest does with the bytes of a direction, where that is worth knowing.

    Attributes:
        code: What it is; see the catalogue.
        direction: Where it is seen.
        record: The data packet in which it is seen.
        subject: What it is about, in a word that tells like ones apart.
        detail: More, in words.
        size: How many bytes or frames it is about.
        duration_ns: How long it took.
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


Seen: TypeAlias = Sighting | Anomaly | Remark
