from __future__ import annotations

from typing import Any

import pytest

from captures.gateway_stage import free_port
from captures.grpc_stage import PROTO
from servers import CallError, Client, ConnectError, PatternError, Service
from servers.grpc import Grpc, method


async def test_a_service_that_is_not_there_cannot_be_called() -> None:
    async with Client(Grpc(f"127.0.0.1:{free_port()}", proto=PROTO)) as client:
        with pytest.raises(ConnectError, match="cannot be reached"):
            await client.send("Calculator.Sum", {})


async def test_what_is_sent_has_to_be_of_a_method_and_its_type() -> None:
    service, heard = Service(), []

    @service.message(method("Calculator", "Echo"))
    def echo(data: Any) -> Any:  # noqa: ANN401
        heard.append(data)
        return data

    transport = Grpc("127.0.0.1:0", proto=PROTO)
    async with service.listen(transport):
        target = Grpc(f"127.0.0.1:{transport.port}", proto=PROTO)
        async with Client(target) as client:
            with pytest.raises(PatternError, match="not a method"):
                await client.send("Calculator.Nope", {})
            with pytest.raises(CallError, match="nope"):
                await client.send("Calculator.Echo", {"nope": 1})
            await client.emit("Calculator.Echo", {"text": "told"})
            assert await client.send("Calculator.Echo", {"text": "a"}) == {"text": "a"}
    assert {"text": "told"} in heard
