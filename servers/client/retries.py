"""Retries: calls that failed, made again within their timeout.

===========================  ====================================================
a call failed with           it is made again
===========================  ====================================================
a ConnectError               always: nothing was sent
anything else of the policy  if its caller calls it idempotent
===========================  ====================================================
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from protocol import UNDEFINED, JsonText
from servers.errors import CallError, RequestTimeoutError
from servers.payloads import to_text

from .policies import Retry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .caller import Caller
    from .middleware import Outgoing
    from .policies import RetryBudget
    from .streams import Values

T = TypeVar("T")

_END = object()  # stands for the end of a stream, or for no value


# decision 110: Retries are asked for, fit into the timeout, and have a budget
class Retries:
    """Make calls, and make those again that fail; the policy is that of each call.

    Args:
        current: Returns the caller of the event loop that runs.
        budget: How many retries there may be.
    """

    def __init__(self, current: Callable[[], Caller], budget: RetryBudget) -> None:
        self._current = current
        self._budget = budget

    def message(self, outgoing: Outgoing) -> Awaitable[Any]:
        """Send a message and return the last value of its reply.

        Raises:
            CallError: The last attempt failed.
        """
        return self._make(outgoing, _message)

    def event(self, outgoing: Outgoing) -> Awaitable[None]:
        """Send an event, once: it is made again only where nothing was sent.

        Raises:
            CallError: The last attempt failed.
        """
        return self._make(outgoing.replace(idempotent=False), _event)

    async def values(self, outgoing: Outgoing) -> _Begun:
        """Send a message; return an iterator over the values, once there is one.

        Raises:
            CallError: The last attempt failed, before there was a value.
        """
        begun = await self._make(outgoing, _first_value)
        begun.values.timeout = outgoing.timeout
        return begun

    async def _make(self, outgoing: Outgoing, attempt: _Attempt[T]) -> T:
        run = _Run(_written(outgoing))
        while True:
            try:
                result = await attempt(self._current(), run.next_attempt(), run.tried)
            except CallError as error:
                if (seconds := self._wait(run, error)) is None:
                    raise
                self._current().retried(outgoing, run.attempts, seconds, error)
            else:
                self._budget.succeeded()
                return result
            await asyncio.sleep(seconds)

    def _wait(self, run: _Run, error: CallError) -> float | None:
        """Return the seconds until the next attempt; None if there is to be none."""
        policy = run.policy
        if not policy.covers(error, idempotent=run.outgoing.idempotent):
            return None
        self._budget.failed()
        seconds = policy.backoff.wait(run.attempts)
        if run.attempts >= policy.attempts or not run.has_time_for(seconds):
            run.explain(error)
        elif not self._budget.allows_retries:
            error.add_note("not made again: the retry budget is used up")
        else:
            return seconds
        return None


_Attempt: TypeAlias = "Callable[[Caller, Outgoing, list[str]], Awaitable[T]]"


def _written(outgoing: Outgoing) -> Outgoing:
    """Return a call whose data are JSON text: an iterator yields its values once.

    Raises:
        EncodeError: JSON cannot hold the data.
    """
    if outgoing.data is None or outgoing.data is UNDEFINED:
        return outgoing  # which is refused later
    return outgoing.replace(data=JsonText(to_text(outgoing.data)))


class _Run:
    """A call and its attempts.

    Attributes:
        outgoing: The call.
        policy: How it is made again.
        attempts: How often it was made.
        tried: The servers that were asked.
    """

    def __init__(self, outgoing: Outgoing) -> None:
        self.outgoing = outgoing
        self.policy: Retry = outgoing.retry or Retry()
        self.attempts = 0
        self.tried: list[str] = []
        self._time = asyncio.get_running_loop().time
        seconds = outgoing.timeout
        self._end = None if seconds is None else self._time() + seconds

    def next_attempt(self) -> Outgoing:
        """Return the call with the time that the next attempt has."""
        self.attempts += 1
        each = self.policy.attempt_timeout
        if self._end is not None:
            left = max(self._end - self._time(), 0.0)
            each = left if each is None else min(each, left)
        return self.outgoing.replace(timeout=each)

    def has_time_for(self, seconds: float) -> bool:
        """Whether a wait ends before the timeout of the call."""
        return self._end is None or self._time() + seconds < self._end

    def explain(self, error: CallError) -> None:
        """Say in the error of the last attempt that there were others."""
        seconds = self.outgoing.timeout
        if isinstance(error, RequestTimeoutError) and not self.has_time_for(0.0):
            error.waited(seconds or 0.0)
        error.add_note(f"attempt {self.attempts} of {self.policy.attempts}")


def _message(caller: Caller, outgoing: Outgoing, tried: list[str]) -> Awaitable[Any]:
    return caller.message(outgoing, tried)


def _event(caller: Caller, outgoing: Outgoing, tried: list[str]) -> Awaitable[None]:
    del tried  # nothing was sent to any of them
    return caller.event(outgoing)


async def _first_value(caller: Caller, outgoing: Outgoing, tried: list[str]) -> _Begun:
    values = await caller.values(outgoing, tried)
    first = await anext(values, _END)
    return _Begun(values, first)


class _Begun:
    """The values of a stream whose first one has arrived."""

    def __init__(self, values: Values, first: Any) -> None:  # noqa: ANN401
        self.values = values
        self._first = first

    def __aiter__(self) -> _Begun:
        return self

    async def __anext__(self) -> Any:  # noqa: ANN401
        first, self._first = self._first, _END
        return first if first is not _END else await anext(self.values)

    async def aclose(self) -> None:
        await self.values.aclose()
