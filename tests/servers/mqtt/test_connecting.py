from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from captures.brokers import Mosquitto
from servers import ConnectError
from servers.mqtt.connecting import Link, Listener, Settings
from servers.mqtt.options import Options
from servers.mqtt.packets import Envelope, properties_field, string_field
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.mqtt.packets import Arrived


def _ignore(*_: object) -> None:
    """Note nothing."""


def _link(
    url: str,
    lost: Callable[[Exception | None], None] = _ignore,
    heard: Callable[[Arrived], None] = _ignore,
    confirmed: Callable[[int, int], None] = _ignore,
    **options: Any,  # noqa: ANN401
) -> Link:
    settings = Settings("mqtt", url, Options(**options))
    return Link(settings, Listener(heard, confirmed, lost))


def _to(topic: str, version: str = "5", qos: int = 1) -> Envelope:
    properties = properties_field({}) if version == "5" else b""
    return Envelope(string_field(topic), qos, retain=False, properties=properties)


async def test_where_nobody_listens_there_is_no_connection() -> None:
    link = _link("mqtt://127.0.0.1:1")
    with pytest.raises(ConnectError) as caught:
        await link.open()
    await link.close()

    assert str(caught.value) == "cannot connect to mqtt: Connection refused"


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_a_broker_that_refuses_says_why(version: str) -> None:
    with Mosquitto({"allow_anonymous": "false"}) as broker:
        url = broker.url.replace("127", "u:wrong@127", 1)
        link = _link(url, version=version)
        with pytest.raises(ConnectError, match="Not authorized") as caught:
            await link.open()
        await link.close()

    assert "wrong" not in str(caught.value)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
async def test_messages_are_confirmed_and_heard(
    mosquitto: Mosquitto, version: str
) -> None:
    heard: list[tuple[str, bytes]] = []
    confirmed: dict[int, int] = {}
    link = _link(
        mosquitto.url,
        heard=lambda each: heard.append((each.topic, each.body)),
        confirmed=confirmed.__setitem__,
        version=version,
    )
    await link.open()
    await link.subscribe({"connecting/+": 1, "connecting/other": 0})
    numbers = [
        link.publish(_to("connecting/a", version), b"1"),
        link.publish(_to("nobody", version), b"2"),
    ]
    await until(lambda: len(confirmed) == 2)
    await until(lambda: heard)
    await link.unsubscribe(["connecting/+"])
    last = link.publish(_to("connecting/a", version), b"3")
    await until(lambda: last in confirmed)
    await link.close()

    nobody = 0x10 if version == "5" else 0
    assert heard == [("connecting/a", b"1")]
    assert [confirmed[each] for each in numbers] == [0, nobody]


async def test_the_end_of_a_connection_is_told_and_what_waits_fails() -> None:
    told: list[Exception | None] = []
    with Mosquitto() as broker:
        link = _link(broker.url, told.append)
        await link.open()
        broker.kill()
        with pytest.raises(ConnectError):
            await link.subscribe({"a": 0})
        await until(lambda: told)
        with pytest.raises(ConnectError, match="the connection is lost"):
            await link.unsubscribe(["a"])
        with pytest.raises(ConnectError, match="the connection is lost"):
            link.publish(_to("a"), b"1")
        await link.close()

    assert len(told) == 1
    assert str(told[0]) in (
        "the broker has closed the connection",
        "Connection reset by peer",
    )


async def test_what_is_no_filter_is_an_error(mosquitto: Mosquitto) -> None:
    link = _link(mosquitto.url)
    await link.open()
    with pytest.raises(ConnectError, match="'#bad': Invalid subscription filter"):
        await link.subscribe({"#bad": 0})
    await link.close()


async def test_a_broker_that_takes_fewer_messages_at_once_says_so() -> None:
    with Mosquitto({"max_inflight_messages": 5}) as broker:
        link = _link(broker.url)
        with pytest.raises(ConnectError, match="pass in_flight=5"):
            await link.open()
        await link.close()
        link = _link(broker.url, in_flight=5)
        await link.open()
        await link.close()


@pytest.mark.parametrize("qos", [0, 1])
async def test_what_is_published_last_arrives(mosquitto: Mosquitto, qos: int) -> None:
    """What comes meanwhile must not reset the connection when it is closed."""
    heard: list[bytes] = []
    listening = _link(mosquitto.url, heard=lambda each: heard.append(each.body))
    await listening.open()
    await listening.subscribe({f"connecting/last/{qos}": 1})
    for number in range(20):
        link = _link(mosquitto.url)
        await link.open()
        await link.subscribe({f"connecting/last/{qos}": 1})  # so that much comes
        for _ in range(50):
            link.publish(_to(f"connecting/last/{qos}", qos=qos), b"x" * 1_000)
        await link.close()
        await until(lambda: len(heard) == 50 * (number + 1))  # noqa: B023 — at once
    await listening.close()


async def test_an_end_of_ones_own_is_not_told(mosquitto: Mosquitto) -> None:
    told: list[Exception | None] = []
    link = _link(mosquitto.url, told.append)
    await link.open()
    await asyncio.sleep(0)
    await link.close()

    assert told == []
