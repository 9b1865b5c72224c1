"""Many frames in one segment, which every server and every client takes apart.

One frame in many segments is the matter of ``test_bytes_may_come_in_any_pieces``.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from servers import Client
from tests.interop.listeners import SIDES, listening
from tests.interop.nests import VERSIONS, Nest
from tests.interop.pairs import Ours, opened
from tests.servers.peers import Peer, frame, request, scripted, until

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protocol import Json
    from tests.interop.nests import Nests
    from tests.interop.pairs import Caller

_MANY = 1_000
_BURST = 12_000  # of Nest's own test


@pytest.mark.parametrize("side", SIDES)
async def test_every_request_of_a_segment_is_answered_once(
    side: str, nests: Nests
) -> None:
    async with listening(side, nests) as port:
        peer = await Peer.connect(port)
        numbers = range(_MANY)
        peer.write(b"".join(request("echo", n, str(n)) for n in numbers))
        await until(lambda: len(peer.bodies) >= _MANY)
        (after,) = await peer.ask(request("echo", "after", "after"))
        await peer.aclose()

    replies = [(packet["id"], packet["response"]) for packet in peer.packets]
    assert sorted(replies[:-1]) == sorted((str(n), n) for n in numbers)
    assert after["response"] == "after"


async def _after_a_burst(port: int) -> list[Json]:
    """Return what is answered after many empty packets in one segment."""
    peer = await Peer.connect(port)
    peer.write(b"2#{}" * _BURST + request("echo", "after"))
    await until(lambda: peer.bodies or peer.closed)
    await peer.aclose()
    return [packet["response"] for packet in peer.packets]


@pytest.mark.parametrize("side", [side for side in SIDES if side != "v10"])
async def test_a_burst_of_empty_packets_is_survived(side: str, nests: Nests) -> None:
    async with listening(side, nests) as port:
        assert await _after_a_burst(port) == ["after"]


async def test_a_burst_of_empty_packets_overflows_the_stack_of_nest_10() -> None:
    with Nest.start("v10") as nest:  # whose process may end
        assert await _after_a_burst(await nest.port()) == []


async def _answered_at_once(caller: Caller, waiting: list[Json]) -> None:
    calls = (caller.observe("echo", n) for n in range(_MANY))
    seen = await asyncio.gather(*calls)
    assert len(waiting) == _MANY
    assert seen == [[["value", n], ["end"]] for n in range(_MANY)]


def _segment(packets: Iterable[Json]) -> bytes:
    return b"".join(
        frame({"id": packet["id"], "response": packet["data"], "isDisposed": True})
        for packet in packets
    )


@pytest.mark.parametrize("side", SIDES)
async def test_every_reply_of_a_segment_finds_its_call(side: str, nests: Nests) -> None:
    waiting: list[Json] = []

    def answer(peer: Peer, packet: Json) -> None:
        waiting.append(packet)
        if len(waiting) == _MANY:
            peer.write(_segment(reversed(waiting)))

    async with scripted(answer) as (port, _):
        if side in VERSIONS:
            async with opened(nests[side], port) as caller:
                await _answered_at_once(caller, waiting)
        else:
            async with Client("127.0.0.1", port) as client:
                await _answered_at_once(Ours(client), waiting)
                assert client.unclaimed_replies == 0
