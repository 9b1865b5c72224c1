"""A connection of nats-py, which ends where it is lost; and its errors as ours.

Connecting again is the business of whoever has the connection: what nats-py holds back
while it reconnects would be sent to a server that has forgotten who asked.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from servers.errors import ConnectError
from servers.sockets import abort_elsewhere
from servers.tls import system_reason

from .library import client_class, leave, number_of, socket_of, transport_of
from .operations import Arrived
from .passage import Passage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.aio.subscription import Subscription

Receiver: TypeAlias = "Callable[[list[Arrived]], None]"
"""What is called with messages for a subscription."""

_SID = itemgetter(0)
_GOODBYE = 5.0  # seconds for what is written last to leave
_LEAVE = 0.5  # seconds for a connection that was refused to close
_FLUSH = 10  # seconds for the server to obey
_SOON = 0.001  # seconds until it is looked again what waits to be written
_PING_INTERVAL = 20  # seconds; a server that is gone without a word is missed after two
_WATCHFUL: dict[str, Any] = {
    "ping_interval": _PING_INTERVAL,
    "max_outstanding_pings": 1,
}
_ONCE = {
    "allow_reconnect": False,
    "max_reconnect_attempts": 1,
    "reconnect_time_wait": 0,
}
"""What connects again is ours (decision 141)."""


class Settings(NamedTuple):
    """Where a NATS server is, and how it is used.

    Attributes:
        name: The server, without a password.
        urls: Of the server, or of several of a cluster.
        queue: The group that messages to a service are distributed in; empty for none.
        headers: What a client sends with each message.
        options: More for ``nats.connect``.
    """

    name: str
    urls: list[str]
    queue: str
    headers: Mapping[str, str]
    options: Mapping[str, Any]


class Link:
    """A connection to a server.

    Args:
        client: Of nats-py, connected.
        name: The server, without a password.
    """

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._name = name
        self._subscriptions: list[Subscription] = []
        self._receivers: dict[bytes, Receiver] = {}
        transport, socket = transport_of(client), socket_of(client)
        assert transport is not None
        self._transport = transport
        if socket is not None:  # else by WebSocket, which nats-py reads
            Passage(socket, self._receivers, self._arrived)

    @property
    def is_open(self) -> bool:
        """Whether it is not lost, and not closed."""
        return self._client.is_connected

    @property
    def max_payload(self) -> int:
        """Bytes of the largest message that the server takes, headers included."""
        return self._client.max_payload

    def new_inbox(self) -> str:
        """Return a subject that nobody else has."""
        return self._client.new_inbox()

    async def subscribe(self, subject: str, queue: str, receive: Receiver) -> None:
        """Subscribe; the server has obeyed once :meth:`settled` returns.

        Args:
            subject: What to, with or without wildcards.
            queue: The group in which messages are distributed; empty for none.
            receive: Called with the messages.
        """

        async def pass_on(message: Msg) -> None:  # of what nats-py reads
            headers = message.headers or {}
            reply, body = message.reply, message.data
            receive([Arrived(b"", message.subject, reply, body, headers)])

        subscription = await self._client.subscribe(
            subject,
            queue,
            pass_on,
            pending_msgs_limit=0,  # what waits is ours to bound: …
            pending_bytes_limit=0,  # … nats-py would drop it unseen
        )
        self._subscriptions.append(subscription)
        self._receivers[number_of(subscription)] = receive

    async def unsubscribe(self) -> None:
        """Take nothing new; return once all that was taken is received.

        Raises:
            ConnectError: The connection is lost, or the server takes too long.
        """
        leaving, self._subscriptions = self._subscriptions, []
        for each in leaving:
            await leave(self._client, each)
        await self.settled()
        # Nothing tells that a subscription has given all that it had.
        while any(each.pending_msgs for each in leaving) and self.is_open:  # noqa: ASYNC110
            await asyncio.sleep(0)

    def write(self, operations: bytes) -> None:
        """Write whole operations.

        Raises:
            ConnectError: The connection is lost.
        """
        if not self.is_open:
            raise ConnectError(f"{self._name}: the connection is lost")
        self._transport.write(operations)

    async def drained(self) -> None:
        """Wait until the server has caught up with what was written.

        Raises:
            ConnectError: The connection is lost.
        """
        try:
            await self._transport.drain()  # type: ignore[no-untyped-call]
        except OSError as error:
            raise ConnectError(f"{self._name}: {_reason(error)}") from error

    async def settled(self) -> None:
        """Wait until the server has obeyed what was written before.

        Raises:
            ConnectError: The connection is lost, or the server takes too long.
        """
        from nats.errors import Error  # noqa: PLC0415 — an extra

        try:
            await self._flushed()
            await self._client.flush(_FLUSH)
        except (OSError, Error) as error:
            raise ConnectError(f"{self._name}: {_reason(error)}") from error

    async def _flushed(self) -> None:
        """Wait until nats-py has written all; a PING of its own overtakes the rest."""
        wait = 0.0
        while self._client.pending_data_size and self.is_open:
            await asyncio.sleep(wait)
            wait = _SOON

    def abandon(self) -> None:
        """Close the socket of a connection whose event loop does not run."""
        abandon(self._client)

    async def close(self) -> None:
        """Close the connection, once what was written has left or takes too long."""
        await _close(self._client, _GOODBYE)

    def _arrived(self, arrived: list[Arrived]) -> None:
        for sid, some in groupby(arrived, _SID):
            self._receivers[sid](list(some))


async def connect(
    settings: Settings,
    lost: Callable[[Exception | None], None],
) -> Link:
    """Connect to one of the servers.

    Args:
        settings: Where they are.
        lost: Called once the connection is lost.

    Raises:
        ConnectError: None of them can be reached, or it refuses.
    """
    from nats.errors import Error  # noqa: PLC0415 — an extra

    client = client_class()()
    why: list[Exception] = []

    async def failed(error: Exception) -> None:
        why[:] = [error]

    async def closed() -> None:
        lost(client.last_error or (why[-1] if why else None))

    try:
        await client.connect(
            settings.urls,
            error_cb=failed,
            closed_cb=closed,
            **{**_WATCHFUL, **settings.options, **_ONCE},
        )
    except (OSError, Error) as error:
        cause = why[-1] if why else error
        await _close(client, _LEAVE)  # nats-py leaves its socket open
        raise ConnectError(
            f"cannot connect to {settings.name}: {_reason(cause)}"
        ) from error
    return Link(client, settings.name)


async def _close(client: Client, seconds: float) -> None:
    """Close a connection, or its socket if that takes too long."""
    # By uvloop the end of a TLS that never was is waited for in vain.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await client.close()
            return
    abandon(client)


def abandon(client: Client) -> None:
    """Close the socket of a client whose event loop does not run."""
    # nats-py closes it on that loop alone.
    socket = socket_of(client)
    if socket is not None:
        abort_elsewhere(socket)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return system_reason(error)
    return str(error).removeprefix("nats: ").strip("'\"") or type(error).__name__
