"""Many calls of one pattern: a payload each, so many in flight, values in order.

::

    payloads ─► [ call, call, call … ] ─► values        the oldest call is awaited
                  at most in_flight

A call begins once there is room, which its predecessors leave when their values are
taken: a reader that is slow slows down the calls, and no more than ``in_flight`` values
ever wait for it. Where nothing goes around a call and its wire is ready, it needs no
task of its own, which is half of what a call costs.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, Unpack, overload

from protocol import UNDEFINED, Json
from servers.errors import UsageError

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

    from .asked import Asked
    from .caller import Caller
    from .options import CallOptions
    from .policies import Retry

T = TypeVar("T")

IN_FLIGHT = 64
"""Calls of one ``send_many`` that are in flight by default."""


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
        alone = retry is None and not idempotent

        def begin(data: Json) -> Asked | None:
            direct = self._direct if alone else None
            if direct is None:
                return None
            return direct.begin(pattern, data, metadata, seconds, read)

        def send(data: Json) -> Coroutine[Any, Any, Any]:
            return self.send(
                pattern,
                data,
                timeout=seconds,
                metadata=metadata,
                returns=returns,
                idempotent=idempotent,
                retry=retry,
            )

        calls = _Calls(payloads, in_flight, begin, send)
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
        begin: Begins a call if that takes no wait; returns None otherwise.
        send: Makes a call in any case, once it is awaited.
    """

    def __init__(
        self,
        payloads: Iterable[Json],
        in_flight: int,
        begin: Callable[[Json], Asked | None],
        send: Callable[[Json], Coroutine[Any, Any, Any]],
    ) -> None:
        self._payloads = payloads
        self._in_flight = in_flight
        self._begin = begin
        self._send = send
        self._calls: deque[Asked | _Other] = deque()

    @property
    def ready(self) -> bool:
        """Whether the oldest call has ended already."""
        return bool(self._calls) and self._calls[0].future.done()

    async def values(self, *, return_exceptions: bool) -> AsyncGenerator[Any, None]:
        """Yield the value of each call, or what it raises.

        Raises:
            Exception: What a call raises, unless that is yielded.
        """
        calls = self._calls
        payloads = iter(self._payloads)
        try:
            while self._fill(payloads):
                try:
                    value = await calls[0].value()
                except Exception as error:
                    if not return_exceptions:
                        raise
                    value = error
                calls.popleft()
                yield value
        finally:
            await self._abandon()

    def _fill(self, payloads: Iterator[Json]) -> bool:
        """Begin calls while there is room; return whether any is left to await."""
        calls = self._calls
        for data in islice(payloads, self._in_flight - len(calls)):
            calls.append(self._call(data))
        return bool(calls)

    def _call(self, data: Json) -> Asked | _Other:
        try:
            asked = self._begin(data)
        except Exception as error:  # noqa: BLE001 — raised when its turn comes
            return _failed(error)
        return asked or _Other(asyncio.create_task(self._send(data)))

    async def _abandon(self) -> None:
        """Let go of the calls in flight; none of their tasks is left behind."""
        futures = [call.future for call in self._calls]
        for call in self._calls:
            call.abandon()
        self._calls.clear()
        if tasks := [each for each in futures if isinstance(each, asyncio.Task)]:
            await asyncio.gather(*tasks, return_exceptions=True)


class _Other:
    """A call of any kind, in a task; or one that cannot be made."""

    __slots__ = ("future",)

    def __init__(self, future: asyncio.Future[Any]) -> None:
        self.future = future

    async def value(self) -> Any:  # noqa: ANN401
        """Return the value of the call.

        Raises:
            Exception: What the call raises.
        """
        return await self.future

    def abandon(self) -> None:
        """End the call."""
        if not self.future.cancel() and not self.future.cancelled():
            self.future.exception()  # asyncio logs one that nobody has seen


def _failed(error: Exception) -> _Other:
    """Return a call that could not begin."""
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_exception(error)
    return _Other(future)
