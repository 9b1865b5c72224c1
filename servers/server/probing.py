"""Probes of a service by HTTP, from before its server starts until it has ended."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from msgspec import json

from protocol import UNDEFINED
from servers.logs import logger_of
from servers.serving.binding import bind
from servers.serving.probes import probed
from servers.sockets import address_name

from .states import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from servers.hooks import Hooks
    from servers.serving.places import Place

    from .health import Health
    from .listener import Server

logger = logger_of("server")


class Probed:
    """Whose readiness is told.

    Attributes:
        server: The server, once there is one.
    """

    def __init__(self, health: Health, hooks: Hooks | None) -> None:
        self.server: Server | None = None
        self._health = health
        self._hooks = hooks

    async def readiness(self) -> tuple[bool, bytes]:
        """Return whether the service is ready, and the report as JSON."""
        server = self.server
        if server is None:
            report = await self._health.report(State())
        else:
            yielded = UNDEFINED if server.stopped else server.state
            report = await self._health.report(server.health, yielded)
        return report.status == "ready", json.encode(report)

    def metrics(self) -> tuple[str, bytes] | None:
        """Return media type and text of the metrics that the hooks keep, if any."""
        return self._hooks.metrics() if self._hooks is not None else None


@asynccontextmanager
async def probing(
    health: Health,
    hooks: Hooks | None,
    place: Place | None,
    level: int = logging.DEBUG,
) -> AsyncIterator[Probed]:
    """Answer probes at a place, or nowhere, for as long as the block lasts.

    Args:
        health: Whose report is told.
        hooks: Whose metrics are told.
        place: Where probes are answered; None for nowhere.
        level: At which the place is logged.

    Raises:
        ListenError: The place is in use, or not ours.
    """
    watched = Probed(health, hooks)
    if place is None:
        yield watched
        return
    bound = await asyncio.to_thread(bind, place)
    async with probed(bound, watched.readiness, watched.metrics):
        for each in bound.sockets:
            name = address_name(each.getsockname())
            logger.log(level, "probes at http://%s/readyz", name)
        yield watched
