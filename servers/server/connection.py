"""A connection of a server: packets in, calls begun, replies out.

What Nest does with a peer that breaks the protocol is done here too: the connection is
half-closed and nothing is answered any more, not even what was asked before; but what
the peer still sends is read, and handled, until it closes or the time for that is over.

Source: ``packages/microservices/server/server-tcp.ts``, ``handleMessage``;
``helpers/tcp-socket.ts``, ``handleDataError``.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, ClassVar

from protocol import (
    UNDEFINED,
    Event,
    Frame,
    InvalidJsonError,
    PacketError,
    Request,
    TruncatedFrameError,
    UnknownPacketError,
    dumps,
    parse_bodies,
    parse_packet,
)
from servers.channel import IN_FLIGHT, STOPPING, WRITING, Channel, Shared

from .calls import Call
from .context import Context
from .joining import join
from .replies import no_handler_frame, ordinary_frame

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from protocol import Packet
    from servers.hooks import Side

    from .handlers import Handler, Payload
    from .listener import Server
    from .routes import Routes

logger = logging.getLogger("servers.server")

_SHOWN = 80  # characters of a pattern in a log line


class Connection(Channel):
    """One peer of a server.

    Attributes:
        number: Counts the connections of the server, from 1.
        tasks: What is being handled and not done.
    """

    side: ClassVar[Side] = "server"
    turn: ClassVar[int] = 32  # the peers are strangers to each other

    def __init__(
        self, server: Server, routes: Routes, shared: Shared, number: int
    ) -> None:
        super().__init__(shared)
        self.number = number
        self._server = server
        self._routes = routes
        self.tasks: set[asyncio.Task[None]] = set()
        self._streams: set[asyncio.Task[None]] = set()
        self._unheard = 0  # events without a handler
        self._failed = False
        self._begun_later = False  # whether a task of this turn has not begun

    @property
    def in_flight(self) -> int:
        """Messages and events that are being handled."""
        return len(self.tasks)

    # From the transport.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a new connection, unless there are too many."""
        super().connection_made(transport)
        if not self._server.admit(self):
            self._failed = True
            self.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """End the streams, which nobody reads; what else is in flight may finish."""
        super().connection_lost(error)
        self._server.dismiss(self)
        for stream in list(self._streams):
            stream.cancel()

    def eof_received(self) -> bool | None:
        """Close as Node does: what is still being handled is not answered."""
        self._decoder.receive_eof()
        try:
            self._decoder.next_frame()
        except TruncatedFrameError as error:
            self._log_failure(error)
        except Exception:  # noqa: BLE001, S110 — was told before, or waits behind a hold
            pass
        return super().eof_received()

    def pause_writing(self) -> None:
        """Read nothing from a peer that does not read."""
        super().pause_writing()
        self.hold(WRITING)

    def resume_writing(self) -> None:
        """Read on."""
        super().resume_writing()
        self.release(WRITING)

    def bodies_received(self, bodies: list[bytes]) -> int:
        """Begin the calls that frames ask for; say how many.

        Raises:
            InvalidJsonError: The first of the bodies is no JSON.
        """
        for count, packet in enumerate(parse_bodies(bodies)):
            if isinstance(packet, InvalidJsonError):
                if count:
                    return count
                raise packet
            self._receive(packet)
            if self._held:
                return count + 1
        return len(bodies)

    def frame_received(self, frame: Frame) -> None:
        """Begin the call that a frame asks for.

        Raises:
            InvalidJsonError: The frame holds no JSON.
        """
        try:
            packet = parse_packet(frame)
        except UnknownPacketError:
            packet = _NOTHING
        self._receive(packet)

    def _receive(self, packet: Packet | PacketError) -> None:
        if type(packet) is Request:
            self._request(packet)
        elif type(packet) is Event:
            self._event(packet)
        else:  # a response, which means nothing to a server, or no packet at all
            self._event(_NOTHING)

    def broken(self, error: Exception) -> None:
        """Say so once, close our half, and answer nothing more."""
        self._log_failure(error)
        self._out.clear()
        if self._muted:
            return
        self._muted = True
        self._abort_later()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:  # TLS knows no half-closed connection
            self._transport.close()

    def check_time(self, now: float) -> None:
        """Drop a peer that is silent in the wrong place, close one that is idle."""
        super().check_time(now)
        idle = self.limits.idle
        if (
            idle
            and not self.tasks
            and now - max(self.last_read, self.last_write) > idle
        ):
            logger.info("%s: idle for %g s, closed", self.peer, idle)
            self.close()

    # Calls.

    def _request(self, packet: Request) -> None:
        handler = self._routes.find(packet.pattern)
        if handler is None:
            self._refuse(packet)
        elif handler.plain and not self._begun_later and self.hooks is None:
            self._answer(packet, handler)
        else:
            self._call(packet, handler)

    def _answer(self, packet: Request, handler: Handler) -> None:
        """Answer with the value that a plain function gives.

        Nearly all do. Nothing is made for such a call but its reply, which takes half
        of the time that a Call would take.
        """
        try:
            result = handler.invoke(packet.data, None)
        except Exception as error:  # noqa: BLE001 — whatever a handler raises
            Call(self, handler, dumps(packet.id)).fail(error)
            return
        frame = ordinary_frame(result, packet.id)
        if frame is not None:
            self.send(frame)
        else:
            Call(self, handler, dumps(packet.id)).settle(result)

    def _call(self, packet: Request, handler: Handler) -> None:
        call = Call(self, handler, dumps(packet.id))
        context = self._context(packet, handler)
        if handler.is_event and handler.following is not None:
            call.settle(join(handler, packet.data, context))
        else:
            self._begin(call, packet.data, context)

    def _refuse(self, packet: Request) -> None:
        self.send(no_handler_frame(dumps(packet.id)))
        if self.hooks is not None:
            self.hooks.call_started("server", "")
            self.hooks.call_finished("server", "", "message", "no_handler", 0.0)

    def _event(self, packet: Event) -> None:
        handler = self._routes.find(packet.pattern)
        if handler is None:
            self._log_unheard(packet)
        elif not handler.is_event:  # a message handler answers alone
            call = Call(self, handler, None)
            self._begin(call, packet.data, self._context(packet, handler))
        else:
            context = self._context(packet, handler)
            while handler is not None:
                self._begin(Call(self, handler, None), packet.data, context)
                handler = handler.following

    def _begin(self, call: Call, payload: Payload, context: Context | None) -> None:
        """Run a call behind those that came before it and wait for their task.

        In JavaScript an async function runs at once up to its first await; here it is
        begun in the next turn, so a plain one behind it waits for that turn too.
        """
        if self._begun_later and call.handler.at_once:
            self._loop.call_soon(call.run, payload, context)
        else:
            call.run(payload, context)

    def _context(self, packet: Request | Event, handler: Handler) -> Context | None:
        first: Handler | None = handler
        while first is not None and not first.needs_context:
            first = first.following
        if first is None:
            return None
        identity = packet.id if isinstance(packet, Request) else UNDEFINED
        return Context(
            packet.pattern,
            handler.route,
            identity,
            self,
            packet.data,
            packet.metadata,
        )

    def start(self, work: Coroutine[Any, Any, None], *, stream: bool = False) -> None:
        """Do work in a task that counts as a message in flight.

        Args:
            work: What is to be done.
            stream: Whether it is in vain once the peer is gone.
        """
        task = self._loop.create_task(work)
        if not self._begun_later:
            self._begun_later = True
            if not self._reading:
                self._loop.call_soon(self._caught_up)
        self.tasks.add(task)
        if stream:
            self._streams.add(task)
        if len(self.tasks) >= self.limits.in_flight:
            self.hold(IN_FLIGHT)

    def _end_turn(self) -> None:
        super()._end_turn()
        if self._begun_later:
            # Behind the first steps of what has begun, which are the last of most: so
            # their replies leave in that turn of the loop, not in the one after it.
            self._flushing = True
            self._loop.call_soon(self._caught_up)

    def _caught_up(self) -> None:
        self._begun_later = False
        self.flush()

    def finished(self) -> None:
        """Learn that the work of the current task is done.

        The work says so itself: to be called back for it costs a turn of the loop.
        """
        task = asyncio.current_task(self._loop)
        if task is not None:  # None where what is left of a loop is cleared away
            self._forget(task)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        self._streams.discard(task)
        if self._held:
            self.release(IN_FLIGHT)

    def sweep(self) -> None:
        """Forget tasks that were cancelled before they began, which say nothing."""
        for task in [each for each in self.tasks if each.done()]:
            self._forget(task)

    # Shutting down.

    def stop(self) -> None:
        """Begin nothing new."""
        self.hold(STOPPING)

    def cancel(self) -> None:
        """Stop what is being handled."""
        for task in list(self.tasks):
            task.cancel()

    # The log.

    def _log_failure(self, error: Exception) -> None:
        if not self._failed:
            self._failed = True
            extra = {"peer": self.peer, "connection": self.number}
            logger.warning("%s: closed: %s", self.peer, error, extra=extra)

    def _log_unheard(self, packet: Event) -> None:
        """Tell of an event without a handler: the 1st, 2nd, 4th, 8th … of a peer."""
        self._unheard += 1
        if self._unheard & (self._unheard - 1) == 0:
            logger.warning(
                "%s: no handler for event %.*r (%d such from this peer)",
                self.peer,
                _SHOWN,
                packet.pattern,
                self._unheard,
                extra={"peer": self.peer, "connection": self.number},
            )


_NOTHING = Event(UNDEFINED)  # what no packet of Nest's amounts to
