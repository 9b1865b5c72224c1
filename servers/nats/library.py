"""What of nats-py has no public name, and is used nevertheless.

Its version is pinned by nobody who installs us, so a test looks for each of these.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from nats.aio.client import Client
    from nats.aio.subscription import Subscription
    from nats.aio.transport import Transport


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


def transport_of(client: Client) -> Transport | None:
    """Return what a client writes to; None before it has connected."""
    return client._transport  # noqa: SLF001


def socket_of(client: Client) -> asyncio.Transport | None:
    """Return the connection of a client; None before it has one, or by WebSocket."""
    writer = getattr(transport_of(client), "_io_writer", None)
    return None if writer is None else writer.transport


def number_of(subscription: Subscription) -> bytes:
    """Return the number by which the server knows a subscription."""
    return b"%d" % subscription._id  # noqa: SLF001


async def leave(client: Client, subscription: Subscription) -> None:
    """Let the server send no more, and take what it still sends.

    ``unsubscribe()`` drops what still comes. So does ``drain()``: its PING overtakes
    the UNSUB.
    """
    await client._send_unsubscribe(subscription._id)  # noqa: SLF001
