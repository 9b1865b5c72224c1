"""Where a scenario over NATS is played; see ``broker_stage``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .broker_stage import BrokerStage
from .brokers import NatsServer
from .nats_raw import RawClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .brokers import Settings


class NatsStage(BrokerStage[NatsServer]):
    """A stage whose brokers are servers of NATS."""

    carrier = "nats"
    libraries = ("@nats-io/transport-node", "nats")

    def new_broker(self, settings: Settings) -> NatsServer:
        """Return a server of NATS that is not started yet."""
        return NatsServer(settings)

    @contextmanager
    def raw(self, server: NatsServer, role: str) -> Iterator[RawClient]:
        """Let a client take part that is nothing but a socket."""
        with RawClient(server.port, role) as client:
            self.take_part(client)
            yield client
