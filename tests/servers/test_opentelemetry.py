from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator  # noqa: TC003 — a service needs them
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from protocol import UNDEFINED, Json
from servers import (
    BlockingClient,
    Client,
    Context,
    NoHandlerError,
    RemoteError,
    RpcError,
    Service,
)
from tests.patience import PATIENCE
from tests.servers.extras import said_without
from tests.servers.peers import until

if TYPE_CHECKING:
    from servers import Server

pytest.importorskip("opentelemetry.sdk")
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from servers.opentelemetry import instrument

_TRACE, _SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
_METADATA = {"traceparent": f"00-{_TRACE}-{_SPAN}-01", "tracestate": "a=1"}


class _Spans:
    """A provider of tracers, and the spans that have ended."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    @property
    def ended(self) -> list[Any]:
        return list(self._exporter.get_finished_spans())

    def of(self, kind: str) -> Any:  # noqa: ANN401
        """Return the only span of a kind."""
        (found,) = [each for each in self.ended if each.kind.name == kind]
        return found


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)
    service.event("log")(lambda: None)

    @service.message("metadata")
    def metadata(context: Context) -> Json:
        return None if context.metadata is UNDEFINED else context.metadata

    @service.message("fails")
    async def fails() -> None:
        raise RpcError("no stock")

    @service.message("values")
    async def values(data: int) -> AsyncIterator[int]:
        for value in range(data):
            await asyncio.sleep(0)
            yield value
        if data > 2:
            raise ValueError("too many")

    @service.message("plain values")
    def plain_values() -> Iterator[int]:
        yield from (1, 2)

    return service


@asynccontextmanager
async def _traced(
    service: Service | None = None,
) -> AsyncIterator[tuple[Client, _Spans, Server]]:
    spans = _Spans()
    served = instrument(service or _service(), spans.provider)
    async with (
        served.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, timeout=PATIENCE) as nest,
    ):
        yield instrument(nest, spans.provider), spans, server


async def test_a_call_is_a_span_of_the_client_and_one_of_the_server() -> None:
    async with _traced() as (nest, spans, server):
        assert await nest.send("echo", 1) == 1
        port = server.port

    client, served = spans.of("CLIENT"), spans.of("SERVER")
    assert served.parent.span_id == client.context.span_id
    assert served.context.trace_id == client.context.trace_id
    assert dict(client.attributes) == {
        "rpc.system.name": "nestjs",
        "rpc.method": "echo",
        "server.address": "127.0.0.1",
        "server.port": port,
    }
    assert served.attributes["rpc.method"] == "echo"
    assert served.attributes["client.address"] == "127.0.0.1"
    assert client.status.is_unset


async def test_the_trace_goes_on_in_what_a_handler_calls() -> None:
    async with _traced() as (inner, spans, _):
        service = instrument(Service(), spans.provider)

        @service.message("outer")
        async def outer() -> Json:
            return await inner.send("echo", "x")

        async with (
            service.listen("127.0.0.1", 0) as server,
            Client("127.0.0.1", server.port, timeout=PATIENCE) as nest,
        ):
            assert await nest.send("outer", 0, metadata=_METADATA) == "x"

    outer_span, called, inner_span = (
        next(each for each in spans.ended if (each.name, each.kind.name) == wanted)
        for wanted in [("outer", "SERVER"), ("echo", "CLIENT"), ("echo", "SERVER")]
    )
    assert {f"{each.context.trace_id:032x}" for each in spans.ended} == {_TRACE}
    assert f"{outer_span.parent.span_id:016x}" == _SPAN
    assert called.parent.span_id == outer_span.context.span_id
    assert inner_span.parent.span_id == called.context.span_id
    assert inner_span.context.trace_state.to_header() == "a=1"


async def test_an_event_begins_a_trace_with_a_link_to_its_sender() -> None:
    async with _traced() as (nest, spans, _):
        await nest.emit("log", "x")
        async with asyncio.timeout(PATIENCE):
            await until(lambda: len(spans.ended) == 2)

    sent, handled = spans.of("PRODUCER"), spans.of("CONSUMER")
    assert (sent.name, handled.name) == ("emit log", "process log")
    assert handled.context.trace_id != sent.context.trace_id
    assert handled.parent is None
    assert [each.context.span_id for each in handled.links] == [sent.context.span_id]
    assert sent.attributes["messaging.operation.type"] == "send"
    assert handled.attributes["messaging.operation.type"] == "process"
    assert handled.attributes["messaging.destination.name"] == "log"


async def test_an_error_is_recorded_on_both_sides() -> None:
    async with _traced() as (nest, spans, _):
        with pytest.raises(RemoteError, match="no stock"):
            await nest.send("fails", 0)
        with pytest.raises(NoHandlerError):
            await nest.send("unknown", 0)

    failed = {(each.name, each.kind.name): each for each in spans.ended}
    for kind, error in (("SERVER", "RpcError"), ("CLIENT", "RemoteError")):
        span = failed["fails", kind]
        assert span.status.status_code is trace.StatusCode.ERROR
        assert span.attributes["error.type"] == error
        assert span.events[0].name == "exception"
    assert failed["unknown", "CLIENT"].attributes["error.type"] == "NoHandlerError"


@pytest.mark.parametrize(
    ("pattern", "data", "error"),
    [("values", 2, None), ("values", 3, "RemoteError"), ("plain values", 0, None)],
)
async def test_the_span_of_a_stream_ends_with_it(
    pattern: str, data: int, error: str | None
) -> None:
    async with _traced() as (nest, spans, _):
        stream = nest.stream(pattern, data)
        assert await anext(stream) in {0, 1}
        assert not [each for each in spans.ended if each.kind.name == "CLIENT"]
        try:
            assert [each async for each in stream]
        except RemoteError:
            assert error
        client, served = spans.of("CLIENT"), spans.of("SERVER")

    assert client.attributes.get("error.type") == error
    assert served.attributes.get("error.type") == (error and "ValueError")
    assert served.parent.span_id == client.context.span_id


async def test_the_span_of_a_stream_that_is_left_ends_too() -> None:
    async with _traced() as (nest, spans, _):
        stream = nest.stream("values", 2)
        await anext(stream)
        await stream.aclose()
        assert spans.of("CLIENT").status.is_unset


async def test_what_is_malformed_begins_a_trace_and_metadata_stay() -> None:
    async with _traced() as (nest, spans, server):
        async with Client("127.0.0.1", server.port, timeout=PATIENCE) as plain:
            # With a blank before it, the propagator would take it.
            bad = {"traceparent": f" 00-{_TRACE}-{_SPAN}-01", "user": 7}
            await plain.send("echo", 0, metadata=bad)
        assert spans.of("SERVER").parent is None
        found = await nest.send("metadata", 0, metadata={"user": 7})
        assert await nest.send("metadata", 0, metadata=["a list"]) == ["a list"]

    assert found["user"] == 7
    assert found["traceparent"].startswith("00-")


async def test_a_blocking_client_makes_spans_within_those_of_its_thread() -> None:
    spans, service = _Spans(), _service()
    async with service.listen("127.0.0.1", 0) as server:

        def call() -> Json:
            with BlockingClient("127.0.0.1", server.port, timeout=PATIENCE) as nest:
                instrument(nest, spans.provider)
                tracer = spans.provider.get_tracer("test")
                with tracer.start_as_current_span("around"):
                    return nest.send("metadata", 0)

        found = await asyncio.to_thread(call)

    around = next(each for each in spans.ended if each.name == "around")
    client = spans.of("CLIENT")
    assert client.parent.span_id == around.context.span_id
    assert found["traceparent"].split("-")[2] == f"{client.context.span_id:016x}"


def test_without_the_package_the_error_says_what_to_install() -> None:
    assert said_without("opentelemetry", "servers.opentelemetry") == (
        "ImportError: servers.opentelemetry needs opentelemetry-api: "
        "pip install 'protocol-inspect[opentelemetry]'"
    )


def test_nothing_else_imports_it() -> None:
    program = "import sys, servers; sys.exit('opentelemetry' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=PATIENCE)
