"""Circuit breakers: a server whose calls fail gets none for a time, and fails fast.

::

    closed ─ failures in a row ─► open ─ a wait ─► half-open ─ a call succeeds ─► closed
                                   ▲                   │
                                   └─── a call fails ──┘

A client with a breaker ejects no server in another way: timeouts are failures like
others. Whether the server is well again is tried with one call at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from servers.errors import (
    CircuitOpenError,
    RemoteError,
    RequestTimeoutError,
    UsageError,
    kept,
)

from .backoff import Backoff

if TYPE_CHECKING:
    from servers.errors import CallError

CircuitState: TypeAlias = Literal["closed", "open", "half_open"]
CircuitEvent: TypeAlias = Literal["opened", "half_open", "closed"]
Note: TypeAlias = Callable[[BaseException | None], None]
"""Takes how a call ended: its error, or None if it was answered."""


class Breaker(msgspec.Struct, frozen=True, kw_only=True):
    """When a server gets no calls, since they fail.

    Timeouts, lost connections and failed attempts to connect are failures; a lost
    connection is one, however many calls waited on it. Any reply is a success, unless
    ``counts`` says something else of an error.

    Attributes:
        failures: Failures in a row that open the circuit.
        waits: The waits until the server is tried again, longer from failed trial to
            failed trial.
        counts: Whether an error that the server replies with is a failure; None for
            no such error.

    Raises:
        UsageError: The number of failures is not positive.
    """

    failures: int = 5
    waits: Backoff = Backoff(first=1.0, longest=30.0)
    counts: Callable[[RemoteError], bool] | None = None

    def __post_init__(self) -> None:
        """Check the number."""
        if self.failures < 1:
            raise UsageError(f"{self.failures} failures open no circuit")


# decision 112: A breaker takes the place of the ejection
class Circuit:
    """Whether one server gets calls.

    Args:
        options: The breaker.
        address: The server, for errors.
        time: Gives the time of the event loop's clock.
        changed: Called with each change of the state, and the failure that caused it.

    Attributes:
        state: ``closed`` if the server gets calls, ``half_open`` if it gets one.
        error: The last failure.
    """

    def __init__(
        self,
        options: Breaker,
        address: str,
        time: Callable[[], float],
        changed: Callable[[CircuitEvent, Exception | None], None],
    ) -> None:
        self.state: CircuitState = "closed"
        self.error: Exception | None = None
        self._options = options
        self._address = address
        self._time = time
        self._changed = changed
        self._failures = 0  # in a row
        self._opened = 0.0
        self._next_trial = 0.0
        self._trials = 0  # that failed in a row, by which waits grow
        self._changes = 0

    def admits(self) -> bool:
        """Return whether the server may get a call now."""
        if self.state == "closed":
            return True
        if self._time() < self._next_trial:
            return False
        if self.state == "open":
            self._change("half_open", "half_open")
        return True

    def enter(self) -> None:
        """Note that a call is made, which is the only one if the circuit is half open.

        One that never ends makes room for another after the wait.
        """
        if self.state == "half_open":
            self._next_trial = self._time() + self._options.waits.wait(self._trials)

    def note(self) -> Note:
        """Return what takes the end of a call that begins now."""
        changes = self._changes

        def ended(error: BaseException | None) -> None:
            if changes != self._changes:
                return  # it began before the circuit was opened, or closed
            if error is None or self._is_reply(error):
                self.succeeded()
            elif isinstance(error, RequestTimeoutError | RemoteError):
                self.failed(error)

        return ended

    def written(self) -> None:
        """Note that an event was written, from which no more is learned."""
        if self.state == "half_open":
            self._close()

    def succeeded(self) -> None:
        """Note a reply."""
        self._failures = self._trials = 0
        if self.state != "closed":
            self._close()

    def failed(self, error: CallError) -> None:
        """Note a failure."""
        self.error = kept(error)
        if self.state == "open":
            return
        self._failures += 1
        if self.state == "half_open" or self._failures >= self._options.failures:
            self._open()

    def refusal(self) -> CircuitOpenError:
        """Return the error of a call that is not made."""
        now = self._time()
        retry_in = max(self._next_trial - now, 0.0)
        cause = str(self.error)
        return CircuitOpenError(self._address, now - self._opened, retry_in, cause)

    def _is_reply(self, error: BaseException) -> bool:
        counts = self._options.counts
        if not isinstance(error, RemoteError):
            return False
        return counts is None or not counts(error)

    def _open(self) -> None:
        now = self._time()
        if self.state == "closed":
            self._opened = now
        self._trials += 1
        self._next_trial = now + self._options.waits.wait(self._trials)
        self._change("open", "opened")

    def _close(self) -> None:
        self._failures = 0
        self._change("closed", "closed")

    def _change(self, state: CircuitState, event: CircuitEvent) -> None:
        self.state = state
        self._changes += 1
        self._changed(event, self.error if state != "closed" else None)
