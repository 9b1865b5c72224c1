"""Peers of a soak that break the rules, or the patience of a server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.servers.peers import Peer, frame, request, until

if TYPE_CHECKING:
    from tests.soak.ledger import Ledger, Way

_LARGE = 200_000  # bytes of a reply


async def flood(port: int, ledger: Ledger, way: Way, many: int) -> None:
    """Send many requests in one piece; each must be answered once."""
    calls = {
        str(call.number): call for call in (ledger.begin(way) for _ in range(many))
    }
    peer = await Peer.connect(port)
    peer.write(b"".join(request("coroutine", c.order, n) for n, c in calls.items()))
    await until(lambda: len(peer.bodies) >= many or peer.closed)
    await peer.ask(request("held", 0, "last"))
    await peer.aclose()
    for packet in peer.packets:
        if packet["id"] in calls:
            ledger.reply(calls[packet["id"]], packet["response"])


async def read_slowly(port: int, many: int) -> None:
    """Ask for more than is read, read a little now and then, and go."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 10)
    writer.write(b"".join(request("large", _LARGE, str(n)) for n in range(many)))
    for _ in range(many):
        await reader.readexactly(_LARGE // 10)
        await asyncio.sleep(0)
    writer.transport.abort()


async def vanish(port: int, many: int) -> None:
    """Connect, ask, and go in the middle of a frame, or without a word."""
    for n in range(many):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        half = frame({"pattern": "large", "data": _LARGE, "id": "2"})[: 10 * n]
        writer.write(request("large", _LARGE) + half)
        await writer.drain()
        writer.transport.abort()


async def babble(port: int, many: int) -> None:
    """Send what is not a frame."""
    for _ in range(many):
        peer = await Peer.connect(port)
        peer.write(b"GET / HTTP/1.1\r\nHost: nest\r\n\r\n#")
        await until(lambda: peer.closed)  # noqa: B023 — it is awaited here
        await peer.aclose()
