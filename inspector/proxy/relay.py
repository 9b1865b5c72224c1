"""One relayed connection: two ends that pass on what they receive.

What happens at one end happens at the other: bytes, the end of the bytes, a reset,
and a peer that does not read (then the other end is not read either).
"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from inspector.capture.records import PacketRecord

    from .conversation import Conversation

_RESET_AT_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time: RST, not FIN


def reset_at_close(sock: socket.socket) -> None:
    """Have a socket end with RST instead of FIN (socket(7), SO_LINGER)."""
    with suppress(OSError):  # it is closed already
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)


class End(asyncio.Protocol):
    """One end of a relay.

    Args:
        emit: Takes the records of what passes.
        is_server: Whether this end speaks with the target.
        on_made: Is called when the connection stands, TLS included.
        on_lost: Is called when it is no more.
    """

    peer: End

    def __init__(
        self,
        emit: Callable[[Iterable[PacketRecord]], None],
        *,
        is_server: bool,
        on_made: Callable[[], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._emit = emit
        self._is_server = is_server
        self._on_made = on_made
        self._on_lost = on_lost
        self._ended = False
        self._conversation: Conversation | None = None
        self.transport: asyncio.Transport | None = None

    def begin(self, peer: End, conversation: Conversation) -> None:
        """Relay to ``peer`` from now on."""
        self.peer = peer
        self._conversation = conversation
        if self.transport is not None:
            self.transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection; nothing is read from it before it has a peer."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.pause_reading()
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._on_made()

    def data_received(self, data: bytes) -> None:
        """Pass bytes on, and only then look at them."""
        if self._conversation is None:
            return
        if self.peer.transport is not None:
            self.peer.transport.write(data)
        conversation, now = self._conversation, time.time_ns()
        self._emit(conversation.data(now, data, from_server=self._is_server))

    def eof_received(self) -> bool:
        """Pass on that this side says no more; the other may still speak."""
        self._finish()
        peer = self.peer.transport
        if peer is not None and peer.can_write_eof():
            peer.write_eof()
            return True
        return False  # TLS knows no half-closed connection

    def connection_lost(self, error: Exception | None) -> None:
        """Pass on how the connection ended."""
        self.transport = None
        if self._conversation is not None:
            self._end_peer(error)
        self._on_lost()

    def _end_peer(self, error: Exception | None) -> None:
        if error is None:
            self._finish()
            if self.peer.transport is not None:
                self.peer.transport.close()
        elif not self._ended:
            self._ended = self.peer._ended = True  # noqa: SLF001 — the other end
            assert self._conversation is not None
            record = self._conversation.reset(
                time.time_ns(), from_server=self._is_server
            )
            self._emit([record])
            self.peer.reset()

    def pause_writing(self) -> None:
        """Stop reading at the other end: this one takes no more."""
        if self.peer.transport is not None:
            self.peer.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read again at the other end."""
        if self.peer.transport is not None:
            self.peer.transport.resume_reading()

    def reset(self) -> None:
        """Break the connection off, so that the peer sees a reset."""
        if self.transport is not None:
            reset_at_close(self.transport.get_extra_info("socket"))
            self.transport.abort()

    def _finish(self) -> None:
        if not self._ended and self._conversation is not None:
            self._ended = True
            conversation, now = self._conversation, time.time_ns()
            self._emit([conversation.finish(now, from_server=self._is_server)])
