"""Where a scenario over NATS is played; see ``broker_stage``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .broker_stage import BrokerStage
from .brokers import NatsServer

if TYPE_CHECKING:
    from .brokers import Settings


class NatsStage(BrokerStage[NatsServer]):
    """A stage whose brokers are servers of NATS."""

    carrier = "nats"
    libraries = ("@nats-io/transport-node", "nats")

    def new_broker(self, settings: Settings) -> NatsServer:
        """Return a server of NATS that is not started yet."""
        return NatsServer(settings)
