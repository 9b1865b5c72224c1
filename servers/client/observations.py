"""Calls of a client, reported to its hooks."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from protocol import route
from servers.errors import (
    ConnectError,
    ConnectionLostError,
    NoHandlerError,
    RequestTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.hooks import Hooks, Outcome

    from .middleware import Outgoing


class Observation:
    """One call, from its beginning, which is reported now, to its end."""

    def __init__(self, hooks: Hooks, outgoing: Outgoing) -> None:
        self._hooks = hooks
        self._kind = outgoing.kind
        self._route = route(outgoing.pattern)
        self._begun = time.perf_counter()
        hooks.call_started("client", self._route)

    def end(self, outcome: Outcome) -> None:
        """Report how the call ended."""
        seconds = time.perf_counter() - self._begun
        self._hooks.call_finished("client", self._route, self._kind, outcome, seconds)


@contextmanager
def observed(hooks: Hooks, outgoing: Outgoing) -> Iterator[None]:
    """Report the call in the block to the hooks."""
    observation = Observation(hooks, outgoing)
    try:
        yield
    except BaseException as error:
        observation.end(outcome_of(error))
        raise
    else:
        observation.end("completed")


def outcome_of(error: BaseException) -> Outcome:
    """Return the outcome of a call that failed."""
    if isinstance(error, asyncio.CancelledError):
        return "cancelled"
    if isinstance(error, NoHandlerError):
        return "no_handler"
    if isinstance(error, RequestTimeoutError):
        return "timeout"
    if isinstance(error, ConnectError | ConnectionLostError):
        return "lost"
    return "error"
