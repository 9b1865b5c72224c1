"""The socket to a NATS server: messages go past nats-py, everything else through it.

nats-py connects, logs in, subscribes and keeps the connection alive. It matches each
line with up to seven expressions, and passes a message through two coroutines, a queue
and a task, which is more than the call itself costs; so messages go the short way.

::

    socket ─► OperationReader ─┬─ messages ─► arrived
                               └─ the rest ─► nats-py
    messages ─► write ─► socket ◄─ nats-py's own operations

Messages overtake those operations of nats-py that are not written yet.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .operations import OperationReader, OversizedMessageError

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from .operations import Arrived


# decision 150: Messages of NATS go past nats-py, on its socket
class Passage(asyncio.Protocol):
    """A protocol in the place of nats-py's, which gets what is not a message.

    Args:
        transport: The connection, which nats-py has opened.
        sids: The numbers of the subscriptions whose messages are taken.
        arrived: Called with the messages that have come.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        sids: Container[bytes],
        arrived: Callable[[list[Arrived]], None],
    ) -> None:
        inner = transport.get_protocol()
        assert isinstance(inner, asyncio.Protocol)
        self._inner = inner
        self._transport = transport
        self._reader = OperationReader(sids)
        self._arrived = arrived
        self._cause: Exception | None = None
        transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        """Divide what has come."""
        try:
            arrived, rest = self._reader.receive(data)
        except OversizedMessageError as error:
            self._cause = error
            self._transport.abort()
            return
        if rest:
            self._inner.data_received(rest)
        if self._reader.lost:  # nats-py knows what to make of it
            self._transport.set_protocol(self._inner)
        if arrived:
            self._arrived(arrived)

    def eof_received(self) -> bool | None:
        """Pass the end of what comes on."""
        return self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass the end on, with its cause."""
        self._inner.connection_lost(exc or self._cause)

    def pause_writing(self) -> None:
        """Pass on that the server reads slowly."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that it has caught up."""
        self._inner.resume_writing()
