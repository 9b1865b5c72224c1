"""What a gateway says of a message, and who sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.deliveries import Delivery
from servers.errors import UsageError

from .clients import GatewayClient  # noqa: TC001 — msgspec reads the fields

if TYPE_CHECKING:
    from servers.server.context import Context


class GatewayMessage(Delivery, frozen=True):
    """A message as a gateway received it: the ``carrier`` of a context.

    Attributes:
        channel: The name of the event.
        headers: Those of the client's handshake, with names in lower case.
        client: Who sent it.
    """

    client: GatewayClient = None  # type: ignore[assignment]  # always given


def client_of(context: Context) -> GatewayClient:
    """Return who sent a message; for ``Depends``, too.

    Raises:
        UsageError: The message did not come through a gateway.
    """
    carrier = context.carrier
    if not isinstance(carrier, GatewayMessage):
        raise UsageError(f"{context.route}: the message came through no gateway")
    return carrier.client
