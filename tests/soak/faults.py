"""What goes wrong in a soak. Each fault returns the servers that it has ended."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, TypeAlias

from tests.servers.peers import until
from tests.soak import hostile
from tests.soak.ledger import Way

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.soak.ledger import Ledger
    from tests.soak.stage import Stage

    Fault: TypeAlias = Callable[[Stage, Ledger], Awaitable[set[str]]]

_MANY = 300
_PRESSING = 16  # callers of large replies


async def nothing(stage: Stage, ledger: Ledger) -> set[str]:
    """Let the traffic be."""
    del stage, ledger
    return set()


async def killed(stage: Stage, ledger: Ledger) -> set[str]:
    """Kill a server, and start it again."""
    await stage.mortal.kill()
    for _ in range(2):  # the first may be lost, the second finds nobody
        await stage.direct.press(ledger)
    await stage.mortal.start()
    return {stage.mortal.name}


async def stopped(stage: Stage, ledger: Ledger) -> set[str]:
    """Stop a server with grace while it is busy, and start it again."""
    goal = ledger.ended + 2 * _PRESSING
    pressing = [
        asyncio.ensure_future(stage.direct.press(ledger)) for _ in range(_PRESSING)
    ]
    await until(lambda: ledger.ended >= goal)
    await stage.mortal.stop()
    await asyncio.gather(*pressing)
    await stage.mortal.start()
    return {stage.mortal.name}


async def stalled(stage: Stage, ledger: Ledger) -> set[str]:
    """Stall a server until callers have given up."""
    stage.mortal.stall()
    try:
        await asyncio.gather(*(stage.direct.hurry(ledger) for _ in range(20)))
    finally:
        stage.mortal.go_on()
    return set()


async def nest_stalled(stage: Stage, ledger: Ledger) -> set[str]:
    """Stall Nest, server and clients, while the others go on."""
    stage.nest.stall()
    try:
        await stalled(stage, ledger)
    finally:
        stage.nest.go_on()
    return set()


async def cut(stage: Stage, ledger: Ledger) -> set[str]:
    """Cut connections in mid frame, by FIN and by RST."""
    for reset in (False, True, True):
        stage.proxy.cut(reset=reset)
        await _meanwhile(stage, ledger)
    return set()


async def delayed(stage: Stage, ledger: Ledger) -> set[str]:
    """Delay what passes the proxy, for some calls."""
    stage.proxy.latency = 0.01
    await _meanwhile(stage, ledger)
    stage.proxy.latency = 0.0
    return set()


async def _meanwhile(stage: Stage, ledger: Ledger) -> None:
    """Make some calls through the proxy."""
    rng = random.Random(ledger.ended)  # noqa: S311
    await asyncio.gather(*(stage.proxied.call(ledger, rng) for _ in range(5)))


async def flooded(stage: Stage, ledger: Ledger) -> set[str]:
    """Let several peers send as much as they can."""
    servers = (stage.mortal, stage.steady)
    floods = (
        hostile.flood(each.port, ledger, Way(frozenset({each.name})), _MANY)
        for each in servers * 2
    )
    await asyncio.gather(*floods)
    return set()


async def abused(stage: Stage, ledger: Ledger) -> set[str]:
    """Let peers read slowly, vanish, and send what is no frame."""
    del ledger
    port = stage.steady.port
    await asyncio.gather(
        hostile.read_slowly(port, 20),
        hostile.read_slowly(port, 20),
        hostile.vanish(port, 10),
        hostile.babble(port, 5),
    )
    return set()


FAULTS: dict[str, Fault] = {
    "nothing": nothing,
    "killed": killed,
    "stopped": stopped,
    "stalled": stalled,
    "Nest stalled": nest_stalled,
    "cut": cut,
    "delayed": delayed,
    "flooded": flooded,
    "abused": abused,
}
