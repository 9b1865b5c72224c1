from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest

from captures.grpc_stage import PROTO
from servers import Client, Context, NoHandlerError, RemoteError, Service
from servers.grpc import Grpc, GrpcMessage, method


async def test_calls_end_before_their_service_does() -> None:
    service, begun = Service(), asyncio.Event()

    @service.message(method("Calculator", "Sleep"))
    async def sleep(_: Any) -> Any:  # noqa: ANN401
        begun.set()
        await asyncio.sleep(0.2)
        return {"value": 1}

    transport = Grpc("127.0.0.1:0", proto=PROTO)
    async with service.listen(transport):
        client = Client(Grpc(f"127.0.0.1:{transport.port}", proto=PROTO))
        answer = asyncio.ensure_future(client.send("Calculator.Sleep", {}))
        await begun.wait()
    assert await answer == {"value": 1}
    await client.aclose()


async def test_what_is_not_of_its_type_is_an_error_on_either_side() -> None:
    service = Service()

    @service.message(method("Calculator", "Sum"))
    def wrong(_: Any) -> Any:  # noqa: ANN401
        return {"nope": 1}

    transport = Grpc("127.0.0.1:0", proto=PROTO)
    async with service.listen(transport):
        address = f"127.0.0.1:{transport.port}"
        async with Client(Grpc(address, proto=PROTO)) as client:
            with pytest.raises(RemoteError, match=r"the reply is not a calc\.Total"):
                await client.send("Calculator.Sum", {})
            with pytest.raises(NoHandlerError):
                await client.send("Calculator.Echo", {})
        async with grpc.aio.insecure_channel(address) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await channel.unary_unary("/calc.Calculator/Sum")(b"\x0a\x05a")
            assert caught.value.code() is grpc.StatusCode.INTERNAL


async def test_a_handler_sees_metadata_and_the_deadline() -> None:
    service, seen = Service(), []

    @service.message("/calc.Calculator/Sum")
    def look(_: Any, context: Context) -> Any:  # noqa: ANN401
        call = context.carrier
        assert isinstance(call, GrpcMessage)
        seen.append((call.headers["x-a"], context.metadata, call.deadline))
        return {}

    transport = Grpc("127.0.0.1:0", proto=PROTO)
    async with service.listen(transport):
        address = f"127.0.0.1:{transport.port}"
        target = Grpc(address, proto=PROTO, metadata={"X-A": "1"}, deadline=60)
        async with Client(target) as client:
            await client.send("Calculator.Sum", {}, metadata={"x-b": "2"})
    ((header, metadata, deadline),) = seen
    assert header == "1"
    assert isinstance(metadata, dict)
    assert metadata["x-b"] == "2"
    assert deadline is not None
    assert 50 < deadline < 61
