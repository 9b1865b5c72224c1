"""A connection of nats-py, which ends where it is lost; and its errors as ours.

Connecting again is the business of whoever has the connection: what nats-py holds back
while it reconnects would be sent to a server that has forgotten who asked.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from servers.errors import ConnectError
from servers.sockets import abort_elsewhere
from servers.tls import system_reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nats.aio.client import Client

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


@cache
def client_class() -> type[Client]:
    """Return nats-py's client, which says nothing in the clear where TLS is wanted."""
    from nats.aio import client  # noqa: PLC0415 — an extra
    from nats.errors import Error  # noqa: PLC0415

    class CarefulClient(client.Client):
        # It asks for TLS where the server says that it must, whatever the URL is.
        def _connect_command(self) -> bytes:
            at, info = self._current_server, self._server_info
            wanted = "tls" in self.options or (at and at.uri.scheme == "tls")
            first = self.options["tls_handshake_first"]
            if wanted and not first and not info.get("tls_required"):
                raise Error("the server does not ask for TLS")
            return super()._connect_command()

    return CarefulClient


async def connect(
    settings: Settings,
    lost: Callable[[Exception | None], None],
) -> Client:
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
        await _leave(client)
        raise ConnectError(
            f"cannot connect to {settings.name}: {_reason(cause)}"
        ) from error
    return client


async def _leave(client: Client) -> None:
    """Close the socket, which nats-py has left open where it was refused."""
    # By uvloop the end of a TLS that never was is waited for in vain.
    with suppress(TimeoutError):
        async with asyncio.timeout(_LEAVE):
            await client.close()
            return
    abandon(client)


async def settled(client: Client, name: str) -> None:
    """Wait until the server has obeyed what was written before.

    Raises:
        ConnectError: The connection is lost, or the server takes too long.
    """
    from nats.errors import Error  # noqa: PLC0415 — an extra

    try:
        # A PING of nats-py overtakes what waits to be written.
        while client.pending_data_size and client.is_connected:  # noqa: ASYNC110
            await asyncio.sleep(_SOON)
        await client.flush(_FLUSH)
    except (OSError, Error) as error:
        raise ConnectError(f"{name}: {_reason(error)}") from error


def abandon(client: Client) -> None:
    """Close the socket of a connection whose event loop does not run."""
    # nats-py closes it on that loop alone, and has no other name for it.
    writer = getattr(getattr(client, "_transport", None), "_io_writer", None)
    if writer is not None:
        abort_elsewhere(writer.transport)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return system_reason(error)
    return str(error).removeprefix("nats: ").strip("'\"") or type(error).__name__
