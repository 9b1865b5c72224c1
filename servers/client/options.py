"""Types of the options of calls and clients, for functions that pass them on."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, TypedDict

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
    from .breaker import Breaker
    from .discovery import Discovery
    from .ejection import Ejection
    from .policies import Retry, RetryBudget
    from .pool import Balance


DEFAULT_TIMEOUT = 30.0
"""Seconds that a call waits for its reply by default; a Nest client waits for ever."""


class Default(Enum):
    """Stands for an option of the client."""

    TIMEOUT = "the client's timeout"


CLIENT_TIMEOUT: Final = Default.TIMEOUT


class CallOptions(TypedDict, total=False):
    """The options of :meth:`servers.Client.send` and ``stream`` besides ``returns``."""

    timeout: float | None
    metadata: Json
    idempotent: bool
    retry: Retry | None


class ClientOptions(TypedDict, total=False):
    """The options of :class:`servers.Client` besides its address."""

    uds: str | os.PathLike[str] | None
    addresses: Sequence[Address]
    discover: Discovery | None
    timeout: float | None
    tls: ssl.SSLContext | None
    server_hostname: str | None
    balance: Balance
    wait_for_server: bool
    backoff: Backoff | None
    ejection: Ejection | None
    breaker: Breaker | None
    retry: Retry | None
    retry_budget: RetryBudget | None
    limits: Limits | None
    hooks: Hooks | None
    unsafe_integers: UnsafeIntegers
