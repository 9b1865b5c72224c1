"""What the first arguments of a client name: addresses of servers, or a broker."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from servers.errors import UsageError
from servers.serving.places import DEFAULT_HOST, DEFAULT_PORT
from servers.tcp import Tcp

from .addresses import addresses_of

if TYPE_CHECKING:
    import os
    import ssl
    from collections.abc import Sequence

    from .addresses import Address
    from .brokers import Broker
    from .discovery import Discovery


class Target(NamedTuple):
    """What a client calls.

    Attributes:
        addresses: Of equal servers; none where there is a broker.
        tls: For TLS; None for plain TCP.
        broker: What carries the calls; None where servers are connected to.
        discovery: Says which addresses there are; None where they are passed.
    """

    addresses: Sequence[Address]
    tls: ssl.SSLContext | None
    broker: Broker | None = None
    discovery: Discovery | None = None


def target_of(  # noqa: PLR0913, PLR0917 — the arguments of a client
    host: str | Tcp | Broker,
    port: int,
    uds: str | os.PathLike[str] | None,
    addresses: Sequence[Address],
    tls: ssl.SSLContext | None,
    discover: Discovery | None = None,
) -> Target:
    """Return what the arguments of a client name.

    Raises:
        UsageError: That is more than one thing, or an address is none.
    """
    if discover is not None:
        passed = (host, port, uds, addresses) != (DEFAULT_HOST, DEFAULT_PORT, None, ())
        if passed:
            raise UsageError("discover says the addresses: pass no other address")
        return Target((), tls, discovery=discover)
    if isinstance(host, str):
        return Target(addresses_of(host, port, uds, addresses), tls)
    if port != DEFAULT_PORT or uds is not None or addresses or tls is not None:
        raise UsageError(f"{_named(host)} says all of it: pass no other address or tls")
    if not isinstance(host, Tcp):
        return Target((), None, host)
    if host.fd is not None or host.sock is not None or host.host is None:
        raise UsageError("a client needs a host and a port, or the path of a socket")
    return Target(addresses_of(host.host, host.port, host.uds, ()), host.tls)


def refuse_options(**options: object) -> None:
    """Refuse options that are about connections to servers, where there is a broker.

    Raises:
        UsageError: One of them was passed.
    """
    for name, value in options.items():
        if value is not None:
            raise UsageError(f"{name} is for servers that are connected to by TCP")


def _named(target: Tcp | Broker) -> str:
    return "Tcp" if isinstance(target, Tcp) else target.name
