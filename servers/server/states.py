"""What a server is doing, for whoever asks."""

from __future__ import annotations

from typing import Literal

import msgspec


class State(msgspec.Struct, frozen=True):
    """What a server is doing.

    Attributes:
        status: ``starting`` until it listens and while one of its brokers is lost,
            ``stopping`` from the signal that ends
            it on, else ``ready``.
        connections: Open connections.
        in_flight: Messages and events being handled.
        uptime: Seconds since it started.
    """

    status: Literal["starting", "ready", "stopping"] = "starting"
    connections: int = 0
    in_flight: int = 0
    uptime: float = 0.0
