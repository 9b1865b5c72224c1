"""A producer and a consumer at a broker, and what they say of it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from aiokafka.errors import (
    CommitFailedError,
    KafkaConnectionError,
    MessageSizeTooLargeError,
)

from servers import ConnectError
from servers.kafka import Options
from servers.kafka.connecting import Link, Settings, reason
from servers.kafka.replies import Outgoing
from tests.servers.kafka.brokers import running

if TYPE_CHECKING:
    from captures.brokers import Noida


def _link(url: str, options: Options, lost: list[Exception | None]) -> Link:
    return Link(Settings(url, [url], options), "-client", lost.append)


async def test_topics_are_made_as_they_are_asked_for(noida: Noida) -> None:
    lost: list[Exception | None] = []
    one = _link(noida.url, Options(), lost)
    three = _link(noida.url, Options(partitions=3, idempotent=False), lost)
    for link in (one, three):
        await link.open()
    try:
        assert await one.partitions("connecting.none", create=False) == []
        assert await one.partitions("connecting.one", create=True) == [0]
        assert await three.partitions("connecting.three", create=True) == [0, 1, 2]
        assert await one.partitions("connecting.three", create=False) == [0, 1, 2]
        assert await one.answers()
        sent = await one.send(Outgoing("connecting.one", None, [("a", b"1")]))
        assert (await sent).partition == 0
    finally:
        for link in (one, three):
            await link.close()
    assert not lost


async def test_a_broker_that_is_not_there_is_one_line() -> None:
    link = _link("kafka://127.0.0.1:1", Options(), [])
    with pytest.raises(ConnectError) as caught:
        await link.open()
    await link.close()

    assert str(caught.value) == (
        "cannot connect to kafka://127.0.0.1:1: Connection refused"
    )


async def test_a_broker_without_idempotence_gets_messages_nevertheless() -> None:
    """As Tansu is, which refuses to number a producer."""
    lost: list[Exception | None] = []
    with running("tansu") as url:
        link = _link(url, Options(), lost)
        await link.open()
        await link.partitions("connecting", create=True)
        sent = await link.send(Outgoing("connecting", b"1", [], None, 0))
        assert (await sent).offset >= 0
        await link.close()

        insisting = _link(url, Options(idempotent=True), lost)
        with pytest.raises(ConnectError, match=f"connect to {url}: "):
            await insisting.open()
        await insisting.close()


async def test_a_fault_is_not_taken_for_a_user_that_is_refused() -> None:
    def fail(_: object) -> None:
        raise ValueError("a fault")

    link = _link("kafka://ada:x@127.0.0.1:1", Options(), [])
    link._trying = fail  # type: ignore[assignment, method-assign]  # noqa: SLF001
    peer = SimpleNamespace(start=lambda: None)
    with pytest.raises(ValueError, match="a fault"):
        await link._starting(peer)  # noqa: SLF001


async def test_a_broker_that_hangs_up_has_not_refused_the_user() -> None:
    async def hang_up(_: object, out: asyncio.StreamWriter) -> None:
        out.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        link = _link(f"kafka://ada:x@127.0.0.1:{port}", Options(), [])
        with pytest.raises(ConnectError) as caught:
            await link.open()
        await link.close()

    assert "refused" not in str(caught.value)


def test_errors_are_short() -> None:
    assert reason(MessageSizeTooLargeError()) == "message size too large"
    assert reason(KafkaConnectionError("no broker")) == "no broker"
    assert reason(CommitFailedError()) == (
        "Commit cannot be completed since the group has already rebalanced and "
        "assigned the partitions to another member"
    )
    assert reason(ConnectionRefusedError(111, "x")) == "Connection refused"
