"""Many calls of one pattern: a payload each, so many in flight, values in order.

::

    payloads ─► [ call, call, call … ] ─► values        the oldest call is awaited
                  at most in_flight

Calls begin once there is room for some, which their predecessors leave when their
values are taken: a reader that is slow slows down the calls, and no more than
``in_flight`` values ever wait for it. Where nothing goes around a call and its wire is
ready, it needs no task of its own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Unpack, overload

from protocol import UNDEFINED, Json
from servers.errors import UsageError

from .asked import Asked, Plan
from .options import CLIENT_TIMEOUT, Default
from .replies import reading

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        Awaitable,
        Callable,
        Coroutine,
        Iterable,
        Iterator,
    )

    from typing_extensions import TypeForm

    from .caller import Caller
    from .options import CallOptions
    from .policies import Retry

T = TypeVar("T")

IN_FLIGHT = 64
"""Calls of one ``send_many`` that are in flight by default."""

_SHARE = 8  # calls begin when there is room for one in so many: several cost less each


class Replies(Generic[T]):
    """An asynchronous iterator over the values of many calls, in their order.

    Nothing is sent before the first value is asked for. Leaving a loop early abandons
    the calls in flight: at once by :meth:`aclose`, which ``contextlib.aclosing`` calls,
    otherwise when the iterator is garbage-collected.
    """

    def __init__(self, calls: _Calls, *, return_exceptions: bool) -> None:
        self._calls = calls
        self._values = calls.values(return_exceptions=return_exceptions)

    def __aiter__(self) -> Replies[T]:
        """Return the iterator itself."""
        return self

    def __anext__(self) -> Awaitable[T]:
        """Return the value of the next call.

        Raises:
            Exception: What ``send`` raises; the calls after it are abandoned.
        """
        return self._values.__anext__()

    @property
    def ready(self) -> bool:
        """Whether the next call has ended already."""
        return self._calls.ready

    async def aclose(self) -> None:
        """Abandon the calls that are in flight."""
        await self._values.aclose()


class SendsMany:
    """What lets a client make a call for each of many payloads."""

    timeout: float | None
    send: Callable[..., Coroutine[Any, Any, Any]]
    _direct: Caller | None

    @overload
    def send_many(
        self,
        pattern: Json,
        payloads: Iterable[Json],
        *,
        returns: TypeForm[T],
        in_flight: int = ...,
        return_exceptions: Literal[False] = ...,
        **options: Unpack[CallOptions],
    ) -> Replies[T]: ...

    @overload
    def send_many(
        self,
        pattern: Json,
        payloads: Iterable[Json],
        *,
        returns: TypeForm[T],
        in_flight: int = ...,
        return_exceptions: bool,
        **options: Unpack[CallOptions],
    ) -> Replies[T | Exception]: ...

    @overload
    def send_many(
        self,
        pattern: Json,
        payloads: Iterable[Json],
        *,
        in_flight: int = ...,
        return_exceptions: bool = ...,
        **options: Unpack[CallOptions],
    ) -> Replies[Json]: ...

    def send_many(  # noqa: PLR0913 — every option has its default
        self,
        pattern: Json,
        payloads: Iterable[Json],
        *,
        in_flight: int = IN_FLIGHT,
        return_exceptions: bool = False,
        timeout: float | Default | None = CLIENT_TIMEOUT,
        metadata: Json = UNDEFINED,
        returns: Any = None,
        idempotent: bool = False,
        retry: Retry | None = None,
    ) -> Replies[Any]:
        """Send a message for each payload; iterate over the values, in their order.

        Each call is one that ``send`` would make, with its own timeout, retries,
        middleware and hooks. Payloads are taken from the iterable as calls begin, so it
        may be endless. The server may handle the calls in any order.

        Args:
            pattern: A string, a number or an object, written as it is.
            payloads: The payload of each call.
            in_flight: The most calls that are in flight, or have values that were not
                taken yet.
            return_exceptions: Whether what a call raises takes the place of its value,
                as in ``asyncio.gather``, and the calls after it go on.
            timeout: Seconds that each call waits for its reply; None for no limit.
            metadata: What a Nest 12 handler finds in its context, for each call.
            returns: The type of each value; without one they are plain JSON.
            idempotent: As for :meth:`Client.send`.
            retry: As for :meth:`Client.send`.

        The iteration raises what ``send`` raises, and what the iterable raises; calls
        that are in flight are then abandoned, and may have been handled.

        Raises:
            UsageError: JSON cannot be read into the type, there is room for no call, or
                the payloads are text or a mapping, which is one payload.
        """
        check(payloads, in_flight)
        read = None if returns is None else reading(returns)
        seconds = self.timeout if timeout is CLIENT_TIMEOUT else timeout
        plan = Plan(pattern, metadata, seconds, read)
        options: CallOptions = {
            "timeout": seconds,
            "metadata": metadata,
            "idempotent": idempotent,
            "retry": retry,
        }
        send = partial(self.send, pattern, returns=returns, **options)
        alone = retry is None and not idempotent
        direct = (lambda: self._direct) if alone else (lambda: None)
        calls = _Calls(payloads, in_flight, plan, direct, send)
        return Replies(calls, return_exceptions=return_exceptions)


def check(payloads: object, in_flight: int) -> None:
    """Refuse what cannot be meant.

    Raises:
        UsageError: There is room for no call, or this is one payload.
    """
    if in_flight < 1:
        raise UsageError(f"in_flight is at least 1, not {in_flight}")
    if isinstance(payloads, str | bytes | Mapping):
        raise UsageError(
            "payloads is an iterable of payloads: for a single one, send()"
        )


class _Calls:
    """The calls that have begun and whose values were not taken yet.

    Args:
        payloads: The payload of each call.
        in_flight: The most calls at a time.
        plan: What they have in common.
        direct: Returns what makes calls without anything around them, if that may be.
        send: Makes a call in any case, once it is awaited.
    """

    def __init__(
        self,
        payloads: Iterable[Json],
        in_flight: int,
        plan: Plan,
        direct: Callable[[], Caller | None],
        send: Callable[[Json], Coroutine[Any, Any, Any]],
    ) -> None:
        self._payloads = payloads
        self._in_flight = in_flight
        self._plan = plan
        self._direct = direct
        self._send = send
        self._calls: deque[Asked] = deque()

    @property
    def ready(self) -> bool:
        """Whether the oldest call has ended already."""
        return bool(self._calls) and self._calls[0].future.done()

    async def values(self, *, return_exceptions: bool) -> AsyncGenerator[Any, None]:
        """Yield the value of each call, or what it raises.

        Raises:
            Exception: What a call raises, unless that is yielded.
        """
        calls, payloads = self._calls, iter(self._payloads)
        few = self._in_flight - max(self._in_flight // _SHARE, 1)
        pattern, _, seconds, _ = self._plan
        try:
            while True:
                if len(calls) <= few:
                    self._fill(payloads)
                    if not calls:
                        return
                call = calls[0]
                try:
                    value = await call.future
                    if call.read is not None:
                        value = call.made(value, pattern)
                except Exception as error:
                    call.explain(error, pattern, seconds)
                    if not return_exceptions:
                        raise
                    value = error
                call.ends.pop(call.future, None)
                calls.popleft()
                yield value
        finally:
            await self._abandon()

    def _fill(self, payloads: Iterator[Json]) -> None:
        """Begin calls while there is room: at once where that may be, or in tasks."""
        calls = self._calls
        some = islice(payloads, self._in_flight - len(calls))
        direct = self._direct()
        if direct is not None:
            direct.begin(some, self._plan, calls.append)
        for data in some:
            calls.append(Asked(asyncio.create_task(self._send(data))))

    async def _abandon(self) -> None:
        """Let go of the calls in flight; none of their tasks is left behind."""
        futures = [call.future for call in self._calls]
        for call in self._calls:
            call.abandon()
        self._calls.clear()
        if tasks := [each for each in futures if isinstance(each, asyncio.Task)]:
            await asyncio.gather(*tasks, return_exceptions=True)
