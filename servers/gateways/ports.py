"""A port that namespaces share: the HTTP server, and what is behind its paths."""

from __future__ import annotations

import asyncio
import logging
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from servers.errors import ListenError
from servers.serving.binding import BACKLOG, bind

from .handshakes import handshake_of, may_come

if TYPE_CHECKING:
    from collections.abc import Iterator

    import uvicorn

    from servers.limits import Limits

    from .engines import Engine
    from .halls import Hall
    from .settings import Listening


class Port:
    """Where namespaces listen; open as long as one of them is.

    Args:
        listening: Where, and to whom.
        path: Where Socket.IO is, such as ``/socket.io``.
        application: An ASGI application for all other paths; None for none.

    Attributes:
        halls: Namespace → who is there.
        port: The port, once it is open.
    """

    def __init__(self, listening: Listening, path: str, application: Any) -> None:  # noqa: ANN401
        self.listening = listening
        self.halls: dict[str, Hall] = {}
        self.port: int | None = None
        self._path = path
        self._application = application
        self._engine: Engine | None = None
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def add(self, namespace: str, hall: Hall) -> None:
        """Open a namespace, and the port if it is the first.

        Raises:
            ListenError: The address is in use, does not resolve, or is not ours.
        """
        if namespace in self.halls:
            raise ListenError(f"{hall.name} is open already")
        self.halls[namespace] = hall
        if self._serving is None:
            try:
                await self._open(hall.reception.limits)
            except BaseException:
                del self.halls[namespace]
                raise

    @property
    def closing(self) -> bool:
        """Whether no namespace takes anything new."""
        return all(hall.closing for hall in self.halls.values())

    async def remove(self, namespace: str, deadline: float) -> None:
        """Close a namespace, and the port if it was the last.

        Args:
            namespace: Which.
            deadline: The time on the event loop's clock when connections are cut.
        """
        del self.halls[namespace]
        if not self.halls:
            await self._close(deadline)

    async def _open(self, limits: Limits) -> None:
        # Few need them, and they take their time to load.
        from engineio import ASGIApp  # noqa: PLC0415 — an extra

        from .engines import Engine  # noqa: PLC0415 — an extra
        from .sessions import Sessions  # noqa: PLC0415 — an extra

        listening = self.listening
        bound = await asyncio.to_thread(bind, listening.place)
        self._engine = engine = Engine(
            async_handlers=False,  # the next message is read when there is room for it
            cors_allowed_origins=self._may_come,
            max_http_buffer_size=listening.message_size,
            ping_interval=listening.ping_interval,
            ping_timeout=listening.ping_timeout,
            http_compression=listening.compression,
            logger=_quiet,
        )
        Sessions(engine, self.halls, limits, listening.message_size)
        self.port = bound.sockets[0].getsockname()[1]
        application = ASGIApp(engine, self._application, engineio_path=self._path)
        self._server = _server(application, listening, self._application is not None)
        self._serving = asyncio.create_task(self._server.serve(bound.sockets))
        while not self._server.started and not self._serving.done():  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    def _may_come(self, origin: str, environ: dict[str, Any]) -> bool:
        fields = [("origin", origin), ("host", environ.get("HTTP_HOST", ""))]
        return may_come(handshake_of("", "/", fields), self.listening.origins)

    async def _close(self, deadline: float) -> None:
        assert self._engine is not None
        assert self._server is not None
        assert self._serving is not None
        left = max(deadline - asyncio.get_running_loop().time(), 0.1)
        await self._engine.end(left)
        self._server.config.timeout_graceful_shutdown = math.ceil(left)
        self._server.should_exit = True
        await self._serving
        self._engine = self._server = self._serving = self.port = None


def _server(
    application: Any,  # noqa: ANN401 — without types
    listening: Listening,
    lifespan: bool,  # noqa: FBT001
) -> uvicorn.Server:
    """Return what serves an application by HTTP, and WebSockets for it."""
    import uvicorn  # noqa: PLC0415 — an extra

    class Server(uvicorn.Server):
        """A server that leaves signals to the service that it is part of."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    config = uvicorn.Config(
        application,
        ws="websockets-sansio",
        ws_max_size=listening.message_size,
        ws_per_message_deflate=listening.compression,
        ws_ping_interval=None,  # Engine.IO has pings of its own
        backlog=BACKLOG,
        lifespan="on" if lifespan else "off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    config.load()
    config.ssl = listening.tls
    return Server(config)


_quiet = logging.getLogger("servers.gateways.engineio")
_quiet.setLevel(logging.CRITICAL)  # it logs what any stranger does
