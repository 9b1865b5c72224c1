from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry

from servers import Client, ListenError, Service
from servers.hooks import Hooks
from servers.prometheus import PrometheusHooks
from servers.server.health import Health
from servers.server.probing import probing
from servers.serving.places import Place
from tests.patience import PATIENCE
from tests.servers.peers import until
from tests.servers.serving.probes import ask, exchange, free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def test_probes_see_a_service_start_run_and_stop() -> None:
    port, seen, gate = free_port(), list[tuple[int, str]](), asyncio.Event()

    @asynccontextmanager
    async def lifespan(_: Service) -> AsyncIterator[None]:
        await note()
        yield
        await note()

    async def note() -> None:
        status, body = await ask(port, "/readyz")
        seen.append((status, json.loads(body)["status"]))
        assert (await ask(port, "/livez"))[0] == 200

    service = Service(lifespan=lifespan)
    service.message("gate")(gate.wait)
    async with service.listen("127.0.0.1", 0, health_port=port) as server:
        await note()
        service.health.check(lambda: False)
        await note()
        server.drain()
        await note()
    states = [(503, "starting"), (200, "ready"), (503, "failing")]
    assert seen == [*states, (503, "stopping"), (503, "stopping")]
    with pytest.raises(ConnectionRefusedError):
        await ask(port, "/livez")


async def test_a_service_that_ends_is_not_ready_before_it_stops_to_accept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    port, service = free_port(), Service()
    service.message("echo")(lambda data: data)
    serving = asyncio.ensure_future(
        service.serve("127.0.0.1", 0, health_port=port, drain=PATIENCE, grace=0)
    )
    await until(lambda: "listening on" in caplog.text)
    (server,) = service.servers
    assert (await ask(port, "/readyz"))[0] == 200
    os.kill(os.getpid(), signal.SIGTERM)
    await until(lambda: "no longer ready" in caplog.text)
    assert (await ask(port, "/readyz"))[0] == 503
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    await until(lambda: server.connections == 1)
    writer.close()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def test_the_metrics_of_the_hooks_are_told() -> None:
    port, registry = free_port(), CollectorRegistry()
    service = Service(hooks=PrometheusHooks(registry))
    service.message("echo")(lambda data: data)
    async with (
        service.listen("127.0.0.1", 0, health_port=port) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        await nest.send("echo", 1)
        head, body = await exchange(port, "GET /metrics HTTP/1.1\r\n\r\n")
        assert await ask(port, "/metrics", "HEAD") == (200, b"")

    assert f"Content-Type: {CONTENT_TYPE_LATEST}" in head
    assert f"Content-Length: {len(body)}" in head
    (total,) = [line for line in body.splitlines() if b"nest_calls_total{" in line]
    assert b'route="echo"' in total
    assert total.endswith(b" 1.0")


@pytest.mark.parametrize("hooks", [None, Hooks()])
async def test_without_metrics_there_is_no_such_page(hooks: Hooks | None) -> None:
    port = free_port()
    async with Service(hooks=hooks).listen("127.0.0.1", 0, health_port=port):
        assert await ask(port, "/metrics") == (404, b"")


async def test_metrics_that_cannot_be_read_are_an_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken(Hooks):
        def metrics(self) -> tuple[str, bytes]:
            raise RuntimeError("no numbers")

    port = free_port()
    async with Service(hooks=Broken()).listen("127.0.0.1", 0, health_port=port):
        assert await ask(port, "/metrics") == (500, b"")
        assert (await ask(port, "/livez"))[0] == 200
    assert "the metrics cannot be read" in caplog.text
    assert "no numbers" in caplog.text


async def test_a_port_in_use_ends_the_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match=f"cannot listen on 127.0.0.1:{port}"):
            async with Service().listen("127.0.0.1", 0, health_port=port):
                pass


async def test_without_a_place_nothing_is_answered() -> None:
    async with probing(Health(), None, None) as probed:
        assert await probed.readiness() == (False, _STARTING)
    port = free_port()
    async with probing(Health(), None, Place("127.0.0.1", port)):
        assert await ask(port, "/readyz") == (503, _STARTING)


_STARTING = (
    b'{"status":"starting","connections":0,"in_flight":0,"uptime":0.0,"checks":{}}'
)
