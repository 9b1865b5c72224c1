"""A TCP connection of a server: packets to the desk, replies to the peer.

A peer that breaks the protocol is treated as in Nest: the connection is half-closed and
nothing more is answered, not even what was asked before. What the peer still sends is
read and handled until it closes its half, or until the time for that has passed.

Source: ``packages/microservices/server/server-tcp.ts``, ``handleMessage``;
``helpers/tcp-socket.ts``, ``handleDataError``.
"""

from __future__ import annotations

import asyncio
from asyncio import current_task  # by its own name: every call asks
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from protocol import CorruptedLengthError, InvalidJsonError, duration, parse_bodies
from servers.channel import IN_FLIGHT, STOPPING, WRITING, Channel
from servers.logs import logger_of
from servers.payloads import spelled

from .respondent import Running

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from protocol import Event
    from servers.hooks import Side
    from servers.writing import Shared

    from .desk import Desk

logger = logger_of("server")

_LONG_CROWDED = 5.0  # seconds without reading after which that is told
_CLIENT_HELLO = r"\x16\x03"  # how the first record of TLS begins, as a length
_SHOWN = 80  # characters of a pattern in a log line
_eager_factory = getattr(asyncio, "eager_task_factory", None)  # since Python 3.12


class Owner(Running, Protocol):
    """What counts the open connections."""

    def admit(self, connection: Connection) -> bool:
        """Register a new connection; return False where it must be refused."""

    def dismiss(self, connection: Connection) -> None:
        """Note that a connection is closed."""


