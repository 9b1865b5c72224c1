"""The stand-in by itself; ``tests/servers/discovery`` asks it by HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

from servers.demos.consul import Agent
from tests.patience import PATIENCE


def _service(name: str, **check: str) -> dict[str, Any]:
    return {"ID": name, "Name": name, "Address": "", "Port": 1, "Check": check}


async def test_a_check_passes_until_its_time_is_over() -> None:
    agent = Agent()
    watching = asyncio.create_task(agent.watch())
    await agent.register(_service("calc", CheckID="c", TTL="200ms"))
    assert agent.healthy("calc", passing=True) == []
    assert await agent.set("c", "passing")
    assert len(agent.healthy("calc", passing=True)) == 1
    before = agent.index
    await agent.newer(before, PATIENCE)
    watching.cancel()

    assert agent.index == before + 1
    assert agent.healthy("calc", passing=True) == []
    assert len(agent.healthy("calc", passing=False)) == 1
    assert not await agent.set("none", "passing")


async def test_a_query_ends_after_its_time_though_nothing_is_new() -> None:
    agent = Agent()
    await agent.newer(agent.index, 0.01)
    await agent.deregister("none")

    assert agent.index == 1
