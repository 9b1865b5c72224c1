"""Nest's own test ``sum-rpc``, with the server or the client in Python."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from protocol import Json
    from tests.interop.pairs import Pair

_NUMBERS: list[Json] = [1, 2, 3, 4, 5]


@pytest.mark.parametrize("form", ["value", "promise", "observable"])
async def test_a_sum_is_answered_in_every_form(pair: Pair, form: str) -> None:
    async with pair.connected() as caller:
        seen = await caller.observe({"sum": form}, _NUMBERS)

    assert seen == [["value", 15], ["end"]]


async def test_a_stream_brings_what_is_to_be_summed(pair: Pair) -> None:
    async with pair.connected() as caller:
        seen = await caller.observe({"sum": "stream"}, _NUMBERS)

    assert seen == [*(["value", number] for number in _NUMBERS), ["end"]]


async def test_sums_that_are_asked_for_at_once_are_not_mixed_up(pair: Pair) -> None:
    asked = [[*range(first, first + 10)] for first in range(1, 101, 10)]
    async with pair.connected() as caller:
        calls = (caller.observe({"sum": "promise"}, numbers) for numbers in asked)
        seen = await asyncio.gather(*calls)

    assert seen == [[["value", sum(numbers)], ["end"]] for numbers in asked]


async def test_a_handler_has_the_payload_and_the_context(pair: Pair) -> None:
    async with pair.connected() as caller:
        seen = await caller.observe("payload and context", {"user": 7})

    pattern = "payload and context".replace(" ", pair.space)
    assert seen == [["value", [{"user": 7}, pattern]], ["end"]]
