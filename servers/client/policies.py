"""Policies of a client for calls that fail: when they are made again, and how often.

While most calls fail, retries are load that a server in trouble needs least. So they
have a budget, which failures use up and successes restore: that of gRPC.

Source: gRFC A6, "Client Retries", section "Throttling Retry Attempts and Hedged RPCs".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from servers.errors import (
    CallError,
    CircuitOpenError,
    ConnectError,
    ConnectionLostError,
    NoHandlerError,
    RequestTimeoutError,
    UsageError,
)

from .backoff import Backoff

RetryOn: TypeAlias = tuple[type[CallError], ...] | Callable[[CallError], bool]
"""The errors after which a call is made again, or a function that knows them."""


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """How calls that failed are made again.

    Attributes:
        attempts: How often a call is made at most, the first time included.
        backoff: The waits between attempts.
        attempt_timeout: Seconds that each attempt may take, within the timeout of the
            call; None for what is left of that, so that no timeout is retried.
        on: The errors after which a call is made again: their classes, or a function
            that returns whether an error is one of them.

    Raises:
        UsageError: The number of attempts, or their timeout, is not positive.
    """

    attempts: int = 3
    backoff: Backoff = Backoff(first=0.05, longest=1.0)
    attempt_timeout: float | None = None
    on: RetryOn = (
        ConnectError,
        ConnectionLostError,
        RequestTimeoutError,
        NoHandlerError,
    )

    def __post_init__(self) -> None:
        """Check the numbers."""
        if self.attempts < 1:
            raise UsageError(f"{self.attempts} attempts make no call")
        if self.attempt_timeout is not None and self.attempt_timeout <= 0:
            raise UsageError(f"an attempt cannot take {self.attempt_timeout:g} s")

    def covers(self, error: CallError, *, idempotent: bool) -> bool:
        """Whether a call that failed with this error may be made again."""
        if isinstance(error, CircuitOpenError):
            return False
        if not idempotent and not isinstance(error, ConnectError):
            return False
        if isinstance(self.on, tuple):
            return isinstance(error, self.on)
        return self.on(error)


class RetryBudget:
    """How many retries a client may make, by how its calls fare.

    An attempt that fails takes a token, one that succeeds returns ``ratio`` of one.
    With half of the tokens or fewer, calls that fail are not made again. By the
    defaults, a server that fails every call gets four retries at most, and one that
    fails one call in twelve gets one for each of these.

    Args:
        tokens: How many there are at first, and at most.
        ratio: What an attempt that succeeds returns.
    """

    def __init__(self, tokens: float = 10.0, ratio: float = 0.1) -> None:
        self._most = self._left = tokens
        self._ratio = ratio

    @property
    def allows_retries(self) -> bool:
        """Whether calls that fail may be made again."""
        return self._left > self._most / 2

    def succeeded(self) -> None:
        """Return a part of a token."""
        self._left = min(self._left + self._ratio, self._most)

    def failed(self) -> None:
        """Take a token."""
        self._left = max(self._left - 1, 0.0)
