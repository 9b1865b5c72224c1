"""``--metrics``: a port at which Prometheus asks for the figures of a live run."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from inspector.installing import pip_command

from .ports import endpoint_of, listen
from .speech import say

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from typing import Any

    from inspector.streams.endpoints import Endpoint

    from .ports import Observe

    Render = Callable[[str], tuple[str, bytes]]

_PATH = "/metrics"
_PATIENCE_S = 5  # for a peer to ask, and again to read the answer
_MOST = 16  # connections at once; another one is closed


@contextmanager
def counted(where: Endpoint) -> Iterator[Observe]:
    """Serve metrics for as long as the block lasts.

    Yields:
        What makes a view count.

    Raises:
        InspectorError: The port cannot be listened on, or the extra is not installed.
    """
    try:
        from inspector.views.live_metrics import (  # noqa: PLC0415 — an extra
            MeteredView,
            Metrics,
        )
    except ImportError:
        command = pip_command("install", "prometheus-client")
        problem = f"prometheus-client is not installed; {command}"
        raise InspectorError("--metrics", problem) from None
    metrics = Metrics()
    with served(where, metrics.render) as bound:
        say(f"metrics: http://{bound}{_PATH}", "command")
        yield lambda view, _: MeteredView(view, metrics)


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
    with _Server(listen(where), render) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.endpoint
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    block_on_close = False  # a reader that takes its time delays no report

    def __init__(self, listener: socket.socket, render: Render) -> None:
        self.render = render
        self.endpoint = endpoint_of(listener)
        self._room = threading.BoundedSemaphore(_MOST)
        super().__init__(self.endpoint, _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener

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
