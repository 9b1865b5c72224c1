"""Where a scenario over MQTT is played; see ``broker_stage``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .broker_stage import BrokerStage
from .brokers import Mosquitto

if TYPE_CHECKING:
    from .brokers import Settings


class MqttStage(BrokerStage[Mosquitto]):
    """A stage whose brokers are Mosquittos."""

    carrier = "mqtt"
    libraries = ("mqtt",)

    def new_broker(self, settings: Settings) -> Mosquitto:
        """Return a Mosquitto that is not started yet."""
        return Mosquitto(settings)
