"""Real Nest and we, on a broker that speaks WebSocket alone."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from captures.brokers import Mosquitto
from servers import Client
from servers.mqtt import Mqtt
from tests.interop.application import Application
from tests.interop.pairs import SPACES, Ours, reached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json
    from tests.interop.nests import Nests
    from tests.interop.pairs import Caller


@pytest.fixture(scope="module")
def framed() -> Iterator[Mosquitto]:
    with Mosquitto({"protocol": "websockets"}) as broker:
        yield broker


@pytest.mark.parametrize("version", ["v11", "v12"])
async def test_calls_streams_errors_and_large_payloads_cross_both_ways(
    version: str, nests: Nests, framed: Mosquitto
) -> None:
    nest, space = nests.spelling(version, SPACES["mqtt"]), SPACES["mqtt"]
    number = await nest.do("attend", over="mqtt", url=framed.url)
    async with Client(Mqtt(framed.url)) as client:
        await _check(Ours(client, space))
    await nest.do("leave", which=number)
    service = Application(space=space).service
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(service.listen(Mqtt(framed.url), grace=0))
        reaching = reached(nest, "mqtt", framed.url, space)
        await _check(await stack.enter_async_context(reaching))


async def _check(caller: Caller) -> None:
    numbers: Json = [1, 2, 3, 4, 5]
    assert await caller.observe({"sum": "promise"}, numbers) == [["value", 15], ["end"]]
    seen = await caller.observe({"sum": "stream"}, numbers)
    assert seen == [*(["value", each] for each in range(1, 6)), ["end"]]
    (error,) = await caller.observe("error.text", 0)
    assert error[0] == "error"
    large: Json = {"repeat": "大", "times": 20_000}
    assert await caller.observe("echo length", large) == [["value", 20_000], ["end"]]
