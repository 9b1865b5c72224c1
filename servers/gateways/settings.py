"""Who may come to a gateway, and where it listens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from .handshakes import Handshake

if TYPE_CHECKING:
    import ssl

    from servers.serving.places import Place

    from .clients import GatewayClient
    from .handshakes import Origins

Auth: TypeAlias = Callable[[Handshake], Any]
"""Returns the user of a handshake, now or awaited; raises RpcError to refuse."""

MESSAGE_SIZE = 1_000_000
"""Bytes of a message. Source: ``maxHttpBufferSize`` of socket.io 4.8."""


class Settings(msgspec.Struct):
    """Who may come to a gateway, and what is done as they come and go.

    Attributes:
        auth: Returns the user of a handshake, or refuses it; None lets everybody in.
        cause: Whether an exception gives the client back what caused it, as in Nest.
        on_connect: Called with each new client.
        on_disconnect: Called with each client that has gone, and why.
    """

    auth: Auth | None = None
    cause: bool = True
    on_connect: list[Callable[[GatewayClient], Any]] = []
    on_disconnect: list[Callable[[GatewayClient, str], Any]] = []


class Listening(msgspec.Struct):
    """Where a gateway listens, and to whom.

    Attributes:
        place: The host and the port.
        tls: For TLS; None without.
        origins: Where pages may be from.
        message_size: Bytes of a message, above which a client is disconnected.
        ping_interval: Seconds between two pings.
        ping_timeout: Seconds for the answer, before the client counts as gone.
        compression: Whether clients may compress what they send, and are sent.
    """

    place: Place
    tls: ssl.SSLContext | None
    origins: Origins
    message_size: int
    ping_interval: float
    ping_timeout: float
    compression: bool
