"""A connection in memory: what one end writes, the other end reads a turn later.

The two ends are asyncio transports, so everything above them is what runs over sockets
too: frames, limits, backpressure, half-closed connections.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_HIGH = 64 * 1024  # bytes written and not read; asyncio's default


def connect_pair(first: asyncio.Protocol, second: asyncio.Protocol) -> None:
    """Connect two protocols with each other."""
    one, other = _End(first, "server"), _End(second, "client")
    one.peer, other.peer = other, one
    second.connection_made(other)
    first.connection_made(one)


class _End(asyncio.Transport):
    """One end; it holds what the peer wrote until it is read."""

    peer: _End

    def __init__(self, protocol: asyncio.Protocol, name: str) -> None:
        super().__init__({"peername": f"memory:{name}"})
        self._loop = asyncio.get_running_loop()
        self._protocol = protocol
        self._waiting = bytearray()  # to be read here
        self._eof = False  # whether the peer has closed its half
        self._ending = False  # whether we have closed ours
        self._closing = False
        self._paused = False  # reading
        self._pressed = False  # whether the protocol was asked to pause writing
        self._high = _HIGH
        self._due = False

    # What a protocol calls.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, unless the connection is closed."""
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
        """Return whether a half can be closed: it can."""
        return True

    def get_write_buffer_size(self) -> int:
        """Return the number of bytes that the other end has not read."""
        return len(self.peer._waiting)  # noqa: SLF001 — two ends of one connection

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """Set the number of unread bytes above which the protocol is paused."""
        del low  # writing resumes once everything is read
        self._high = _HIGH if high is None else high

    def pause_reading(self) -> None:
        """Keep what arrives until reading resumes."""
        self._paused = True

    def resume_reading(self) -> None:
        """Read what waits and what arrives."""
        self._paused = False
        self._schedule()

    def is_reading(self) -> bool:
        """Return whether reading is neither paused nor over."""
        return not self._paused and not self._closing

    def is_closing(self) -> bool:
        """Return whether the connection is closed or closing."""
        return self._closing

    def close(self) -> None:
        """Close; the other end still reads what was written."""
        if not self._closing:
            self._closing = True
            self.write_eof()
            self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        """Close; what was written and not read is lost."""
        self.peer._waiting.clear()  # noqa: SLF001
        self.close()

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol of this end."""
        return self._protocol

    # What the other end calls.

    def arrive(self, data: bytes) -> None:
        """Receive bytes that the peer wrote."""
        if not self._closing:
            self._waiting += data
            self._schedule()

    def finish(self) -> None:
        """Note that the peer has closed its half."""
        self._eof = True
        self._schedule()

    def relieve(self) -> None:
        """Note that the peer has read everything."""
        if self._pressed and not self._closing:
            self._pressed = False
            self._protocol.resume_writing()

    def _schedule(self) -> None:
        if not self._due:
            self._due = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._due = False
        if self._paused or self._closing:
            return
        if self._waiting:
            data = bytes(self._waiting)
            self._waiting.clear()
            self.peer.relieve()
            self._deliver(data)
            if self._eof:
                self._schedule()
        elif self._eof:
            self._eof = False
            if not self._protocol.eof_received():
                self.close()

    def _deliver(self, data: bytes) -> None:
        """Pass data to the protocol; close if it fails, as asyncio's sockets do."""
        try:
            self._protocol.data_received(data)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 — whatever the protocol raises
            told = {"message": "data_received() failed", "exception": error}
            self._loop.call_exception_handler({**told, "transport": self})
            self.abort()
