"""A page in a real Chromium, and what it reports."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import TYPE_CHECKING, Any

from captures.processes import COMPILER, NEST
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LIBRARY = NEST / COMPILER / "node_modules/socket.io-client/dist/socket.io.min.js"
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def reported_by(script: str, folder: Path) -> Any:  # noqa: ANN401 — JSON
    """Run a script in a page of Chromium that has Socket.IO; return what it reports.

    Args:
        script: The body of an asynchronous function, which returns what it reports.
        folder: For what Chromium keeps of its user.
    """
    reports: Queue[Any] = Queue()
    with _serving(script, reports) as port:
        page = f"http://127.0.0.1:{port}/"
        program = shutil.which("chromium") or "chromium"
        process = subprocess.Popen(
            [program, *_FLAGS, f"--user-data-dir={folder}", page],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return reports.get(timeout=PATIENCE)
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextmanager
def _serving(script: str, reports: Queue[Any]) -> Iterator[int]:
    """Serve the page and the library; give the port."""
    page = (
        "<!doctype html><meta charset=utf-8><script src=socket.io.js></script>"
        f"<script>(async () => {{{script}}})()"
        ".catch((error) => String(error)).then((seen) => "
        "fetch('/', {method: 'POST', body: JSON.stringify(seen)}))</script>"
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = {"/": page.encode(), "/socket.io.js": _LIBRARY.read_bytes()}
            body = found.get(self.path)
            self.send_response(HTTPStatus.NOT_FOUND if body is None else HTTPStatus.OK)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            reports.put(json.loads(self.rfile.read(size)))
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
