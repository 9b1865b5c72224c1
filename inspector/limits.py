"""How much is kept of a capture while it is read."""

from __future__ import annotations

import msgspec

MEBIBYTE = 1 << 20


# decision 35: Limits are in bytes
class Limits(msgspec.Struct, frozen=True):
    """What an inspection may hold of connections.

    Reaching one of them is a finding, except the last: what it bounds is over.

    Raises:
        ValueError: A limit is below 1.

    Attributes:
        connection_memory: Bytes of one connection that wait for the bytes before
            them. Beyond it a hole is taken for lost.
        memory: The same of all connections.
        frame_memory: Bytes of frames that are not complete, of all connections. Beyond
            it the largest of them is given up.
        connections: Connections whose end was not seen. Beyond it those that have been
            silent for longest are forgotten.
        lingering: Closed connections that are remembered, for what follows their end.
    """

    connection_memory: int = 4 * MEBIBYTE
    memory: int = 32 * MEBIBYTE
    frame_memory: int = 256 * MEBIBYTE
    connections: int = 32_768
    lingering: int = 1_024

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if getattr(self, name) < 1:
                raise ValueError(f"the limit {name} is below 1")
