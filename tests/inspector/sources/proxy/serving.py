"""A proxy in a thread of its own, in front of plain sockets."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from inspector.sources.proxy import Proxy, Route
from inspector.streams.endpoints import Endpoint
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.sources.records import PacketRecord


class Serving:
    """A proxy that serves, and what it told.

    Attributes:
        port: Where it listens.
        records: What passed.
        told: What it said about its target.
    """

    def __init__(self, target: int) -> None:
        self.records: list[PacketRecord] = []
        self.told: list[str] = []
        self._stopped = False
        self._ready = threading.Event()
        self._target = target
        self.port = 0
        self._thread = threading.Thread(target=self._serve)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(PATIENCE)

    def stop(self) -> None:
        self._stopped = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        route = Route(Endpoint("127.0.0.1", 0), Endpoint("127.0.0.1", self._target))
        proxy = Proxy([route], self.told.append)
        try:
            self.port = proxy.endpoints[0].port
            self._ready.set()
            for record in proxy.records(lambda: not self._stopped):
                self.records.append(record)
        finally:
            proxy.close()


@contextmanager
def serving(target: int) -> Iterator[Serving]:
    """Let a proxy serve until the end of the block."""
    proxy = Serving(target)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()


@contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket, Serving]]:
    """Give the two ends of a connection through a proxy: client and server."""
    with socket.create_server(("127.0.0.1", 0)) as target:
        target.settimeout(PATIENCE)
        with serving(target.getsockname()[1]) as proxy:
            client = socket.create_connection(("127.0.0.1", proxy.port), PATIENCE)
            server, _ = target.accept()  # the connection that was spare
            server.settimeout(PATIENCE)
            with client, server:
                yield client, server, proxy
