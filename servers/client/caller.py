"""Making a call: a wire, an id, a request, a wait for the reply."""

from __future__ import annotations

import asyncio
import os
from asyncio import get_running_loop
from threading import get_ident  # by its own name: every call asks
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from protocol import route
from servers.errors import ConnectError, UsageError
from servers.logs import logger_of

from .asked import Asked, explain, failed
from .calls import PendingText
from .deadlines import Deadlines
from .observations import Observation, observed
from .packets import identities
from .replies import read_reply, reading
from .streams import PendingStream, Values

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator

    from protocol import Json
    from servers.errors import CallError
    from servers.hooks import Hooks
    from servers.limits import Limits

    from .asked import Plan
    from .calls import Text
    from .middleware import Outgoing
    from .wire import Wire, Wires

T = TypeVar("T")

logger = logger_of("client")

_ELSEWHERE = (
    "this client belongs to an event loop that is running in another thread; "
    "make one client for each event loop, or share a BlockingClient"
)


_END: Any = object()  # stands for the end of an iterator
_callers: WeakSet[Caller] = WeakSet()


class Caller:
    """Make the calls of a client on its wires.

    Args:
        wires: The ways to the servers.
        limits: How much servers may make us buffer, and how long wait.
        hooks: Callbacks for calls; None for no callbacks.
        successor: Returns the caller of the event loop that runs, once that is
            another one.

    Attributes:
        wires: The ways to the servers.
    """

    def __init__(
        self,
        wires: Wires,
        limits: Limits,
        hooks: Hooks | None,
        successor: Callable[[], Caller] | None = None,
    ) -> None:
        self.wires = wires
        self._wire: Wire | None = None  # of the last call, if there is only one
        self._limits = limits
        self._watched = wires.watched
        self._request_body, self._event_body = wires.bodies
        self._hooks = hooks
        self._loop = asyncio.get_running_loop()
        self._deadlines = Deadlines(self._loop)
        self._identities = identities()
        self._process = os.getpid()
        self._thread = get_ident()
        _callers.add(self)
        self._successor = successor or (lambda: self)

    async def send(
        self, pattern: Json, data: Json, metadata: Json, seconds: float | None
    ) -> Json:
        """Send a message and return the last value of its reply.

        Nearly every call takes this way and no other. It is one function, since what a
        call costs is mostly the number of functions that it passes through.

        Raises:
            CallError: The reply has no value.
            UsageError: The event loop of the client runs in another thread.
        """
        # As is_here, without the system call that get_running_loop is in Python 3.11.
        if get_ident() != self._thread or not self._loop.is_running():
            caller = self._successor()
            if caller is not self:
                return await caller.send(pattern, data, metadata, seconds)
            self._thread = get_ident()  # in which the loop runs now
        identity = next(self._identities)
        body = self._request_body(pattern, data, metadata, identity)
        wire, left = self._wire, seconds
        if wire is None or not wire.usable or wire.write_paused:
            wire, left = await self._wire_within(seconds)
        future = wire.ask(identity, body)
        ends = self._deadlines.add(future, left)
        try:
            return await future
        except BaseException as error:
            wire.forget(identity)
            explain(error, wire, pattern, seconds, left)
            raise
        finally:
            ends.pop(future, None)

    def begin(
        self, payloads: Iterator[Json], plan: Plan, begun: Callable[[Asked], object]
    ) -> None:
        """Send a message for each payload, for as long as a wire can take it now.

        One function for many calls, for the same reason as :meth:`send`.

        Args:
            payloads: What is left of these was not sent.
            plan: What the calls have in common.
            begun: Takes each call; one that cannot be made has failed already.
        """
        wire = self._wire
        if wire is None or get_ident() != self._thread or not self._loop.is_running():
            return
        pattern, metadata, seconds, read = plan
        while wire.usable and not wire.write_paused:
            if (data := next(payloads, _END)) is _END:
                return
            identity = next(self._identities)
            try:
                body = self._request_body(pattern, data, metadata, identity)
            except Exception as error:  # noqa: BLE001 — raised when its turn comes
                begun(failed(error, self._loop))
                continue
            if read is None:
                future = wire.ask(identity, body)
            else:
                future = self._loop.create_future()
                wire.follow(identity, body, PendingText(future))
            ends = self._deadlines.add(future, seconds)
            begun(Asked(future, ends, wire, identity, read))

    async def read(self, outgoing: Outgoing, tried: list[str] | None = None) -> Any:  # noqa: ANN401
        """Send a message; return the last value of its reply, of the type expected.

        Args:
            outgoing: The call.
            tried: The servers that were asked before, to which that of this call is
                added; another one is asked if there is one.

        Raises:
            CallError: The reply has no value, or not of this type.
            UsageError: JSON cannot be read into the type.
        """
        read = reading(outgoing.returns)
        identity = next(self._identities)
        body = self._request_body(
            outgoing.pattern, outgoing.data, outgoing.metadata, identity
        )
        wire, left = await self._wire_within(outgoing.timeout, tried)
        note = wire.watch()
        future: asyncio.Future[Text] = self._loop.create_future()
        wire.follow(identity, body, PendingText(future))
        ends = self._deadlines.add(future, left)
        try:
            text = await future
        except BaseException as error:
            wire.forget(identity)
            explain(error, wire, outgoing.pattern, outgoing.timeout, left)
            if note is not None:
                note(error)
            raise
        finally:
            ends.pop(future, None)
        if note is not None:
            note(None)
        return read_reply(read, text, outgoing.pattern, wire.peer)

    def message(
        self, outgoing: Outgoing, tried: list[str] | None = None
    ) -> Coroutine[Any, Any, Json]:
        """Send a message and return the last value of its reply.

        Args:
            outgoing: The call.
            tried: As for :meth:`read`; None if this is the only attempt.

        Raises:
            CallError: The reply has no value.
        """
        if outgoing.returns is not None or tried is not None or self._watched:
            call = self.read(outgoing, tried)
        else:
            call = self.send(
                outgoing.pattern, outgoing.data, outgoing.metadata, outgoing.timeout
            )
        if self._hooks is None:
            return call
        return _observed(call, self._hooks, outgoing)

    def event(self, outgoing: Outgoing) -> Awaitable[None]:
        """Send an event, and wait if the server reads too slowly.

        Raises:
            ConnectError: No connection could be made.
            ConnectionLostError: The connection was lost before it could be used.
        """
        if self._hooks is None:
            return self._event(outgoing)
        return _observed(self._event(outgoing), self._hooks, outgoing)

    async def values(
        self, outgoing: Outgoing, tried: list[str] | None = None
    ) -> Values:
        """Send a message; return an iterator over the values of its reply.

        Args:
            outgoing: The call.
            tried: As for :meth:`read`.

        Raises:
            ConnectError: No connection could be made.
            UsageError: JSON cannot be read into the type that the caller expects.
        """
        read = reading(outgoing.returns)
        identity = next(self._identities)
        body = self._request_body(
            outgoing.pattern, outgoing.data, outgoing.metadata, identity
        )
        wire = self._wire
        if tried is not None or wire is None or not wire.usable or wire.write_paused:
            wire = await self._acquire(outgoing.timeout, tried)
        call = PendingStream(
            identity, wire, self._limits.stream_values, outgoing.pattern
        )
        if self._hooks is not None:
            call.watch(Observation(self._hooks, outgoing))
        wire.check_usable()
        wire.follow(identity, body, call)
        return Values(call, self._deadlines, outgoing.timeout, read, wire.watch())

    def retried(
        self, outgoing: Outgoing, attempts: int, seconds: float, error: CallError
    ) -> None:
        """Report that a call is about to be made again.

        Args:
            outgoing: The call.
            attempts: How often it was made.
            seconds: How long the next attempt waits.
            error: Why the last one failed.
        """
        name = route(outgoing.pattern)
        logger.info(
            "%s: again in %.3f s, attempt %d: %s", name, seconds, attempts + 1, error
        )
        if self._hooks is not None:
            self._hooks.call_retried("client", name, attempts, seconds, error)

    @property
    def is_here(self) -> bool:
        """Whether the event loop that runs is the one of these calls."""
        return get_running_loop() is self._loop

    def abandon(self) -> None:
        """Let go of everything, since another event loop runs now.

        Raises:
            UsageError: The event loop of these calls is still running.
        """
        if self._process != os.getpid():
            return  # all of it is the parent's, down to the sockets
        if self._loop.is_running():
            raise UsageError(_ELSEWHERE)
        self.wires.abandon()
        self._deadlines.close()

    async def aclose(self) -> None:
        """Close the wires; calls that wait fail."""
        await self.wires.close()
        self._deadlines.close()

    async def _event(self, outgoing: Outgoing) -> None:
        body = self._event_body(outgoing.pattern, outgoing.data, outgoing.metadata)
        wire = self._wire
        if wire is None or not wire.usable or wire.write_paused:
            wire = await self._acquire(outgoing.timeout)
            wire.check_usable()
        wire.send(body)
        if wire.write_paused:
            await wire.drained()
        wire.written()

    async def _wire_within(
        self, seconds: float | None, tried: list[str] | None = None
    ) -> tuple[Wire, float | None]:
        """Return a usable wire, and what is left of the time for the call.

        Raises:
            CallError: None was usable in time, or it was lost before it could be used.
        """
        begun = self._loop.time()
        wire = await self._acquire(seconds, tried)
        wire.check_usable()
        if seconds is None:
            return wire, None
        return wire, max(seconds - (self._loop.time() - begun), 0.0)

    async def _acquire(
        self, seconds: float | None, tried: list[str] | None = None
    ) -> Wire:
        """Return a wire whose server keeps up with the requests.

        Args:
            seconds: How long that may take.
            tried: The servers to ask only if there is no other; that of the wire is
                added.

        Raises:
            ConnectError: None was made in time.
        """
        try:
            async with asyncio.timeout(seconds):
                wire = await self.wires.acquire(tried or ())
                while wire.write_paused:
                    await wire.drained()
                    if not wire.usable:
                        wire = await self.wires.acquire()
        except TimeoutError:
            raise ConnectError(
                f"no connection that accepts a message within {seconds:g} s"
            ) from None
        if not self.wires.alternatives:
            self._wire = wire
        if tried is not None:
            tried.append(wire.peer)
        return wire


async def _observed(call: Awaitable[T], hooks: Hooks, outgoing: Outgoing) -> T:
    with observed(hooks, outgoing):
        return await call


def _leave_to_parent() -> None:
    """In a forked child, keep calls off the connections of its parent."""
    for caller in _callers:
        caller._thread = 0  # noqa: SLF001 — of no thread


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_leave_to_parent)
