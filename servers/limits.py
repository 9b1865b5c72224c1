"""Limits on what one peer, and all of them together, may make us buffer or wait for.

Every limit keeps one bad peer from hurting the others. The value of Nest 12.1.1 is
given with each; 0 turns a limit off where the text says so.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

_KIB = 1024
_MIB = 1024 * _KIB


# decision 75: Frames are read up to 64 Mi units, half of what Nest buffers
class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of a server or a client.

    Attributes:
        frame: UTF-16 code units of one frame's body (Nest: as much as it buffers).
        buffered: Code units read from one connection and not yet handled, complete
            frames included (Nest: 134,217,728, ``maxBufferSize``).
        buffered_in_all: Bytes of unfinished frames over all connections of a server;
            above it the one that holds the most is closed (Nest: no limit).
        connections: Connections open at once in a server (Nest: no limit).
        in_flight: Messages of one connection that a server handles at once, streams
            aside; it stops reading until one of them is done (Nest: no limit).
        streams: Streams of one connection that a server runs at once; likewise (Nest:
            no limit). A client that has left one cannot say so, and a gateway has one
            connection for all of its clients.
        partial_frame: Seconds of silence inside a frame before the connection is
            dropped; 0 sets no limit (Nest: 30, ``incompleteMessageTimeout``).
        idle: Seconds without a byte in either direction before a server closes the
            connection; 0, the default, sets no limit (Nest: no limit).
        keepalive: Seconds after which the system ends an idle connection whose other
            side is gone without a word; 0 leaves that to the system (Nest: no limit).
        write_high: Bytes waiting to be written above which a server stops reading
            from that peer, and a client's calls wait (Nest: 16,384 or 65,536, the
            high-water mark of Node's streams).
        write_buffer: Bytes waiting to be written above which the connection is
            dropped; 0 sets no limit (Nest: 134,217,728, ``maxSendBufferSize``).
        write_stall: Seconds that a peer may read nothing of what waits for it before
            the connection is dropped; 0 sets no limit (Nest: no limit).
        handshake: Seconds for the TLS handshake (Nest: 120, Node's default).
        connect: Seconds for a client's TCP connection (Nest: the system's, minutes).
        closing: Seconds that a peer may take to close its half after we closed ours.
        stream_values: Values of one stream that may wait for their reader in a
            client; above it the client stops reading if no other call waits, and at
            64 times as many the stream fails (Nest: no limit).
        threads: Threads for handlers that block.
    """

    frame: int = 64 * _MIB
    buffered: int = 64 * _MIB + 256 * _KIB
    buffered_in_all: int = 512 * _MIB
    connections: int = 10_000
    in_flight: int = 16_384
    streams: int = 16_384
    partial_frame: float = 30.0
    idle: float = 0.0
    keepalive: float = 60.0
    write_high: int = 256 * _KIB
    write_buffer: int = 128 * _MIB
    write_stall: float = 60.0
    handshake: float = 10.0
    connect: float = 10.0
    closing: float = 5.0
    stream_values: int = 1_000
    threads: int = 32


class Holder(Protocol):
    """A connection, as the budget knows it."""

    def cut(self, reason: str) -> None:
        """Let go of what is buffered, and buffer nothing more."""


# decision 105: Whoever holds the most is cut first
class Budget:
    """Bytes buffered for all connections together.

    Attributes:
        used: Bytes buffered now.
        limit: Bytes that may be buffered.
    """

    __slots__ = ("_held", "limit", "used")

    def __init__(self, limit: int) -> None:
        self.used = 0
        self.limit = limit
        self._held: dict[Holder, int] = {}

    @property
    def exhausted(self) -> bool:
        """Whether more is buffered than the limit allows."""
        return self.used > self.limit

    def hold(self, holder: Holder, size: int) -> None:
        """Note what a connection buffers now.

        If that exhausts the budget, those that hold the most are cut until it is not.

        Args:
            holder: The connection.
            size: Bytes that it buffers.
        """
        grown = size - self._held.pop(holder, 0)
        self.used += grown
        if size:
            self._held[holder] = size
        while grown > 0 and self.exhausted and self._held:
            self._cut_largest()

    def _cut_largest(self) -> None:
        largest = max(self._held, key=self._held.__getitem__)
        reason = (
            f"{self.used:,} bytes buffered over all connections, above the limit of "
            f"{self.limit:,}; this one held the most, {self._held[largest]:,}"
        )
        self.used -= self._held.pop(largest)
        largest.cut(reason)
