"""gRPC between Nest and Python, both ways: four forms, errors, deadlines, cancels."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from captures.grpc_scenarios import ENDS, FORMS
from captures.grpc_stage import PROTO, GrpcStage
from captures.processes import compile_applications, find_node
from servers import Client, NoHandlerError, RemoteError, RequestTimeoutError
from servers.grpc import Grpc, method
from tests.interop.grpc_service import left, service
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

each_nest = pytest.mark.parametrize("nest", ["v11", "v12"])
_METADATA = {"call": "sum", "data": {"values": [1]}, "metadata": {"x-request-id": "r"}}


def _stage(nest: str, folder: Path) -> GrpcStage:
    node = find_node()
    compile_applications(node, {nest})
    return GrpcStage(node, nest, folder)


@each_nest
async def test_a_client_of_nest_calls_a_service_of_ours(
    nest: str, tmp_path: Path
) -> None:
    stage, left_before = _stage(nest, tmp_path), len(left)
    grpc = Grpc("127.0.0.1:0", proto=PROTO, package="calc")
    async with service.listen(grpc):
        stage.port = grpc.port
        process = stage.start_caller(*FORMS, *ENDS, _METADATA)
        assert await asyncio.to_thread(process.wait, PATIENCE) == 0
    calls = json.loads((tmp_path / "caller.json").read_bytes())["calls"]

    assert [(each["method"], each["end"]) for each in calls] == [
        *((step["call"], "completed") for step in FORMS),
        *(("fail", "error") for _ in range(3)),
        ("missing", "error"),
        ("count", "error"),
        ("sleep", "error"),
        ("sleep", "left"),
        ("count", "left"),
        ("chat", "left"),
        ("sum", "completed"),
    ]
    assert [each["values"] for each in calls[:4]] == [
        [{"value": 6}],
        [{"value": 6}],
        [{}],  # proto3 does not send a zero
        [{"value": 1}, {"value": 2}, {"value": 3}],
    ]
    assert calls[5]["values"] == []
    assert calls[6]["values"] == [{"value": 21}]
    assert [each["text"] for each in calls[7]["values"]][-1] == "you said three"
    assert calls[8]["values"][0]["userName"] == "Zoë"
    errors = [each["error"] for each in calls if "error" in each]
    assert [error["code"] for error in errors] == [5, 2, 2, 12, 5, 4]
    assert [error["details"] for error in errors[:3]] == [
        "no such cat: größer, 100 %",
        "a text",
        "Internal server error",
    ]
    assert left[left_before:] == ["Sleep", "Sleep"]


@each_nest
async def test_a_client_of_ours_calls_a_service_of_nest(
    nest: str, tmp_path: Path
) -> None:
    stage = _stage(nest, tmp_path)
    from captures.gateway_stage import free_port  # noqa: PLC0415

    stage.port = free_port()
    with stage.service():
        target = Grpc(f"127.0.0.1:{stage.port}", proto=PROTO, metadata={"x-a": "1"})
        async with Client(target) as nest_service:
            await _call_all(nest_service)
            with pytest.raises(RequestTimeoutError):
                await nest_service.send(
                    method("Calculator", "Sleep"), {"milliseconds": 900}, timeout=0.3
                )
        hurried = Grpc(f"127.0.0.1:{stage.port}", proto=PROTO, deadline=0.3)
        async with Client(hurried) as client:
            with pytest.raises(RemoteError) as late:
                await client.send("Calculator.Sleep", {"milliseconds": 900})
            assert late.value.err["code"] == 4


async def _converse(client: Client) -> None:
    """Say each thing once the other side has answered the one before."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def says() -> AsyncIterator[Any]:
        yield {"text": "a"}
        for _ in range(2):
            yield {"text": await heard.get()}

    said = []
    async for each in client.stream("Calculator.Chat", says()):
        said.append(each["text"])
        heard.put_nowait(f"{len(said)}")
    assert said == ["you said a", "you said 1", "you said 2"]


async def _call_all(client: Client) -> None:
    """Make a call of each form, and let some fail."""
    sum_ = method("Calculator", "Sum")
    assert await client.send(sum_, {"values": [1, 2, 3]}) == {"value": 6}
    assert await client.send("/calc.Calculator/Sum", {}) == {}
    counted = [each async for each in client.stream("Calculator.Count", {"last": 3})]
    assert counted == [{"value": 1}, {"value": 2}, {"value": 3}]
    numbers: list[Any] = [{"values": [1]}, {"values": [2, 3]}]
    add = method("Calculator", "Add", stream=True)
    assert await client.send(add, numbers) == {"value": 6}
    texts: list[Any] = [{"text": "a"}, {"text": "b"}]
    said = [each async for each in client.stream("Calculator.Chat", texts)]
    assert said == [{"text": "you said a"}, {"text": "you said b"}]
    assert await client.send(add, ({"values": [each]} for each in (1, 5))) == {
        "value": 6
    }
    await _converse(client)
    fault = {"kind": "rpc", "message": "no such cat"}
    with pytest.raises(RemoteError) as failed:
        await client.send("Calculator.Fail", fault)
    assert failed.value.err == {
        "code": 5,
        "status": "NOT_FOUND",
        "message": "no such cat",
    }
    with pytest.raises(NoHandlerError):
        await client.send("Calculator.Missing", {})
