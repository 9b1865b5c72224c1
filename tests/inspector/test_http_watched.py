"""What ``live`` and ``proxy`` show of HTTP is what a client and a file show."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from captures.gateway_stage import free_port
from tests.inspector.command import run
from tests.inspector.watched import watched
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ASKED = (
    ("GET", "/users/1?a=b", None, 200),
    ("POST", "/sum", [1, 2, 3], 200),
    ("HEAD", "/users/2", None, 200),
    ("GET", "/events", None, 200),
    ("GET", "/missing", None, 404),
)
_TOLD = [
    ("GET /users/:id", "completed", {"a": "b"}, [200]),
    ("POST /sum", "completed", [1, 2, 3], [200]),
    ("HEAD /users/:id", "completed", None, [200]),
    ("GET /events", "completed", None, [200, None, 200]),
    ("GET /missing", "error", None, [404]),
]


class _Handler(BaseHTTPRequestHandler):
    """An application that answers in the ways that HTTP has."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""

    def _answer(self) -> None:
        size = int(self.headers.get("content-length", 0))
        self.rfile.read(size)
        if self.path == "/events":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (b"data: 1\n\n", b"data: 2\n\n", b""):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
            return
        body = b'{"a":1}'
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    do_GET = do_POST = do_HEAD = _answer  # noqa: N815 — the names of http.server


@contextmanager
def _serving() -> Iterator[int]:
    """Serve until the end of the block; yield the port."""
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _ask(port: int) -> None:
    """Make the requests, all over one connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    for method, target, body, status in _ASKED:
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, target, data)
        response = connection.getresponse()
        response.read()
        assert response.status == status
    connection.close()


def _check(told: list[dict[str, Any]], written: Path, *options: str) -> None:
    found = [
        (
            each["route"],
            each["outcome"],
            each.get("data"),
            [reply.get("status") for reply in each["replies"]],
        )
        for each in told
    ]
    assert found == _TOLD
    assert run("exchanges", written, "--json", *options).lines == told


def test_a_proxy_in_front_of_a_server(tmp_path: Path) -> None:
    written = tmp_path / "requests.pcapng"
    with _serving() as port:
        own = ("--carrier", f"http:{port}")
        command = ("proxy", "0", f"127.0.0.1:{port}", *own, "--json")
        with watched(*command, "--write", str(written)) as watch:
            _ask(watch.ports[0])
            watch.until(lambda: watch.exchange_count >= len(_TOLD))
            assert watch.interrupt() == 0
    _check(watch.exchanges, written, *own)


def test_a_live_capture(tmp_path: Path) -> None:
    written = tmp_path / "requests.pcapng"
    with _serving() as port:
        own = ("--carrier", f"http:{port}")
        command = ("live", "-i", "lo", "--port", str(port), *own, "--json")
        with watched(*command, "--write", str(written)) as watch:
            _ask(port)
            watch.until(lambda: watch.exchange_count >= len(_TOLD))
            assert watch.interrupt() == 0
    _check(watch.exchanges, written, *own)
