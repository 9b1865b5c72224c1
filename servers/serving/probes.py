"""A tiny HTTP/1.1 endpoint for probes, as Kubernetes makes them, and for metrics.

============  ====================================================================
path          answer
============  ====================================================================
``/livez``    200 whenever the event loop turns
``/readyz``   200 if the service is ready, else 503; the body is the report
``/metrics``  200 with the metrics; 404 without any, 500 if they cannot be read
============  ====================================================================

One request on each connection; GET and HEAD alone. Whatever a peer sends, it holds a
few kilobytes for a few seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from servers.logs import logger_of

from .binding import BACKLOG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .binding import Bound

logger = logger_of("server")

Readiness: TypeAlias = Callable[[], Awaitable[tuple[bool, bytes]]]
"""Returns whether the service is ready, and the report: JSON text."""
Metrics: TypeAlias = Callable[[], tuple[str, bytes] | None]
"""Returns media type and text of the metrics, if there are any; called in a thread."""

_LONGEST = 8192  # bytes of a request; Kubernetes' has some 100
_PATIENCE = 5.0  # seconds for a peer to ask, and again to read the answer
_MOST = 64  # connections at once; for another one the oldest is closed
_END = b"\r\n\r\n"
_JSON = "application/json"


@asynccontextmanager
async def probed(
    bound: Bound, readiness: Readiness, metrics: Metrics
) -> AsyncIterator[None]:
    """Answer probes for as long as the block lasts; then close the sockets."""
    endpoint, listening = _Endpoint(readiness, metrics), list[asyncio.Server]()
    try:
        for each in bound.sockets:
            server = await asyncio.start_server(
                endpoint.accept, sock=each, limit=_LONGEST, backlog=BACKLOG
            )
            listening.append(server)
        yield
    finally:
        for server in listening:
            server.close()
        bound.close()
        await endpoint.aclose()


class _Endpoint:
    def __init__(self, readiness: Readiness, metrics: Metrics) -> None:
        self._readiness = readiness
        self._metrics = metrics
        # Each with its connection, the oldest first.
        self._tasks: dict[asyncio.Task[None], asyncio.WriteTransport] = {}

    def accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve a new connection, in place of the oldest if there are too many.

        Those that ask nothing keep no probe from its answer, which takes no time.
        """
        if len(self._tasks) >= _MOST:
            self._end(next(iter(self._tasks)))
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks[task] = writer.transport
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def aclose(self) -> None:
        """Cancel what is not answered yet."""
        tasks = list(self._tasks)
        for task in tasks:
            self._end(task)
        if tasks:
            await asyncio.wait(tasks)

    def _end(self, task: asyncio.Task[None]) -> None:
        """Cancel a task, which may not have begun and so does not clean up."""
        self._tasks.pop(task).abort()
        task.cancel()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                asked = await _request(reader)
            answer = asked if isinstance(asked, bytes) else await self._answer(*asked)
            async with asyncio.timeout(_PATIENCE):
                writer.write(answer)
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (OSError, EOFError):  # TimeoutError is an OSError
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, method: str, path: str) -> bytes:
        if path == "/livez":
            return _response(HTTPStatus.OK, b'{"status":"alive"}', method)
        if path == "/metrics":
            return await self._measured(method)
        if path != "/readyz":
            return _response(HTTPStatus.NOT_FOUND, b"", method)
        ready, report = await self._readiness()
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return _response(status, report, method)

    async def _measured(self, method: str) -> bytes:
        try:
            measured = await asyncio.to_thread(self._metrics)
        except Exception:  # whatever a collector of somebody's raises
            logger.exception("the metrics cannot be read")
            return _response(HTTPStatus.INTERNAL_SERVER_ERROR, b"", method)
        if measured is None:
            return _response(HTTPStatus.NOT_FOUND, b"", method)
        media_type, text = measured
        return _response(HTTPStatus.OK, text, method, media_type)


async def _request(reader: asyncio.StreamReader) -> tuple[str, str] | bytes:
    """Return method and path, or the response that says what is wrong with them.

    Raises:
        EOFError: The peer has closed before the end of the request.
    """
    try:
        head = await reader.readuntil(_END)
    except asyncio.LimitOverrunError:
        return _response(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    with suppress(ValueError):
        method, target, version = words
        if version in {"HTTP/1.1", "HTTP/1.0"}:
            if method not in {"GET", "HEAD"}:
                return _response(HTTPStatus.METHOD_NOT_ALLOWED)
            return method, target.partition("?")[0]
    return _response(HTTPStatus.BAD_REQUEST)


def _response(
    status: HTTPStatus,
    body: bytes = b"",
    method: str = "GET",
    media_type: str = _JSON,
) -> bytes:
    """Return a response, after which the connection is closed.

    Source: RFC 9110, sections 9.3.2 (HEAD has no content, but its length) and 10.2.1
    (Allow); RFC 9112, section 9.6 (close).
    """
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Content-Type: {media_type}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        lines.append("Allow: GET, HEAD")
    head = "\r\n".join(lines).encode("ascii") + _END
    return head if method == "HEAD" else head + body
