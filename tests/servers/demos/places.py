"""Where lines of a log go: what Logstash would take, and an Elasticsearch.

Logstash is not to be had as a package; the inputs here take what its inputs for TCP,
UDP and HTTP take with the codecs that ``servers.demos.shipping`` names. Elasticsearch's
HTTP API is that of noida-db, a database that speaks it.
"""

from __future__ import annotations

import json
import socketserver
import subprocess
import threading
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import httpx

from tests.patience import PATIENCE
from tests.servers.demos.twins import await_port, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


CALL = "nest.call"


class Inputs:
    """What Logstash was given, by input: ``tcp``, ``udp`` and ``http``."""

    def __init__(self) -> None:
        self.lines: dict[str, list[Any]] = {"tcp": [], "udp": [], "http": []}
        self.urls: list[str] = []
        self._changed = threading.Condition()

    def add(self, name: str, line: Any) -> None:  # noqa: ANN401
        with self._changed:
            if line.get("event", {}).get("dataset") == CALL:
                self.lines[name].append(line)
                self._changed.notify_all()

    def awaited(self, count: int) -> dict[str, list[Any]]:
        """Return the lines of calls, once each input has so many."""
        with self._changed:
            assert self._changed.wait_for(
                lambda: all(len(each) >= count for each in self.lines.values()),
                PATIENCE,
            ), self.lines
        return self.lines


@contextmanager
def logstash() -> Iterator[Inputs]:
    """Listen for lines in threads."""
    inputs = Inputs()

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            for line in self.rfile:
                inputs.add("tcp", json.loads(line))

    class Udp(socketserver.DatagramRequestHandler):
        def handle(self) -> None:
            inputs.add("udp", json.loads(self.rfile.read()))

    class Http(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            assert self.headers["content-type"] == "application/json"
            for line in json.loads(body):
                inputs.add("http", line)
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    here = ("127.0.0.1", 0)
    servers = {
        "tcp": socketserver.ThreadingTCPServer(here, Tcp),
        "udp": socketserver.UDPServer(here, Udp),
        "http": ThreadingHTTPServer(here, Http),
    }
    with ExitStack() as stack:
        for name, server in servers.items():
            stack.enter_context(server)
            server.daemon_threads = True  # type: ignore[attr-defined]
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            inputs.urls.append(f"{name}://127.0.0.1:{server.server_address[1]}")
        yield inputs


class Elasticsearch:
    """What is asked of a server by HTTP.

    Args:
        port: Where it listens.
    """

    def __init__(self, port: int) -> None:
        self._here = f"127.0.0.1:{port}"

    def url(self, index: str) -> str:
        """Return what ``LOG_TO`` takes."""
        return f"elasticsearch://{self._here}/{index}"

    def load(self, index: str, lines: list[str]) -> None:
        """Load JSON lines, as ``curl`` would."""
        body = "".join(f'{{"create":{{}}}}\n{line}\n' for line in lines)
        answer = httpx.post(
            f"http://{self._here}/{index}/_bulk?refresh=true",
            content=body.encode(),
            headers={"content-type": "application/x-ndjson"},
            timeout=PATIENCE,
        )
        assert not answer.json()["errors"], answer.text

    def found(self, index: str, **terms: object) -> list[dict[str, Any]]:
        """Return the documents whose fields have these values; _ is a dot."""
        httpx.post(f"http://{self._here}/{index}/_refresh", timeout=PATIENCE)
        filters = [{"term": {k.replace("_", "."): v}} for k, v in terms.items()]
        answer = httpx.post(
            f"http://{self._here}/{index}/_search",
            json={"size": 1000, "query": {"bool": {"filter": filters}}},
            timeout=PATIENCE,
        )
        return [each["_source"] for each in answer.json()["hits"]["hits"]]


@contextmanager
def elasticsearch(folder: Path) -> Iterator[Elasticsearch]:
    """Run noida-db with this API alone."""
    binary, port = files("noida_db").joinpath("noida-db"), free_port()
    process = subprocess.Popen(
        [
            *(str(binary), "start", "--data-dir", folder, "--host", "127.0.0.1"),
            *("--only", "elasticsearch", "--elasticsearch-port", str(port)),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert await_port(process, port)
        yield Elasticsearch(port)
    finally:
        process.terminate()
        process.wait(PATIENCE)
