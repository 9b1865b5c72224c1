"""MQTT as one of the transports by which a service is served, or a client calls."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from servers.brokers.extras import require_extra
from servers.brokers.transport import BrokerTransport
from servers.brokers.urls import checked_url, shown_url
from servers.errors import UsageError

from .connecting import Settings
from .framing import FRAMED, is_framed
from .options import Options
from .subscriber import MqttSubscriber
from .wire import MqttWire

DEFAULT_URL = "mqtt://localhost:1883"
"""Source: ``packages/microservices/constants.ts``, ``MQTT_DEFAULT_URL``."""


class Mqtt(BrokerTransport[Settings]):
    """A broker of MQTT.

    Args:
        url: Where it is: ``mqtt://`` or, with TLS, ``mqtts://``; over WebSocket
            ``ws://`` or ``wss://``, with a path if the broker wants one.
        options: How it is used: see :class:`~servers.mqtt.options.Options`.

    Attributes:
        name: The URL, without a password.

    Raises:
        UsageError: The URL or an option is none, or paho-mqtt is not installed, or over
            WebSocket websockets.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        **options: Any,  # noqa: ANN401 — the fields of Options
    ) -> None:
        require_extra("paho", "mqtt")
        name = shown_url(checked_url(url, "mqtt", "mqtts", *FRAMED))
        if is_framed(urlsplit(url).scheme):
            require_extra("websockets", "ws")
        try:
            chosen = Options(**options)
        except TypeError as error:
            raise UsageError(f"MQTT: {error}") from None
        super().__init__(Settings(name, url, chosen), MqttSubscriber, MqttWire)

    @property
    def shared(self) -> bool:
        """Whether several processes share the messages: where there is a group."""
        return bool(self._settings.options.group)
