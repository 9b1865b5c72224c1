"""Where a scenario over Redis is played; see ``broker_stage``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .broker_stage import BrokerStage
from .brokers import RedisServer
from .redis_raw import RawClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .brokers import Settings


class RedisStage(BrokerStage[RedisServer]):
    """A stage whose brokers are servers of Redis."""

    carrier = "redis"
    libraries = ("ioredis",)

    def new_broker(self, settings: Settings) -> RedisServer:
        """Return a server of Redis that is not started yet."""
        return RedisServer(settings)

    @contextmanager
    def raw(self, server: RedisServer, role: str) -> Iterator[RawClient]:
        """Let a client take part that is nothing but a socket."""
        with RawClient(server.port, role) as client:
            self.take_part(client)
            yield client
