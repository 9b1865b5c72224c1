"""Where a scenario over Redis is played; see ``broker_stage``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .broker_stage import BrokerStage
from .brokers import RedisServer

if TYPE_CHECKING:
    from .brokers import Settings


class RedisStage(BrokerStage[RedisServer]):
    """A stage whose brokers are servers of Redis."""

    carrier = "redis"
    libraries = ("ioredis",)

    def new_broker(self, settings: Settings) -> RedisServer:
        """Return a server of Redis that is not started yet."""
        return RedisServer(settings)
