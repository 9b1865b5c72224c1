"""``--metrics``: a port at which Prometheus asks for the figures of a live run."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from inspector.installing import pip_command
from inspector.streams.endpoints import Endpoint

from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from inspector.views.live_metrics import Metrics

    Render = Callable[[str], tuple[str, bytes]]

_HERE = "127.0.0.1"
_PATH = "/metrics"
_PATIENCE_S = 5  # for a peer to ask, and again to read the answer
_MOST = 16  # connections at once; another one is closed


def metrics_endpoint(text: str) -> Endpoint:
    """Read ``PORT``, which is one of the loopback interface, or ``HOST:PORT``.

    Raises:
        InspectorError: It is neither.
    """
    try:
        return Endpoint.parse(text if ":" in text else f"{_HERE}:{text}")
    except ValueError:
        raise InspectorError(f"--metrics {text}", "not PORT or HOST:PORT") from None


@contextmanager
def exported(where: Endpoint) -> Iterator[Metrics]:
    """Serve metrics for as long as the block lasts.

    Raises:
        InspectorError: The port cannot be listened on, or the extra is not installed.
    """
    try:
        from inspector.views.live_metrics import Metrics  # noqa: PLC0415 — an extra
    except ImportError:
        command = pip_command("install", "prometheus-client")
        problem = f"prometheus-client is not installed; {command}"
        raise InspectorError("--metrics", problem) from None
    metrics = Metrics()
    with served(where, metrics.render) as bound:
        say(f"metrics: http://{bound}{_PATH}", "command")
        yield metrics


@contextmanager
def served(where: Endpoint, render: Render) -> Iterator[Endpoint]:
    """Answer ``GET /metrics`` for as long as the block lasts, in threads of its own.

    Args:
        where: The port; 0 for one that is free.
        render: Returns the media type and the text for an ``Accept``, in any thread.

    Yields:
        Where it listens.

    Raises:
        InspectorError: The port cannot be listened on.
    """
    try:
        server = _Server(where, render)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InspectorError(str(where), f"cannot listen: {reason}") from None
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.endpoint
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    block_on_close = False  # a reader that takes its time delays no report
    request_queue_size = 128  # five, which is usual, delay a sixth by a second

    def __init__(self, where: Endpoint, render: Render) -> None:
        self.render = render
        self._room = threading.BoundedSemaphore(_MOST)
        if ":" in where.address:
            self.address_family = socket.AF_INET6
        super().__init__(where, _Handler)

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens."""
        address = self.socket.getsockname()
        return Endpoint(address[0], address[1])

    def server_bind(self) -> None:
        """Bind without looking for a name of the address, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.endpoint

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 — of the library
        """Serve a connection in a thread, if there are not too many."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 — the same
        """Serve a connection, and make room for another."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 — the same
        """Say nothing: a reader that leaves is no matter of whoever looks on."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE_S
    server_version, sys_version = "protocol-inspect", ""

    def do_GET(self) -> None:
        """Send the metrics."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Send what goes before them."""
        self._answer(with_body=False)

    def log_message(self, *_: object) -> None:
        """Say nothing: stderr is for what happens to the source."""

    def _answer(self, *, with_body: bool) -> None:
        status, media_type, text = HTTPStatus.NOT_FOUND, "text/plain", b"see /metrics\n"
        if self.path.partition("?")[0] == _PATH:
            status = HTTPStatus.OK
            accept = self.headers.get("Accept", "")
            media_type, text = self.server.render(accept)
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if with_body:
            self.wfile.write(text)
