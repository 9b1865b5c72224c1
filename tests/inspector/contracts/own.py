"""What a person writes by hand around a generated contract, ``contract.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract import Calls, CountReply, SumData, SumReply, service_of  # type: ignore[import-not-found,unused-ignore]

from servers import CallError, Client, RpcError, Service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Own:
    """The handlers of a service."""

    async def pattern_7(self, data: int) -> int:
        return 7 * data

    async def count(self, data: dict[str, Any]) -> AsyncIterator[CountReply]:  # noqa: ARG002
        for number in (1, 2, 3):
            yield number

    async def echo(self, data: str) -> str:
        return data

    async def fail(self, data: dict[str, Any]) -> Any:  # noqa: ANN401
        raise RuntimeError(data)

    async def log(self, data: str) -> None:
        assert data

    async def nobody(self, data: dict[str, Any]) -> None:
        assert data == {}

    async def nothing(self, data: dict[str, Any]) -> None:
        assert data == {}

    async def refuse(self, data: dict[str, Any]) -> Any:  # noqa: ANN401, ARG002
        raise RpcError("refused")

    async def square(self, data: int) -> int:
        return data * data

    async def sum(self, data: SumData) -> SumReply:
        return sum(data)

    async def tick(self, data: dict[str, Any]) -> AsyncIterator[int]:  # noqa: ARG002
        yield 0
        yield 1

    async def unknown(self, data: dict[str, Any]) -> None:
        assert data == {}

    async def cmd_sum(self, data: list[int]) -> int:
        return sum(data)


def own_service() -> Service:
    """Return a service of the handlers."""
    service: Service = service_of(Own())
    return service


async def call(port: int) -> dict[str, Any]:
    """Call a service by the generated client."""
    async with Client("127.0.0.1", port) as client:
        calls = Calls(client)
        found: dict[str, Any] = {
            "sum": await calls.sum([1, 2, 3]),
            "cmdSum": await calls.cmd_sum([4]),
            "count": [number async for number in calls.count({})],
            "echo": await calls.echo("求和"),
        }
        try:
            await calls.refuse({})
        except CallError as error:
            found["refused"] = str(error).partition(" (")[0]
        await calls.log("done")
        return found
