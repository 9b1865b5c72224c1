"""What the bytes of a connection come as, in the order of the capture."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from .connections import Connection, Direction
    from .packets import DataPacket


class Chunk(msgspec.Struct, gc=False):
    """Consecutive bytes of one direction, carried by one packet."""

    direction: Direction
    data: bytes
    packet: DataPacket


class Gap(msgspec.Struct, gc=False):
    """Bytes of one direction that the capture lacks.

    Attributes:
        direction: Where they are missing.
        size: How many they are.
        packet: The record that came after them, or that was cut off.
        cut: Whether they were cut off packets that the capture holds, by its snap
            length.
    """

    direction: Direction
    size: int
    packet: int
    cut: bool = False


class Acknowledgement(msgspec.Struct, gc=False):
    """A pure ACK that newly acknowledged bytes, the last of them in ``packet``."""

    direction: Direction
    packet: DataPacket


class Limited(msgspec.Struct, gc=False):
    """A limit of the inspection was reached, and something was given up.

    Attributes:
        direction: Where: the direction whose hole was given up, or a direction of the
            connection that was forgotten.
        limit: The name of the limit, see Limits.
        packet: The record at which that happened.
    """

    direction: Direction
    limit: str
    packet: int


class Handshake(msgspec.Struct, gc=False):
    """What keeps the bytes of a connection secret, and is none of them.

    Attributes:
        direction: Where it passed.
        words: What it is: ``TLS handshake: client hello``.
        packets: What carried it.
    """

    direction: Direction
    words: str
    packets: list[DataPacket]


class Alarm(msgspec.Struct, gc=False):
    """One side broke a connection off for the sake of its secrecy.

    Attributes:
        direction: That of the side.
        reason: Why, in words: ``unknown certificate authority``.
        packet: What says so.
    """

    direction: Direction
    reason: str
    packet: DataPacket


class Unread(msgspec.Struct, gc=False):
    """From here on the bytes of a connection stay secret: nobody reads them.

    Attributes:
        direction: Where that showed.
        reason: Why, in words: ``the key log lacks its session``.
        packet: By what it showed.
        begun: Whether bytes of it were read before.
    """

    direction: Direction
    reason: str
    packet: DataPacket
    begun: bool


class Closed(msgspec.Struct, gc=False):
    """Nothing more is expected of a connection.

    Attributes:
        connection: The connection.
        time_ns: When that was known.
        cause: ``close`` (both sides have finished), ``reset``, ``end`` (of the
            capture), or ``limit`` (too many connections are open).
    """

    connection: Connection
    time_ns: int
    cause: str


class End(msgspec.Struct, gc=False):
    """The end of the capture: its last record, whatever that holds.

    Attributes:
        number: Of that record; 0 if there is none.
        time_ns: When it was captured.
    """

    number: int
    time_ns: int


StreamItem: TypeAlias = (
    Chunk | Gap | Acknowledgement | Limited | Handshake | Alarm | Unread | Closed | End
)
