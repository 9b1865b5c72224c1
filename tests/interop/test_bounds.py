"""What a peer may make a server hold: Nest's three options, and our limits beside them.

That a transfer that is slow, but goes on, is not dropped is tested with a clock of its
own, in ``tests/servers/server/test_connection_over_sockets.py``.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.interop.listeners import SIDES, UNBOUNDED, listening
from tests.servers.peers import Peer, request, until

if TYPE_CHECKING:
    from tests.interop.nests import Nests

_SILENCE = 0.3  # seconds
_MANY = 20


def _large_replies() -> list[bytes]:
    """Return requests for a megabyte each."""
    return [request("large", 1 << 20, str(n)) for n in range(_MANY)]


@pytest.mark.parametrize("side", SIDES)
async def test_a_peer_that_is_silent_inside_a_frame_is_dropped(
    side: str, nests: Nests
) -> None:
    async with (
        listening("python", nests, silence=_SILENCE) as clock,
        listening(side, nests, silence=_SILENCE) as port,
    ):
        idle, silent = await Peer.connect(port), await Peer.connect(port)
        timed = await Peer.connect(clock)
        for each in (silent, timed):
            each.write(b"999999#partial")
        await until(lambda: timed.closed)
        if side in UNBOUNDED:
            assert not silent.closed
        else:
            await until(lambda: silent.closed)
        (still,) = await idle.ask(request("echo", "still here"))
        assert still["response"] == "still here"
        for each in (idle, silent, timed):
            await each.aclose()


@pytest.mark.parametrize("side", SIDES)
async def test_a_frame_that_is_too_long_is_not_held(side: str, nests: Nests) -> None:
    text = "x" * 200_000
    async with listening(side, nests, buffered=100_000) as port:
        peer = await Peer.connect(port)
        (fits,) = await peer.ask(request("echo", text[:50_000]))
        assert fits["response"] == text[:50_000]
        answers = await peer.ask(request("echo", text))
        bounded = side not in UNBOUNDED
        assert len(answers) == (0 if bounded else 1)
        assert peer.closed is bounded
        await peer.aclose()


@pytest.mark.parametrize("side", SIDES)
async def test_a_peer_that_lets_replies_pile_up_is_dropped(
    side: str, nests: Nests
) -> None:
    async with listening(side, nests, unread=2 << 20) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"".join(_large_replies()))
        other = await Peer.connect(port)
        for n in range(3):  # by the last one, the replies have been made
            assert await other.ask(request("echo", n))
        late = Peer(reader, writer)
        await until(lambda: late.closed or len(late.bodies) == _MANY)
        assert late.closed is (side not in UNBOUNDED)
        for each in (late, other):
            await each.aclose()


@pytest.mark.parametrize("side", SIDES)
async def test_a_peer_that_reads_has_every_reply(side: str, nests: Nests) -> None:
    async with listening(side, nests, unread=32 << 20) as port:
        peer = await Peer.connect(port)
        peer.write(b"".join(_large_replies()))
        await until(lambda: len(peer.bodies) == _MANY)
        assert not peer.closed
        assert {len(packet["response"]) for packet in peer.packets} == {1 << 20}
        await peer.aclose()
