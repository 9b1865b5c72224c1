"""Where a scenario over RabbitMQ is played; see ``broker_stage``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .broker_stage import BrokerStage
from .brokers import RabbitMQServer

if TYPE_CHECKING:
    from .brokers import Settings


class RabbitStage(BrokerStage[RabbitMQServer]):
    """A stage whose brokers are RabbitMQ."""

    carrier = "rabbitmq"
    libraries = ("amqplib",)

    def new_broker(self, settings: Settings) -> RabbitMQServer:
        """Return a RabbitMQ that is not started yet."""
        return RabbitMQServer(settings)


def options(**chosen: object) -> str:
    """Return options of Nest's, as the applications read them from ``OPTIONS``."""
    return json.dumps(chosen)
