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
from typing import TYPE_CHECKING, TypeAlias, cast

from inspector.streams.endpoints import Endpoint

from .conversation import Conversation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from inspector.sources.records import PacketRecord

    Emit: TypeAlias = Callable[[Iterable[PacketRecord]], None]
    """Takes the records of what passes."""

_RESET_AT_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time: RST, not FIN
_MAX_HELD = 1 << 18  # bytes that may wait for a peer


_BUFFER = memoryview(bytearray(1 << 17))
"""Into which all ends read: what one has read is passed on before another one reads."""


class End(asyncio.BufferedProtocol):
    """One end of a relay.

    Until it is joined with its peer it keeps what comes.

    Args:
        on_lost: Called once the connection is lost.
        is_client: Whether a client is at the other side of it.

    Attributes:
        transport: None before the connection is established, and after it.
        ended: Whether it has said that it sends no more, or was reset.
    """

    def __init__(
        self, on_lost: Callable[[End], None], *, is_client: bool = False
    ) -> None:
        self.on_lost = on_lost
        self._is_client = is_client
        self.transport: asyncio.Transport | None = None
        self.ended = False
        self._peer: End | None = None
        self._conversation: Conversation | None = None
        self._from_server = False
        self._emit: Emit = _nowhere
        self._held: list[bytes] = []
        self._held_size = 0
        self._said_all = False

    def join(
        self, peer: End, conversation: Conversation, emit: Emit, *, from_server: bool
    ) -> None:
        """Relay to ``peer`` from now on, and emit what passes."""
        self._peer, self._conversation = peer, conversation
        self._emit, self._from_server = emit, from_server
        held, self._held = self._held, []
        for data in held:
            self._pass_on(data)
        if self.transport is not None:
            self.transport.resume_reading()
            if self._said_all and not self.eof_received():
                self.transport.close()

    def reset(self) -> None:
        """Break the connection off, so that the other side sees a reset."""
        if self.transport is not None:
            with suppress(OSError):  # it is closed already
                self.transport.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE
                )
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection; TLS is spoken already."""
        self.transport = cast("asyncio.Transport", transport)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 — of asyncio
        """Return where to read into; no read takes memory of its own."""
        return _BUFFER

    def buffer_updated(self, nbytes: int) -> None:
        """Pass bytes on, or keep them until there is a peer."""
        data = bytes(_BUFFER[:nbytes])
        if self._peer is not None:
            self._pass_on(data)
            return
        self._held.append(data)
        self._held_size += len(data)
        if self._held_size > _MAX_HELD and self.transport is not None:
            self.transport.pause_reading()

    def _pass_on(self, data: bytes) -> None:
        assert self._peer is not None
        assert self._conversation is not None
        # First the bytes, then the look at them.
        if self._peer.transport is not None:
            self._peer.transport.write(data)
        now, server = time.time_ns(), self._from_server
        self._emit(self._conversation.data(now, data, from_server=server))

    def eof_received(self) -> bool:
        """Pass on that this side says no more; the other may still speak."""
        peer = self._peer
        if peer is None:
            # A client may have said all before the target is found. A target that
            # ends a spare connection is going away.
            self._said_all = self._is_client and self._can_write_eof()
            return self._said_all
        self._finish()
        if peer.transport is None or not peer._can_write_eof():  # noqa: SLF001 — an end, too
            return False
        peer.transport.write_eof()
        return not peer.ended

    def _can_write_eof(self) -> bool:
        """Whether it can be half-closed; TLS cannot."""
        return self.transport is not None and self.transport.can_write_eof()

    def connection_lost(self, error: Exception | None) -> None:
        """Pass on how the connection ended."""
        self.transport = None
        if self._peer is not None:
            if error is None:
                self._finish()
                if self._peer.transport is not None:
                    self._peer.transport.close()
            else:
                self._break(self._peer)
        self.on_lost(self)

    def pause_writing(self) -> None:
        """Stop reading at the other end: this one takes no more."""
        if self._peer is not None and self._peer.transport is not None:
            self._peer.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read again at the other end."""
        if self._peer is not None and self._peer.transport is not None:
            self._peer.transport.resume_reading()

    def _finish(self) -> None:
        if self.ended or self._conversation is None:
            return
        self.ended = True
        now, server = time.time_ns(), self._from_server
        self._emit([self._conversation.finish(now, from_server=server)])

    def _break(self, peer: End) -> None:
        if not (self.ended and peer.ended) and self._conversation is not None:
            self.ended = peer.ended = True
            now, server = time.time_ns(), self._from_server
            self._emit([self._conversation.reset(now, from_server=server)])
        peer.reset()


def join(client: End, server: End, emit: Emit, opened_ns: int) -> None:
    """Join the two ends of a connection.

    Args:
        client: Who connected.
        server: Whom the bytes are for.
        emit: Takes the records of what passes.
        opened_ns: When the client came.
    """
    assert client.transport is not None
    assert server.transport is not None
    conversation = Conversation(
        Endpoint(*client.transport.get_extra_info("peername")[:2]),
        Endpoint(*server.transport.get_extra_info("peername")[:2]),
    )
    emit(conversation.open(opened_ns))
    client.join(server, conversation, emit, from_server=False)
    server.join(client, conversation, emit, from_server=True)


def _nowhere(records: Iterable[PacketRecord]) -> None:
    """Drop the records of an end that was not joined."""
