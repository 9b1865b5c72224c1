"""Clients of Nest that leave their streams: Nest has no message that says so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.interop.pairs import WE_ARE_CALLED, Pair

if TYPE_CHECKING:
    from tests.interop.nests import Nests

_LEFT = 1_100
_AT_ONCE = 100


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_a_call_is_answered_beside_streams_that_were_left(
    name: str, nests: Nests
) -> None:
    async with Pair.of(name, nests).connected() as caller:
        for _ in range(_LEFT // _AT_ONCE):
            left = (
                caller.observe("stream.silent", 0, first=1) for _ in range(_AT_ONCE)
            )
            assert (
                await asyncio.gather(*left)
                == [[["value", "first"], ["end"]]] * _AT_ONCE
            )
        assert await caller.observe("echo", "heard") == [["value", "heard"], ["end"]]
