from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from servers import Backoff, Client, RemoteError, Retry
from servers.prometheus import PrometheusHooks
from tests.servers.extras import said_without
from tests.servers.peers import until
from tests.servers.probe import make_probe


async def test_the_metrics_say_what_happened() -> None:
    registry = CollectorRegistry()
    service = make_probe(lambda _: None)
    hooks = service.hooks = PrometheusHooks(registry)
    value = registry.get_sample_value
    labels = {"side": "server", "route": "sum", "kind": "message"}
    async with service.listen("127.0.0.1", 0) as server:
        async with Client("127.0.0.1", server.port, hooks=hooks) as nest:
            for _ in range(3):
                await nest.send("sum", [1, 2])
            assert value("nest_connections", {"side": "server"}) == 1
        await until(lambda: not value("nest_connections", {"side": "server"}))

    completed = {**labels, "outcome": "completed"}
    assert value("nest_calls_total", completed) == 3
    assert value("nest_calls_total", {**completed, "side": "client"}) == 3
    assert value("nest_call_duration_seconds_count", labels) == 3
    in_flight = {"side": "server", "route": "sum"}
    assert value("nest_calls_in_flight", in_flight) == 0
    assert value("nest_connections_opened_total", {"side": "client"}) == 1
    for side, other in (("client", "server"), ("server", "client")):
        for what in ("bytes", "packets"):
            sent = value(f"nest_sent_{what}_total", {"side": side})
            assert sent == value(f"nest_received_{what}_total", {"side": other})
            assert sent
    text = generate_latest(registry).decode()
    assert 'nest_calls_total{kind="message",outcome="completed",route="sum"' in text


async def test_peers_cannot_invent_routes() -> None:
    registry = CollectorRegistry()
    service = make_probe(lambda _: None)
    service.hooks = PrometheusHooks(registry)
    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        for number in range(5):
            await nest.emit(f"unknown{number}", 1)
        await nest.send("sum", [1])

    assert b"unknown" not in generate_latest(registry)


async def test_calls_that_are_made_again_are_counted() -> None:
    registry = CollectorRegistry()
    hooks = PrometheusHooks(registry)
    service = make_probe(lambda _: None)
    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, hooks=hooks) as nest,
    ):
        retry = Retry(backoff=Backoff(first=0.001), on=(RemoteError,))
        with pytest.raises(RemoteError):
            await nest.send("rpcStr", 0, retry=retry)

    value = registry.get_sample_value
    labels = {"side": "client", "route": "rpcStr"}
    assert value("nest_calls_retried_total", labels) == 2
    failed = {**labels, "kind": "message", "outcome": "error"}
    assert value("nest_calls_total", failed) == 3


def test_without_its_client_the_extra_is_named() -> None:
    assert said_without("prometheus_client", "servers.prometheus") == (
        "ImportError: servers.prometheus needs prometheus-client: "
        "pip install 'protocol-inspect[metrics]'"
    )
