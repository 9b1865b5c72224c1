from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from servers.brokers.confirming import ConfirmedWire
from servers.brokers.letters import event_letter
from servers.client.brokers import Terms
from servers.limits import Limits
from tests.servers.brokers.toy import Toy, ToyWire
from tests.servers.peers import until

if TYPE_CHECKING:
    import pytest

    from servers.brokers.letters import Letter


class _Wire(ToyWire, ConfirmedWire):
    """A client at a broker that confirms when the test does."""

    async def publish(self, letters: list[tuple[Letter, str | None]]) -> None:
        for number, (_, identity) in enumerate(letters, len(self.unconfirmed) + 1):
            self.unconfirmed[number] = identity


def _wire(ended: list[Exception | None]) -> _Wire:
    terms = Terms(Limits(), None, lambda _: None, lambda _: None)
    wire = _Wire(Toy(), terms, ended.append)
    wire.usable = True
    return wire


def _event(wire: _Wire, body: bytes) -> None:
    wire.send(event_letter("log", body.decode(), {}))


async def test_a_close_waits_for_what_is_not_confirmed() -> None:
    ended: list[Exception | None] = []
    wire = _wire(ended)
    for body in (b"1", b"2"):
        _event(wire, body)
    closing = asyncio.create_task(wire.close())
    await until(lambda: len(wire.unconfirmed) == 2)
    for number in (1, 2):
        await asyncio.sleep(0)
        assert not closing.done()
        wire.unconfirmed.pop(number)
        wire.note_confirmed()
    await closing

    assert ended == [None]


async def test_events_that_may_be_lost_are_counted_in_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    wire = _wire([])
    wire.unconfirmed.update({1: None, 2: "the id of a request", 3: None})
    wire.end(OSError("gone"))

    assert "2 events were not confirmed, and may be lost" in caplog.text
    assert not wire.unconfirmed


async def test_an_end_lets_whoever_closes_go_on() -> None:
    ended: list[Exception | None] = []
    wire, lost = _wire(ended), OSError("gone")
    _event(wire, b"1")
    closing = asyncio.create_task(wire.close())
    await until(lambda: wire.unconfirmed)
    await asyncio.sleep(0)
    wire.end(lost)
    await closing

    assert ended == [lost]
