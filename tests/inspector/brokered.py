"""A carrier with a broker, as far as views ask a carrier: its names and its costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from inspector.calls import costs
from inspector.carriers import registry
from inspector.carriers.base import Cost, Taken
from inspector.carriers.nest_tcp.carrier import NestTcp

if TYPE_CHECKING:
    import pytest

    from inspector.carriers.base import Carrier
    from inspector.streams.connections import Connection

_COSTS = {"message": 5, "event": 2}


class Hare(NestTcp):
    """Over a broker of its own a message takes five packets, and an event two."""

    name = "hare"
    title = "HareMQ"
    brokered = True

    def cost(self, taken: Taken) -> Cost | None:
        """Return what an exchange takes."""
        packets = _COSTS.get(taken.kind)
        return None if packets is None else Cost(packets, "hops")


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be a carrier with a broker for one test."""
    there = cast("dict[str, Carrier]", registry.carriers())
    monkeypatch.setitem(there, Hare.name, Hare())
    for cached in (costs.usual, costs.varies, costs.plain_cost):
        cached.cache_clear()


def over_hare(*connections: Connection) -> None:
    """Let the broker carry connections."""
    for connection in connections:
        connection.carrier = "hare"
