"""Applications of all sides that listen with bounds on what they hold for a peer.

Nest's options have counterparts among our limits; Nest 10 has none and passes over
them.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from servers import Limits
from tests.interop.application import Application
from tests.interop.nests import VERSIONS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.interop.nests import Nests

SIDES = (*VERSIONS, "python")
UNBOUNDED = ("v10",)
"""Those which hold whatever a peer makes them hold."""


@asynccontextmanager
async def listening(
    side: str,
    nests: Nests,
    *,
    silence: float = 30,
    buffered: int = 1 << 26,
    unread: int = 1 << 27,
) -> AsyncIterator[int]:
    """Give the port of an application.

    Args:
        side: A version of Nest, or ``python``.
        nests: The versions of Nest.
        silence: Seconds that a peer may be silent inside a frame.
        buffered: UTF-16 units of a frame that are held until it is complete.
        unread: Bytes that are held for a peer that does not read.
    """
    if side == "python":
        limits = Limits(partial_frame=silence, frame=buffered, write_buffer=unread)
        service = Application(limits).service
        async with service.listen("127.0.0.1", 0, grace=0) as server:
            yield server.port
    else:
        port = await nests[side].do(
            "listen",
            port=0,
            incompleteMessageTimeout=int(1_000 * silence),
            maxBufferSize=buffered,
            maxSendBufferSize=unread,
        )
        yield port
        await nests[side].do("shut", port=port)
