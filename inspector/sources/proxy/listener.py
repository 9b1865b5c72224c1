"""One route: a listening socket, and the relays of those who came.

A client of a service that is away sees a refused connection, as without the proxy: we
listen only while a spare connection to the target is open. The next client gets it, so
that it waits for no second handshake; and its loss shows that the target went away.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from inspector.streams.endpoints import Endpoint

from .relay import End, join

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from .relay import Emit
    from .routes import Route

_ASK_AGAIN_S = 0.1
_BACKLOG = 511  # as Node listens


class Listener:
    """Relays the clients of one route.

    Args:
        route: Where clients connect, and where that leads.
        loop: What serves it.
        emit: Takes the records of what passes.
        notify: Called with a sentence when the target goes away or comes back.

    Raises:
        InspectorError: The port cannot be listened on.
    """

    def __init__(
        self,
        route: Route,
        loop: asyncio.AbstractEventLoop,
        emit: Emit,
        notify: Callable[[str], None],
    ) -> None:
        self._route, self._loop = route, loop
        self._emit, self._notify = emit, notify
        self._socket = _bound(route.listen)
        self._spare: End | None = None
        self._ends: set[End] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening = self._away = False
        self._tended = False
        self._closed = False

    @property
    def endpoint(self) -> Endpoint:
        """Where clients connect."""
        address = self._socket.getsockname()
        return Endpoint(address[0], address[1])

    @property
    def target(self) -> Endpoint:
        """Where the service is."""
        return self._route.target

    async def start(self) -> None:
        """Listen, if the target can be reached, and keep asking otherwise."""
        if await self._replace_spare():
            self._listen()
        else:
            self._tend()

    def close(self) -> None:
        """Break all connections off, and listen no more."""
        self._closed = True
        self._deafen()
        self._socket.close()
        for end in list(self._ends):
            end.reset()

    def _listen(self) -> None:
        if not self._listening:
            self._socket.listen(_BACKLOG)
            self._loop.add_reader(self._socket, self._accept)
            self._listening = True

    def _deafen(self) -> None:
        """Stop listening, but keep the port: new clients are refused."""
        if self._listening:
            self._listening = False
            self._loop.remove_reader(self._socket)
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(BlockingIOError, ConnectionError):
            sock, _ = self._socket.accept()
            sock.setblocking(False)  # noqa: FBT003 — the socket's own signature
            client = self._end(is_client=True)

            def close(_: asyncio.Task[None]) -> None:
                # The task may be cancelled before its first step, and then nothing
                # else knows of the socket.
                if client.transport is None:
                    sock.close()

            relay = self._relay(client, sock, time.time_ns())
            self._spawn(relay).add_done_callback(close)

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _relay(self, client: End, sock: socket.socket, opened_ns: int) -> None:
        """Join a client with the target; without a target, break it off."""
        try:
            await self._loop.connect_accepted_socket(
                lambda: client, sock, ssl=self._route.client_tls
            )
        except OSError:  # no TLS; the client has its alert
            self._ends.discard(client)
            return
        server = self._take_spare() or await self._connect()
        if server is None or server.transport is None:
            client.reset()
            self._tend()
        elif client.transport is None:  # it did not wait
            server.transport.close()
        else:
            join(client, server, self._emit, opened_ns)

    def _end(self, *, is_client: bool = False) -> End:
        end = End(self._ends.discard, is_client=is_client)
        self._ends.add(end)
        return end

    def _take_spare(self) -> End | None:
        spare, self._spare = self._spare, None
        if spare is not None:
            spare.on_lost = self._ends.discard
        self._tend()
        return spare

    def _tend(self) -> None:
        """Keep a spare connection, or refuse clients until there is one."""
        if not self._tended and not self._closed:
            self._tended = True
            self._spawn(self._await_spare())

    async def _await_spare(self) -> None:
        while not await self._replace_spare():  # noqa: ASYNC110 — there is no event to wait for
            await asyncio.sleep(_ASK_AGAIN_S)
        self._tended = False
        self._listen()

    # decision 58: A proxy listens only while a spare connection to its target stands
    async def _replace_spare(self) -> bool:
        spare = await self._connect()
        if spare is None or spare.transport is None:
            return False
        made = self._loop.time()

        def lost(end: End) -> None:
            self._ends.discard(end)
            self._spare = None
            # One that lived is asked for at once; one that did not, a little later.
            quick = self._loop.time() - made < _ASK_AGAIN_S
            self._loop.call_later(_ASK_AGAIN_S if quick else 0, self._tend)

        spare.on_lost = lost
        self._spare = spare
        return True

    async def _connect(self) -> End | None:
        """Return a connection to the target; None if none can be made."""
        end, route = self._end(), self._route
        try:
            await self._loop.create_connection(
                lambda: end, *route.target, ssl=route.target_tls
            )
        except OSError as error:
            self._ends.discard(end)
            self._gone(error)
            return None
        if self._away:
            self._away = False
            self._notify(f"{route.target}: is reachable again")
        return end

    def _gone(self, error: OSError) -> None:
        self._deafen()
        if not self._away:
            self._away = True
            self._notify(
                f"{self._route.target}: {_reason(error)}; clients are refused until it "
                "is back"
            )


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "does not speak TLS as it should"
    if isinstance(error, ConnectionRefusedError):
        return "no process listens there"
    return (error.strerror or str(error)).lower()


def _bound(where: Endpoint) -> socket.socket:
    family = socket.AF_INET6 if ":" in where.address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setblocking(False)  # noqa: FBT003 — the socket's own signature
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(where)
    except OSError as error:
        sock.close()
        reason = (error.strerror or str(error)).lower()
        raise InspectorError(str(where), f"cannot listen: {reason}") from error
    return sock
