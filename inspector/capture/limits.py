"""How much is kept of a capture while it is read."""

from __future__ import annotations

from dataclasses import dataclass

_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What the memory of an inspection may hold; reaching one is reported.

    Attributes:
        early_packets: Packets of one direction that wait for bytes in front of them.
        early_bytes: Bytes of one direction that wait.
        held_bytes: Bytes of all directions that wait.
        open_connections: Connections whose end was not seen yet; the one that was
            silent for longest is forgotten.
        unacknowledged: Data packets of one direction that are remembered until the
            other side has acknowledged them.
    """

    early_packets: int = 1024
    early_bytes: int = 4 * _MEBIBYTE
    held_bytes: int = 32 * _MEBIBYTE
    open_connections: int = 32_768
    unacknowledged: int = 4096
