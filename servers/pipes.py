"""A connection inside one process: what one end writes, the other reads a turn later.

The two ends are asyncio transports, so that everything above them is what runs over
sockets too: frames, limits, backpressure, half-closed connections.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_HIGH = 64 * 1024  # bytes written and not read, asyncio's own default


def connect_pair(first: asyncio.Protocol, second: asyncio.Protocol) -> None:
    """Connect two protocols with each other."""
    one, other = _End(first, "server"), _End(second, "client")
    one.peer, other.peer = other, one
    second.connection_made(other)
    first.connection_made(one)


class _End(asyncio.Transport):
    """One end; what its peer wrote and it has not read waits here."""

    peer: _End

    def __init__(self, protocol: asyncio.Protocol, name: str) -> None:
        super().__init__({"peername": f"memory:{name}"})
        self._loop = asyncio.get_running_loop()
        self._protocol = protocol
        self._waiting = bytearray()  # to be read here
        self._eof = False  # whether the peer writes no more
        self._ending = False  # whether we write no more
        self._closing = False
        self._paused = False  # reading
        self._pressed = False  # whether our writing was paused
        self._high = _HIGH
        self._due = False

    # What a protocol calls.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, if the other end still reads."""
        if self._ending or self._closing or not data:
            return
        self.peer.arrive(bytes(data))
        if self.get_write_buffer_size() > self._high and not self._pressed:
            self._pressed = True
            self._protocol.pause_writing()

    def writelines(self, parts: Iterable[bytes | bytearray | memoryview]) -> None:
        """Write several pieces as one."""
        self.write(b"".join(parts))

    def write_eof(self) -> None:
        """Close our half."""
        if not self._ending:
            self._ending = True
            self.peer.finish()

    def can_write_eof(self) -> bool:
        """Say that a half can be closed."""
        return True

    def get_write_buffer_size(self) -> int:
        """Return the bytes that the other end has not read."""
        return len(self.peer._waiting)  # noqa: SLF001 — one thing in two ends

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """Set above how many bytes the protocol is asked to pause."""
        del low  # writing goes on when all is read
        self._high = _HIGH if high is None else high

    def pause_reading(self) -> None:
        """Let what comes wait."""
        self._paused = True

    def resume_reading(self) -> None:
        """Read what waits, and what comes."""
        self._paused = False
        self._schedule()

    def is_reading(self) -> bool:
        """Say whether reading goes on."""
        return not self._paused and not self._closing

    def is_closing(self) -> bool:
        """Say whether the connection is closed, or about to be."""
        return self._closing

    def close(self) -> None:
        """Close; what was written is still read by the other end."""
        if not self._closing:
            self._closing = True
            self.write_eof()
            self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        """Close; what was written and not read is lost."""
        self.peer._waiting.clear()  # noqa: SLF001
        self.close()

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return who reads here."""
        return self._protocol

    # What the other end calls.

    def arrive(self, data: bytes) -> None:
        """Take bytes that the peer wrote."""
        if not self._closing:
            self._waiting += data
            self._schedule()

    def finish(self) -> None:
        """Learn that the peer writes no more."""
        self._eof = True
        self._schedule()

    def relieve(self) -> None:
        """Learn that the peer has read everything."""
        if self._pressed and not self._closing:
            self._pressed = False
            self._protocol.resume_writing()

    def _schedule(self) -> None:
        if not self._due:
            self._due = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> Any:  # noqa: ANN401 — for call_soon
        self._due = False
        if self._paused or self._closing:
            return
        if self._waiting:
            data = bytes(self._waiting)
            self._waiting.clear()
            self.peer.relieve()
            self._protocol.data_received(data)
            if self._eof:
                self._schedule()
        elif self._eof:
            self._eof = False
            if not self._protocol.eof_received():
                self.close()
