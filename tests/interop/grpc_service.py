"""A service of ours that offers what that of Nest in ``applications/grpc`` does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from servers import Context, RpcError, Service
from servers.grpc import GrpcMessage, method

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOT_FOUND = 5
service = Service()
left: list[str] = []
"""Methods whose clients left before their end."""


def _of(context: Context) -> GrpcMessage:
    carrier = context.carrier
    assert isinstance(carrier, GrpcMessage)
    return carrier


@service.message(method("Calculator", "Sum"))
def add(data: Any) -> Any:  # noqa: ANN401 — JSON
    return {"value": sum(data.get("values", []))}


@service.message(method("Calculator", "Echo"))
@service.message(method("calc.Calculator", "Describe"))
def echo(data: Any) -> Any:  # noqa: ANN401
    return data


@service.message(method("Calculator", "Fail"))
def fail(data: Any) -> None:  # noqa: ANN401
    if data["kind"] == "rpc":
        raise RpcError(NOT_FOUND, data["message"])
    if data["kind"] == "text":
        raise RpcError(data["message"])
    raise ValueError(data["message"])


@service.message("/calc.Calculator/Sleep")
async def sleep(data: Any) -> Any:  # noqa: ANN401
    try:
        await asyncio.sleep(data["milliseconds"] / 1_000)
    except asyncio.CancelledError:
        left.append("Sleep")
        raise
    return {"value": data["milliseconds"]}


@service.message("Calculator.Count")
async def count(data: Any) -> AsyncIterator[Any]:  # noqa: ANN401
    for value in range(1, data.get("last", 0) + 1):
        await asyncio.sleep(data.get("pauseMs", 0) / 1_000)
        if value == data.get("failsAt"):
            raise RpcError(NOT_FOUND, "no such number")
        yield {"value": value}


@service.message(method("Calculator", "Add", stream=True))
async def total(_: Any, context: Context) -> Any:  # noqa: ANN401
    found = 0
    async for each in _of(context).messages():
        found += sum(each.get("values", []))
    return {"value": found}


@service.message(method("Calculator", "Chat", stream=True))
async def chat(_: Any, context: Context) -> AsyncIterator[Any]:  # noqa: ANN401
    async for each in _of(context).messages():
        yield {"text": f"you said {each['text']}"}
