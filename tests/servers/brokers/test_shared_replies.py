"""A client whose replies come by channels that all may hear, at real brokers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from captures.brokers import Mosquitto, RedisServer
from servers import Client, Service
from servers.brokers import shared_replies
from servers.mqtt import Mqtt
from servers.redis import Redis
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.brokers.shared_replies import SharedReplyWire


@pytest.fixture(params=["Redis", "MQTT"], scope="module")
def transport(request: pytest.FixtureRequest) -> Iterator[Redis | Mqtt]:
    if request.param == "Redis":
        with RedisServer() as redis:
            yield Redis(redis.url)
    else:
        with Mosquitto() as mosquitto:
            yield Mqtt(mosquitto.url)


@pytest.fixture
def wires(
    monkeypatch: pytest.MonkeyPatch, transport: Redis | Mqtt
) -> list[SharedReplyWire]:
    """Return the wires that clients make from now on."""
    made: list[SharedReplyWire] = []
    kept = transport._wire  # noqa: SLF001 — what it makes is looked at

    def make(*given: object) -> SharedReplyWire:
        made.append(cast("SharedReplyWire", kept(*given)))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(transport, "_wire", make)
    return made


def _echoing() -> Service:
    service = Service()
    for number in range(20):
        service.message(f"echo{number}")(lambda data: data)
    return service


async def test_a_call_that_begins_as_its_channel_is_left_is_replied_to(
    monkeypatch: pytest.MonkeyPatch,
    transport: Redis | Mqtt,
    wires: list[SharedReplyWire],
) -> None:
    monkeypatch.setattr(shared_replies, "LINGER", 0.0)
    async with _echoing().listen(transport), Client(transport) as nest:
        for number in range(20):
            await nest.send("echo0", number)
            call = asyncio.create_task(nest.send("echo0", [number]))
            await asyncio.sleep(0)  # it has posted its letter, which has not left
            wires[0]._look()  # noqa: SLF001 — as the timer does
            assert await call == [number]


async def test_calls_are_replied_to_while_channels_are_left_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
    transport: Redis | Mqtt,
    wires: list[SharedReplyWire],
) -> None:
    monkeypatch.setattr(shared_replies, "LINGER", 0.001)
    async with _echoing().listen(transport), Client(transport) as nest:
        for turn in range(40):
            asked = [nest.send(f"echo{n % 20}", n) for n in range(turn)]
            assert await asyncio.gather(*asked) == [*range(turn)]
            await asyncio.sleep(0.0005 * (turn % 5))
        await until(lambda: not wires[0]._channels)  # noqa: SLF001 — all are left


async def test_it_goes_on_after_an_end(
    transport: Redis | Mqtt, wires: list[SharedReplyWire]
) -> None:
    async with _echoing().listen(transport), Client(transport) as nest:
        assert await nest.send("echo1", 1) == 1
        wires[0].end(OSError("over"))
        assert wires[0]._timer is None  # noqa: SLF001 — nothing is left behind
        assert await nest.send("echo1", 2) == 2

    assert len(wires) == 2
