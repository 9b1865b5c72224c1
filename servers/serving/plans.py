"""How a service is served: where, with what, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Unpack

from .places import DEFAULT_HOST, DEFAULT_PORT, Elsewhere, Place, place_of

if TYPE_CHECKING:
    import ssl

DEFAULT_GRACE = 10.0
"""Seconds that calls in flight may take at the end by default."""


class ListenOptions(Elsewhere, total=False):
    """How a service listens.

    Attributes:
        tls: For TLS; see :func:`servers.server_tls`.
        grace: Seconds that calls in flight may take at the end; 10 by default.
        health_port: Where ``/livez``, ``/readyz`` and ``/metrics`` are answered by
            HTTP, at the same host, or at all addresses if there is none; None for
            nowhere.
    """

    tls: ssl.SSLContext | None
    grace: float
    health_port: int | None


class ServeOptions(ListenOptions, total=False):
    """How a service runs until a signal.

    Attributes:
        drain: Seconds from the signal on in which the service is not ready any more,
            but still accepts connections; 0 by default.
    """

    drain: float


class Plan(NamedTuple):
    """What the options say.

    Attributes:
        place: Where to listen by TCP; None for nowhere.
        probes: Where probes are answered; None for nowhere.
        tls: For TLS; None for plain TCP.
        grace: Seconds that calls in flight may take at the end.
        drain: Seconds before that in which connections are still accepted.
    """

    place: Place | None
    probes: Place | None = None
    tls: ssl.SSLContext | None = None
    grace: float = DEFAULT_GRACE
    drain: float = 0.0


def plan_of(
    host: str | None = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    **options: Unpack[ServeOptions],
) -> Plan:
    """Return what options say.

    Raises:
        UsageError: They name more than one place.
    """
    elsewhere: Elsewhere = {
        "uds": options.get("uds"),
        "fd": options.get("fd"),
        "sock": options.get("sock"),
        "reuse_port": options.get("reuse_port", False),
    }
    place = place_of(host, port, **elsewhere)
    return Plan(
        place,
        place.beside(options.get("health_port")),
        options.get("tls"),
        options.get("grace", DEFAULT_GRACE),
        options.get("drain", 0.0),
    )
