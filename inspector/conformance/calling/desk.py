"""A server that asks whoever connects to take the steps of a card."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from inspector.conformance.card import Card
from inspector.conformance.reading import Reader
from inspector.errors import InspectorError
from protocol.named_tuple import NamedTuple

from .grader import Grader
from .habits import Seen, judge_habits
from .steps import LOST, Close, Write

if TYPE_CHECKING:
    from collections.abc import Callable

    from .grader import Pending
    from .steps import Action

_FLUSH_S = 0.5  # of silence after which a length is taken to be too large
_LAST_S = 0.2  # for a client that leaves by itself


class Until(NamedTuple):
    """When a card is complete, other than by its last report.

    Attributes:
        idle_s: Seconds without a byte, after the first connection.
        packets: How many packets of steps; None for any number.
    """

    idle_s: float = 10
    packets: int | None = None


class Desk:
    """Serves a client, and grades it.

    Args:
        host: The address to listen at.
        port: The port; 0 takes any that is free.
        until: When to stop.
        ready: Called with the port, once clients can connect.
    """

    def __init__(
        self, host: str, port: int, until: Until, ready: Callable[[int], None]
    ) -> None:
        self._where, self._until, self._ready = (host, port), until, ready
        self.grader = Grader()
        self.opened = self.ended = self.left = 0
        self.broken = ""
        self._finished = asyncio.Event()
        self._heard = 0.0
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> Card:
        """Return the card, once the client has reported on all, or no more comes.

        Raises:
            InspectorError: The port cannot be listened on.
        """
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(lambda: Connection(self), *self._where)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            where = ":".join(map(str, self._where))
            raise InspectorError(where, f"cannot listen: {reason}") from None
        with _interrupt(loop, self._finished):
            self._ready(server.sockets[0].getsockname()[1])
            await self._until_finished()
        server.close()
        for each in list(self._connections):
            each.leave()
        for task in self._tasks:
            task.cancel()
        await asyncio.sleep(0)
        return self._card()

    async def _until_finished(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._finished.is_set():
            silent_s = loop.time() - self._heard
            if self.opened and silent_s >= self._until.idle_s and not self._tasks:
                return
            wait_s = min(self._until.idle_s, _FLUSH_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._finished.wait(), wait_s)

    def _card(self) -> Card:
        for each in self._connections:
            each.conclude()
        grader = self.grader
        seen = Seen(
            grader.frames,
            self.broken,
            grader.reused,
            grader.nameless,
            self.left,
            self.opened,
            self.ended,
        )
        subject = f"port {self._where[1]}" if self._where[1] else "a client"
        return Card("client", subject, [*grader.results(), *judge_habits(seen)])

    def heard(self) -> None:
        """Note that a byte came, or a connection."""
        self._heard = asyncio.get_running_loop().time()

    def begin(self, connection: Connection) -> None:
        """Note a new connection."""
        self._connections.add(connection)
        self.opened += 1
        self.heard()

    def end(self, connection: Connection) -> None:
        """Note that a connection is over."""
        self._connections.discard(connection)
        connection.conclude()
        self.heard()
        if self.grader.is_complete and not self._connections:
            self._finished.set()

    def answer(self, pending: Pending) -> None:
        """Begin to answer the calls of a step."""
        task = asyncio.get_running_loop().create_task(self._play(pending))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _play(self, pending: Pending) -> None:
        if LOST in pending.step.expected:  # the client may leave
            self.grader.finished(pending)
        for action in pending.actions():
            self._do(action, pending)
            if isinstance(action, Write):
                await asyncio.sleep(action.pause_s)
        self.grader.finished(pending)
        self.heard()

    def _do(self, action: Action, pending: Pending) -> None:
        peers = [each[0] for each in pending.requests if each is not None]
        if isinstance(action, Close):
            peers[0].close()
            return
        writes: dict[int, bytes] = {}
        for at, data in action.pieces:
            writes[id(peers[at])] = writes.get(id(peers[at]), b"") + data
        for peer in {id(each): each for each in peers}.values():
            if id(peer) in writes:
                pending.transcript.add_sent(writes[id(peer)])
                peer.write(writes[id(peer)])

    def note_progress(self) -> None:
        """Stop if all that was to come has come."""
        enough = self._until.packets
        received = self.grader.received
        if self.grader.is_complete or (enough is not None and received >= enough):
            self._finish_soon()

    def _finish_soon(self) -> None:
        """Leave the client time to end its connection itself."""
        asyncio.get_running_loop().call_later(_LAST_S, self._finished.set)


class Connection(asyncio.Protocol):
    """One connection of the client."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._reader = desk, Reader()
        self._transport: asyncio.Transport
        self._flush: asyncio.TimerHandle | None = None
        self._ours = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = cast("asyncio.Transport", transport)
        self._desk.begin(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes; if no frame is complete, try again after some silence."""
        self._desk.heard()
        self._cancel()
        self._take(data)
        if self._reader.held and not self._reader.broken:
            loop = asyncio.get_running_loop()
            self._flush = loop.call_later(_FLUSH_S, self._take_eagerly)

    def eof_received(self) -> bool:
        """Close as Nest does; the replies to what is pending are lost."""
        self._note_end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Note the end."""
        self._cancel()
        self._note_end()
        self._desk.end(self)

    def write(self, data: bytes) -> None:
        """Write bytes; asyncio sets TCP_NODELAY."""
        if not self._transport.is_closing():
            self._transport.write(data)

    def close(self) -> None:
        """End the connection, as a step wants it."""
        self._ours = True
        self._desk.ended += 1
        self._transport.close()

    def leave(self) -> None:
        """End the connection since all is over."""
        self._ours = True
        self._transport.close()

    def conclude(self) -> None:
        """Take what was held back: no more comes."""
        if self._reader.held and not self._reader.broken:
            self._receive(b"", last=True)
        self._desk.broken = self._desk.broken or self._reader.broken

    def _note_end(self) -> None:
        if not self._ours and self._desk.grader.awaits(self):
            self._desk.left += 1
        self._ours = True

    def _take(self, data: bytes) -> None:
        self._receive(data, last=False)
        if self._reader.broken:  # as Nest does
            self._desk.broken = self._desk.broken or self._reader.broken
            self.close()

    def _take_eagerly(self) -> None:
        self._receive(b"", last=True)
        self._reader.broken = ""  # the rest may still come

    def _receive(self, data: bytes, *, last: bool) -> None:
        for frame in self._reader.feed(data, last=last):
            pending = self._desk.grader.receive(self, frame)
            if pending is not None:
                self._desk.answer(pending)
        self._desk.note_progress()

    def _cancel(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None


class _interrupt:  # noqa: N801 — used as a function
    """Lets Ctrl-C end the serving, and the card be shown."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, finished: asyncio.Event
    ) -> None:
        self._loop, self._finished = loop, finished
        self._can = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> None:
        if self._can:
            with suppress(NotImplementedError):  # on Windows
                self._loop.add_signal_handler(signal.SIGINT, self._finished.set)

    def __exit__(self, *_: object) -> None:
        if self._can:
            with suppress(NotImplementedError):
                self._loop.remove_signal_handler(signal.SIGINT)


def grade_client(
    host: str, port: int, until: Until, ready: Callable[[int], None] = lambda _: None
) -> Card:
    """Return the card of whoever connects; see :class:`Desk`.

    Raises:
        InspectorError: The port cannot be listened on.
    """

    async def serve() -> Card:
        return await Desk(host, port, until, ready).serve()

    return asyncio.run(serve())
