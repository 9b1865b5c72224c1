from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from servers import ConnectError
from servers.rabbitmq.connecting import Link, Settings, connect, reason
from servers.rabbitmq.options import Options
from tests.servers.peers import until

if TYPE_CHECKING:
    from captures.brokers import RabbitMQServer


async def _nothing(_: Link) -> None:
    """Declare nothing."""


def _ignore(_: object) -> None:
    """Note nothing."""


def _settings(*urls: str) -> Settings:
    return Settings("rabbit", list(urls), Options())


def _nobody() -> str:
    """Return a URL at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"amqp://127.0.0.1:{listening.getsockname()[1]}"


async def test_where_nobody_listens_there_is_no_connection() -> None:
    with pytest.raises(ConnectError) as caught:
        await connect(_settings(_nobody()), _ignore, _ignore, _nothing)

    assert str(caught.value) == "cannot connect to rabbit: Connection refused"


async def test_the_first_node_that_answers_is_used(
    rabbit_server: RabbitMQServer,
) -> None:
    settings = _settings(_nobody(), rabbit_server.url)
    link = await connect(settings, _ignore, _ignore, _nothing)

    assert link.usable
    assert link.largest == 131_072
    await link.close()


@pytest.mark.parametrize(
    ("change", "why"),
    [("guest:wrong@127", "ACCESS_REFUSED"), ("127", "refuses the virtual host 'nope'")],
)
async def test_a_broker_that_refuses_says_why(
    rabbit_server: RabbitMQServer, change: str, why: str
) -> None:
    url = rabbit_server.url.replace("127", change, 1)
    with pytest.raises(ConnectError, match=why) as caught:
        await connect(_settings(f"{url}/nope"), _ignore, _ignore, _nothing)

    assert "wrong" not in str(caught.value)


async def test_the_end_of_a_connection_is_told_with_its_cause(
    rabbit_server: RabbitMQServer,
) -> None:
    told: list[Exception | None] = []
    link = await connect(_settings(rabbit_server.url), _ignore, told.append, _nothing)
    await until(lambda: rabbit_server.ask("connections"))
    await asyncio.to_thread(rabbit_server.close_connections)
    await until(lambda: told)

    assert "CONNECTION_FORCED" in str(told[0])
    assert len(told) == 1
    assert not link.usable


async def test_a_channel_that_the_broker_closes_is_the_end(
    rabbit_server: RabbitMQServer,
) -> None:
    told: list[Exception | None] = []
    link = await connect(_settings(rabbit_server.url), _ignore, told.append, _nothing)
    await link.channel.basic_publish(b"", exchange="nope")
    await until(lambda: told)

    assert "no exchange 'nope'" in str(told[0])
    await link.close()


async def test_an_end_of_ones_own_is_not_told(rabbit_server: RabbitMQServer) -> None:
    told: list[Exception | None] = []
    link = await connect(_settings(rabbit_server.url), _ignore, told.append, _nothing)
    await link.close()

    assert told == []
    assert not link.usable


def test_the_reason_of_an_error_is_one_line() -> None:
    assert reason(OSError(111, "x")) == "Connection refused"
    assert reason(ValueError("words")) == "words"
    assert reason(ValueError()) == "ValueError"
