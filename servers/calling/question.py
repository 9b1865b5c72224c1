"""The call that a command is asked to make, as one value."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl

    from protocol import Json
    from servers.hooks import Kind

    from .addresses import Address


class Question(NamedTuple):
    """The call that the command was asked to make.

    Attributes:
        kind: ``message``, ``event``, or ``stream`` to show every value as it arrives.
        server: Where the server listens.
        pattern: What to call.
        data: The payload.
        metadata: For the handler's context; UNDEFINED for none.
        timeout: Seconds to wait for a reply; None for no limit.
        repeat: How many times to make the call, one after the other.
        tls: For TLS; None for plain TCP.
        server_hostname: The name in the server's certificate, if it is not the host.
    """

    kind: Kind
    server: Address
    pattern: Json
    data: Json
    metadata: Json
    timeout: float | None
    repeat: int
    tls: ssl.SSLContext | None
    server_hostname: str | None