class Connection(Channel):
    """One peer of a server; a :class:`~servers.server.respondent.Respondent`.

    Args:
        owner: What counts the connection.
        desk: What handles its packets.
        shared: What the connections of a server have in common.
        number: Number of the connection, from 1.

    Attributes:
        number: Number of the connection, from 1, in the order they were accepted.
        starting: Whether a task was started that has not run yet.
    """

    __slots__ = (
        "_crowded_since",
        "_desk",
        "_eager",
        "_failed",
        "_first_step",
        "_new_task",
        "_owner",
        "_room",
        "_streams",
        "_tasks",
        "_told_crowded",
        "_unhandled",
        "number",
        "starting",
    )
    side: ClassVar[Side] = "server"
    turn: ClassVar[int] = 32  # the peers are strangers to each other
    carrier: ClassVar[None] = None

    def __init__(self, owner: Owner, desk: Desk, shared: Shared, number: int) -> None:
        super().__init__(shared)
        self.number = number
        self._owner = owner
        self._desk = desk
        self._tasks: set[asyncio.Task[None]] = set()
        self._first_step: Coroutine[Any, Any, None] | None = None  # that runs now
        self._streams: set[asyncio.Task[None]] = set()
        self._room = min(self.limits.in_flight, self.limits.streams)
        self._crowded_since = 0.0  # on the loop's clock; 0 when it is not crowded …
        self._told_crowded = False  # … or that was told
        self._unhandled = 0  # events without a handler
        self._failed = False
        self.starting = False

    @property
    def server(self) -> Running:
        """The server that accepted the connection."""
        return self._owner

    @property
    def in_flight(self) -> int:
        """Number of messages and events being handled."""
        return len(self.tasks)

    @property
    def tasks(self) -> set[asyncio.Task[None]]:
        """The messages and events in flight.

        One whose first step runs joins them here, since hardly any step asks.
        """
        if self._first_step is not None:
            first, self._first_step = self._first_step, None
            tasks = asyncio.all_tasks(self._loop)
            self._tasks.update(each for each in tasks if each.get_coro() is first)
        return self._tasks

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept a new connection, unless there are too many."""
        super().connection_made(transport)
        self._eager = _starts_eagerly(self._loop)
        name = f"call of {self.peer}"
        self._new_task = _maker_of_tasks(self._loop, name, eager=self._eager)
        if not self._owner.admit(self):
            self._failed = True
            self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Cancel the streams, which have no reader now; other calls may finish."""
        super().connection_lost(error)
        self._owner.dismiss(self)
        for stream in list(self._streams):
            stream.cancel()

    def eof_received(self) -> bool | None:
        """Close as Node does: calls in flight are not answered."""
        truncation = self._truncation()
        if truncation is not None:
            self._log_failure(truncation)
        return super().eof_received()

    def pause_writing(self) -> None:
        """Stop reading from a peer that does not read."""
        super().pause_writing()
        self.hold(WRITING)

    def resume_writing(self) -> None:
        """Resume reading."""
        super().resume_writing()
        self.release(WRITING)

    def bodies_received(self, bodies: list[bytes]) -> int:
        """Pass packets to the desk; return how many.

        Raises:
            InvalidJsonError: The first of the bodies is not JSON.
        """
        receive = self._desk.receive
        for count, packet in enumerate(parse_bodies(bodies)):
            if isinstance(packet, InvalidJsonError):
                if count:
                    return count
                raise packet
            receive(packet, self)
            if self._held:
                return count + 1
        return len(bodies)

    # decision 70
    def broken(self, error: Exception) -> None:
        """Log the error, close our half, and answer nothing more."""
        self._log_failure(error)
        self._out.clear()
        if self._muted:
            return
        self._muted = True
        self._abort_later()
        self._close_half()

    def check_time(self, now: float) -> None:
        """Drop a peer that is late, and close one that is idle."""
        super().check_time(now)
        if self._held & IN_FLIGHT and now - self._crowded_since > _LONG_CROWDED:
            self._tell_crowded(now - self._crowded_since)
        idle = self.limits.idle
        if (
            idle
            and not self._tasks
            and now - max(self.last_read, self.last_write) > idle
        ):
            logger.info("%s: idle for %g s, closed", self.peer, idle)
            self.close()

    # What the desk and its calls ask for.

    # decision 66
    # decision 131: A coroutine that does not wait costs no turn of the event loop
    def start(self, work: Coroutine[Any, Any, None], *, stream: bool = False) -> None:
        """Run work in a task, which counts as a message in flight.

        Args:
            work: What to run, up to where it waits at once if tasks start eagerly.
            stream: Whether it is cancelled once the peer is gone.
        """
        if self._eager:
            self._first_step = work
            task = self._new_task(work)
            self._first_step = None
            if task.done():
                return
        else:
            task = self._new_task(work)
            if not self.starting:
                self._await_first_steps()
        self._tasks.add(task)
        if stream:
            self._streams.add(task)
        if len(self._tasks) >= self._room and self._crowded:
            self._crowd()

    def _await_first_steps(self) -> None:
        """Note that a task was started that runs in the next turn of the loop."""
        self.starting = True
        if not self._reading:
            self._loop.call_soon(self._caught_up)

    def streaming(self) -> None:
        """Note that the current task is a stream now, which ends with the peer."""
        task = current_task(self._loop)
        if task is None:  # a coroutine that is closed after its loop
            return
        self._first_step = None  # whatever it is in, it finishes as others do
        self._tasks.add(task)
        self._streams.add(task)
        if self.closed:
            task.cancel()
        if self._held & IN_FLIGHT and not self._crowded:
            self.release(IN_FLIGHT)
        elif self._crowded:
            self._crowd()

    # decision 100: Streams have a limit of their own
    @property
    def _crowded(self) -> bool:
        """Whether as many messages, or streams, as allowed are being handled."""
        streams = len(self._streams)
        calls = len(self._tasks) - streams
        return calls >= self.limits.in_flight or streams >= self.limits.streams

    def _crowd(self) -> None:
        """Read nothing more until there is room."""
        if not self._held & IN_FLIGHT:
            self._crowded_since, self._told_crowded = self._loop.time(), False
        self.hold(IN_FLIGHT)

    def _tell_crowded(self, seconds: float) -> None:
        """Say once that nothing is read: else a deaf connection gives no sign."""
        if self._told_crowded:
            return
        self._told_crowded = True
        streams = len(self._streams)
        logger.warning(
            "%s: nothing read for %s: %d calls and %d streams in flight "
            "(limits in_flight and streams)",
            self.peer,
            duration(round(seconds * 1e9)),
            len(self._tasks) - streams,
            streams,
            extra={"peer": self.peer, "connection": self.number},
        )
        if self.hooks is not None:
            self.hooks.reading_held(self.side, self.peer, seconds)

    def _end_turn(self) -> None:
        super()._end_turn()
        if self.starting:
            # After the first steps of the tasks, which are the last of most: so their
            # replies leave in that turn of the event loop, not in the one after it.
            self._flushing = True
            self._loop.call_soon(self._caught_up)

    def _caught_up(self) -> None:
        self.starting = False
        self.flush()

    def finished(self) -> None:
        """Note that the current task is done.

        The task itself calls this: a callback would cost a turn of the event loop. A
        task that ends in its first step is none of those that wait: ``start`` sees it.
        """
        if self._first_step is not None:
            return
        task = current_task(self._loop)
        if task is not None:  # None for a coroutine that is closed after its loop
            self._forget(task)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._streams.discard(task)
        if self._held & IN_FLIGHT and not self._crowded:
            self.release(IN_FLIGHT)

    # decision 80: A coroutine's work says itself that it is done
    def sweep(self) -> None:
        """Forget tasks that were cancelled before they ran, which do not finish."""
        for task in [each for each in self._tasks if each.done()]:
            self._forget(task)

    def retry(self) -> bool:
        """Return False: over TCP the caller asks again, if anybody does."""
        return False

    def unhandled(self, event: Event) -> None:
        """Log an event without a handler: the 1st, 2nd, 4th, 8th … of the peer."""
        self._unhandled += 1
        if self._unhandled & (self._unhandled - 1) == 0:
            logger.warning(
                "%s: no handler for event %.*s (%d such from this peer)",
                self.peer,
                _SHOWN,
                spelled(event.pattern),
                self._unhandled,
                extra={"peer": self.peer, "connection": self.number},
            )

    # What a server calls to shut down.

    def stop(self) -> None:
        """Handle nothing new."""
        self.hold(STOPPING)

    def cancel(self) -> None:
        """Cancel the messages and events in flight."""
        for task in list(self.tasks):
            task.cancel()

    def _log_failure(self, error: Exception) -> None:
        if not self._failed:
            self._failed = True
            extra = {"peer": self.peer, "connection": self.number}
            said = str(error)
            corrupted = isinstance(error, CorruptedLengthError)
            if corrupted and _CLIENT_HELLO in said[:_SHOWN]:
                said = "it speaks TLS, and this server does not"
            logger.warning("%s: closed: %s", self.peer, said, extra=extra)


def _starts_eagerly(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether tasks of a loop run at once up to where they wait, as in JavaScript.

    A factory of the application is asked for every task, whatever it does.
    """
    if _eager_factory is None:
        return False
    return loop.get_task_factory() in (None, _eager_factory)


def _maker_of_tasks(
    loop: asyncio.AbstractEventLoop, name: str, *, eager: bool
) -> Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]:
    """Return what makes tasks of a name for a loop.

    asyncio's ``create_task`` takes a tenth of the time of a short coroutine to see
    whether a factory is set, and so does a number for each as its name.
    """
    if eager or loop.get_task_factory() is None:
        options: dict[str, Any] = {"eager_start": True} if eager else {}
        return partial(asyncio.Task, loop=loop, name=name, **options)
    return partial(loop.create_task, name=name)
