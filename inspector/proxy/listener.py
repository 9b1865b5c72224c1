"""Listeners in front of services, and the loop that serves them between two records.

The event loop runs inside the generator of records: what arrives is passed on at once,
and inspected before the loop looks again. So there is one thread, and a call through
the proxy waits for no other.

A client of a service that is away sees a refused connection, as without the proxy: the
listener stops listening as soon as the target cannot be reached, and asks until it can.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from inspector.errors import InspectorError

from .conversation import Conversation, Endpoint
from .relay import End, reset_at_close

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence

    from inspector.capture.records import PacketRecord

_WAIT_S = 0.05
_ASK_AGAIN_S = 0.1
_BACKLOG = 511  # as Node listens


class TlsFiles(NamedTuple):
    """What one side of a proxy needs for TLS.

    Attributes:
        certificate: PEM file of the certificate chain, shown to clients; or None.
        key: PEM file of its key; None if it stands in the same file.
        authority: PEM file of whom to trust at the target; None trusts the system's.
    """

    certificate: str | None = None
    key: str | None = None
    authority: str | None = None


class Route(NamedTuple):
    """One listener and its target.

    Attributes:
        listen: Where clients connect.
        target: Where the service is.
        client_tls: Speaks TLS with clients, if given.
        target_tls: Speaks TLS with the target, if given.
    """

    listen: Endpoint
    target: Endpoint
    client_tls: ssl.SSLContext | None = None
    target_tls: ssl.SSLContext | None = None


class Proxy:
    """Relay connections, and tell of them as records.

    Args:
        routes: What to listen for, and where it goes.

    Raises:
        InspectorError: A port cannot be listened on.
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self._records: deque[PacketRecord] = deque()
        self._number = 0
        self._loop = asyncio.new_event_loop()
        self._listeners = [
            _Listener(route, self._loop, self._take, _listening_socket(route))
            for route in routes
        ]
        for listener in self._listeners:
            self._loop.run_until_complete(listener.start())

    @property
    def endpoints(self) -> list[Endpoint]:
        """Where the routes listen; a port that was 0 is the one that was got."""
        return [listener.endpoint for listener in self._listeners]

    def records(self, idle: Callable[[], bool]) -> Iterator[PacketRecord]:
        """Serve, and yield what passes as records.

        Args:
            idle: Is called some twenty times a second, whether bytes come or not; it
                answers whether to go on.
        """
        while idle():
            timer = self._loop.call_later(_WAIT_S, self._loop.stop)
            self._loop.run_forever()
            timer.cancel()
            while self._records:
                yield self._records.popleft()

    def close(self) -> None:
        """End all connections and stop listening."""
        for listener in self._listeners:
            listener.close()
        pending = asyncio.all_tasks(self._loop)
        for task in pending:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _take(self, records: Iterable[PacketRecord]) -> None:
        for record in records:
            self._number += 1
            record.number = self._number
            self._records.append(record)
        self._loop.stop()


class _Listener:
    """One route: a listening socket, and the relays of those who came."""

    def __init__(
        self,
        route: Route,
        loop: asyncio.AbstractEventLoop,
        emit: Callable[[Iterable[PacketRecord]], None],
        sock: socket.socket,
    ) -> None:
        self._route = route
        self._loop = loop
        self._emit = emit
        self._socket = sock
        self._relays: set[_Relay] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening = False
        self._asking = False

    @property
    def endpoint(self) -> Endpoint:
        address = self._socket.getsockname()
        return address[0], address[1]

    async def start(self) -> None:
        """Listen, if the target can be reached; ask for it until then."""
        if await self._reachable():
            self._listen()
        else:
            self._ask()

    def close(self) -> None:
        self._deafen()
        self._socket.close()
        for relay in list(self._relays):
            relay.reset()

    def _listen(self) -> None:
        self._socket.listen(_BACKLOG)
        self._loop.add_reader(self._socket, self._accept)
        self._listening = True

    def _deafen(self) -> None:
        """Stop listening, but keep the port: whoever connects now is refused."""
        if self._listening:
            self._listening = False
            self._loop.remove_reader(self._socket)
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(BlockingIOError, ConnectionError):
            sock, _ = self._socket.accept()
            self._spawn(self._relay(sock))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _relay(self, sock: socket.socket) -> None:
        """Connect a client with the target; without a target, break it off."""
        relay = _Relay(self._emit, self._ended)
        self._relays.add(relay)
        route, loop = self._route, self._loop
        try:
            await loop.create_connection(
                lambda: relay.server, *route.target, ssl=route.target_tls
            )
        except OSError:
            relay.server.reset()
            reset_at_close(sock)
            sock.close()
            self._ended(relay)
            return
        sock.setblocking(False)  # noqa: FBT003 — the socket's own signature
        with suppress(OSError):  # no TLS; the end has told it
            await loop.connect_accepted_socket(
                lambda: relay.client, sock, ssl=route.client_tls
            )
        if relay.client.transport is None:
            relay.server.reset()

    def _ended(self, relay: _Relay) -> None:
        """See, at the end of a relay, whether the target is still there."""
        self._relays.discard(relay)
        if self._socket.fileno() >= 0:
            self._ask()

    def _ask(self) -> None:
        if not self._asking:
            self._asking = True
            self._spawn(self._refuse_while_away())

    async def _refuse_while_away(self) -> None:
        while not await self._reachable():
            self._deafen()
            await asyncio.sleep(_ASK_AGAIN_S)
        self._asking = False
        if not self._listening:
            self._listen()

    async def _reachable(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(*self._route.target)
        except OSError:
            return False
        writer.close()
        return True


class _Relay:
    """The two ends of one client's connection."""

    def __init__(
        self,
        emit: Callable[[Iterable[PacketRecord]], None],
        ended: Callable[[_Relay], None],
    ) -> None:
        self._emit = emit
        self._ended = ended
        self._started = time.time_ns()
        self.server = End(emit, is_server=True, on_made=_nothing, on_lost=self._end)
        self.client = End(emit, is_server=False, on_made=self._begin, on_lost=self._end)

    def reset(self) -> None:
        self.client.reset()
        self.server.reset()

    def _begin(self) -> None:
        """Join the ends, now that both stand."""
        client, server = self.client.transport, self.server.transport
        if client is None or server is None:  # the target has gone again
            self.client.reset()
            return
        conversation = Conversation(
            client.get_extra_info("peername")[:2],
            server.get_extra_info("peername")[:2],
        )
        self._emit(conversation.open(self._started))
        self.client.begin(self.server, conversation)
        self.server.begin(self.client, conversation)

    def _end(self) -> None:
        if self.client.transport is None and self.server.transport is None:
            self._ended(self)


def _nothing() -> None:
    """A target that stands waits for its client."""


def _listening_socket(route: Route) -> socket.socket:
    host, port = route.listen
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setblocking(False)  # noqa: FBT003 — the socket's own signature
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        reason = (error.strerror or str(error)).lower()
        raise InspectorError(f"{host}:{port}", f"cannot listen: {reason}") from error
    return sock
