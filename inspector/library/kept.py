"""What an exchange says of a connection and its packets, kept without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.calls.exchanges import Errands
    from inspector.streams.connections import Connection
    from inspector.streams.packets import DataPacket


class Place(msgspec.Struct, frozen=True):
    """Of a connection, what an exchange says of it."""

    number: int
    client_name: str | None
    server_name: str | None

    @classmethod
    def of(cls, connection: Connection | Self) -> Self:
        """Return what an exchange says of a connection."""
        return cls(
            connection.number,
            connection.client_name,
            connection.server_name,
        )


class KeptPacket(msgspec.Struct, frozen=True):
    """Of a data packet, what an exchange says of it."""

    number: int
    frames: int


class KeptErrands(msgspec.Struct, frozen=True):
    """What was done for an exchange by itself."""

    packets: list[KeptPacket]


def kept_errands(errands: Errands | KeptErrands | None) -> KeptErrands | None:
    """Return what was done for an exchange, without the packets themselves."""
    return None if errands is None else KeptErrands(kept_packets(errands.packets))


def kept_packets(packets: Sequence[DataPacket | KeptPacket]) -> list[KeptPacket]:
    """Return what an exchange says of packets."""
    return [KeptPacket(packet.number, packet.frames) for packet in packets]
