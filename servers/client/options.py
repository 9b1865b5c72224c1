"""Types of the options of calls and clients, for functions that pass them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    import os
    import ssl
    from collections.abc import Sequence

    from protocol import Json
    from servers.hooks import Hooks
    from servers.integers import UnsafeIntegers
    from servers.limits import Limits

    from .addresses import Address
    from .backoff import Backoff
    from .ejection import Ejection
    from .pool import Balance


class CallOptions(TypedDict, total=False):
    """The options of :meth:`servers.Client.send` and ``stream`` besides ``returns``."""

    timeout: float | None
    metadata: Json


class ClientOptions(TypedDict, total=False):
    """The options of :class:`servers.Client` besides its address."""

    uds: str | os.PathLike[str] | None
    addresses: Sequence[Address]
    timeout: float | None
    tls: ssl.SSLContext | None
    server_hostname: str | None
    balance: Balance
    wait_for_server: bool
    backoff: Backoff | None
    ejection: Ejection | None
    limits: Limits | None
    hooks: Hooks | None
    unsafe_integers: UnsafeIntegers
