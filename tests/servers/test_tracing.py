from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator  # noqa: TC003 — evaluated

import pytest

from protocol import UNDEFINED, Json
from servers import (
    BlockingClient,
    Client,
    Context,
    Service,
    TraceContext,
    current_trace,
    pass_trace,
    receive_trace,
)
from servers.testing import connected
from servers.tracing import trace_in, with_trace
from tests.patience import PATIENCE

_TRACE, _SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
_PARENT = f"00-{_TRACE}-{_SPAN}-01"
_BOTH = {"traceparent": _PARENT, "tracestate": "rojo=00f067aa0ba902b7,congo=t61rc"}


@pytest.mark.parametrize(
    "parent",
    [
        _PARENT,
        f"00-{_TRACE}-{_SPAN}-00",
        f"00-{_TRACE}-{_SPAN}-ff",
        f"01-{_TRACE}-{_SPAN}-01",
        f"cc-{_TRACE}-{_SPAN}-01-what-the-future-will-be-like",
    ],
)
def test_a_traceparent_is_read(parent: str) -> None:
    trace = trace_in({"traceparent": parent, "more": [1]})

    assert trace == TraceContext(parent)
    assert (trace.trace_id, trace.span_id) == (_TRACE, _SPAN)
    assert trace.sampled is (parent[53:55] != "00")
    assert trace.metadata == {"traceparent": parent}


@pytest.mark.parametrize(
    "parent",
    [
        "",
        None,
        1,
        [_PARENT],
        _PARENT.upper(),
        f" {_PARENT}",
        f"{_PARENT}\n",
        f"{_PARENT}-more",
        f"ff-{_TRACE}-{_SPAN}-01",
        f"00-{'0' * 32}-{_SPAN}-01",
        f"00-{_TRACE}-{'0' * 16}-01",
        f"00-{_TRACE[1:]}-{_SPAN}-01",
        f"00-{_TRACE}-{_SPAN}-1",
        f"01-{_TRACE}-{_SPAN}-01.x",
        f"00_{_TRACE}_{_SPAN}_01",
        f"0٠-{_TRACE}-{_SPAN}-01",
    ],
)
def test_a_malformed_traceparent_is_dropped_with_its_tracestate(parent: Json) -> None:
    assert trace_in({"traceparent": parent, "tracestate": "a=1"}) is None


@pytest.mark.parametrize("metadata", [UNDEFINED, None, "text", [_BOTH], 7, {}])
def test_metadata_without_a_trace_has_none(metadata: Json) -> None:
    assert trace_in(metadata) is None


@pytest.mark.parametrize(
    "state",
    [
        "a=1",
        "a=1,b=2",
        "a=1 , b=2,,\t",
        "0tenant@system=x y",
        "a*b/c_d-e=!\"#$%&'()*+-./:;<>?@[]^_`{|}~",
        ",".join(f"k{n}=v" for n in range(32)),
        f"{'k' * 256}={'v' * 256}",
    ],
)
def test_a_tracestate_is_kept_as_it_came(state: str) -> None:
    found = trace_in({"traceparent": _PARENT, "tracestate": state})

    assert found == TraceContext(_PARENT, state)
    assert found.metadata == {"traceparent": _PARENT, "tracestate": state}


@pytest.mark.parametrize(
    "state",
    [
        "",
        ",",
        "a",
        "a=",
        "A=1",
        "a=1,a=2",
        "a=b=c",
        "a=é",
        "a=1\n",
        "a =1",
        "@b=1",
        "a@B=1",
        ["a=1"],
        ",".join(f"k{n}=v" for n in range(33)),
        f"{'k' * 257}=v",
        f"k={'v' * 257}",
    ],
)
def test_a_malformed_tracestate_is_dropped_alone(state: Json) -> None:
    found = trace_in({"traceparent": _PARENT, "tracestate": state})

    assert found == TraceContext(_PARENT)


def test_a_trace_is_added_to_metadata_that_can_have_it() -> None:
    trace = TraceContext(_PARENT, "a=1")
    added = {"traceparent": _PARENT, "tracestate": "a=1"}

    assert with_trace(UNDEFINED, trace) == added
    assert with_trace({"user": 7}, trace) == {"user": 7} | added
    assert with_trace({"traceparent": "mine"}, trace) == {"traceparent": "mine"}
    assert with_trace([1], trace) == [1]


def _inner() -> Service:
    service = Service()

    @service.message("metadata")
    def metadata(context: Context) -> Json:
        found = context.metadata
        return None if found is UNDEFINED else found

    return service


def _outer(inner: Client, blocking: BlockingClient) -> Service:
    service = Service()
    service.use(receive_trace)

    @service.message("coroutine")
    async def coroutine() -> Json:
        await asyncio.sleep(0)
        return await asyncio.create_task(_called(inner))

    @service.message("thread", thread=True)
    def thread() -> Json:
        return blocking.send("metadata", 0)

    @service.message("stream")
    async def stream() -> AsyncIterator[Json]:
        for _ in range(2):
            await asyncio.sleep(0)
            yield await inner.send("metadata", 0)

    @service.message("plain stream")
    def plain_stream() -> Iterator[Json]:
        trace = current_trace()
        yield None if trace is None else trace.metadata

    @service.message("values")
    async def values() -> Json:
        return await anext(inner.stream("metadata", 0))

    return service


async def _called(inner: Client) -> Json:
    return await inner.send("metadata", 0)


@pytest.mark.parametrize(
    "pattern", ["coroutine", "thread", "stream", "plain stream", "values"]
)
async def test_what_a_handler_calls_gets_the_trace_of_its_own_call(
    pattern: str,
) -> None:
    async with (
        _inner().listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port, timeout=PATIENCE) as inner,
    ):
        blocking = BlockingClient("127.0.0.1", server.port, timeout=PATIENCE)
        blocking.use(pass_trace)
        inner.use(pass_trace)
        async with connected(_outer(inner, blocking)) as nest:
            others = {**_BOTH, "tracestate": "other=1"}
            sent: list[Json] = [_BOTH, UNDEFINED, others, {"traceparent": "00-bad"}]
            calls = (nest.send(pattern, 0, metadata=each) for each in sent)
            found = await asyncio.gather(*calls)
        await asyncio.to_thread(blocking.close)

    assert found == [_BOTH, None, others, None]
    assert current_trace() is None
