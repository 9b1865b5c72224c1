"""Several handlers of one event: all run, and a request gets what all return."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.interop.pairs import Caller, Pair


async def _heard(caller: Caller, least: int) -> list[object]:
    """What the handlers noted, asked for until there are `least` notes.

    Nobody answers an event, and the next request does not wait for its handlers.
    """
    heard: list[object] = []
    while len(heard) < least:
        (kind, more), end = await caller.observe("heard", 0)
        assert (kind, end) == ("value", ["end"])
        assert isinstance(more, list)
        heard += more
    return heard


async def test_an_event_reaches_every_handler_in_order(pair: Pair) -> None:
    async with pair.connected() as caller:
        await caller.emit("broadcast", 7)
        heard = await _heard(caller, 3)

    assert heard == [["value", 7], ["promise", 7], ["observable", 7]]


async def test_a_request_gets_the_last_value_of_every_handler(pair: Pair) -> None:
    async with pair.connected() as caller:
        seen = await caller.observe("broadcast", 7)
        heard = await _heard(caller, 3)

    joined = {"current": 1, "next": {"current": 2, "next": 4}}
    assert seen == [["value", joined], ["end"]]
    assert heard == [["value", 7], ["promise", 7], ["observable", 7]]


async def test_a_handler_that_fails_does_not_keep_an_event_from_the_next(
    pair: Pair,
) -> None:
    async with pair.connected() as caller:
        await caller.emit("broadcast to some who fail", 7)
        heard = await _heard(caller, 1)
        after = await caller.observe("echo", "after")

    assert heard == [["other", 7]]
    assert after == [["value", "after"], ["end"]]
