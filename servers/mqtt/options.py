"""How MQTT is used, by a service or by a client.

Source: ``packages/microservices/interfaces/microservice-configuration.interface.ts``,
``MqttOptions``; mqtt.js, ``IClientOptions``.
"""

from __future__ import annotations

import ssl  # noqa: TC003 — msgspec reads the fields
from collections.abc import Mapping  # noqa: TC003
from typing import Literal, TypeAlias

import msgspec

from servers.errors import UsageError

QoS: TypeAlias = Literal[0, 1, 2]
Version: TypeAlias = Literal["5", "3.1.1"]
_IN_FLIGHT = 20  # Mosquitto's, in either direction


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What can be chosen.

    Attributes:
        qos: Of what is published and of subscriptions: 0 at most once, 1 at least once,
            2 exactly once, from here to the broker and from there to the other side
            (Nest: 0). With 0 no broker says that nobody is subscribed.
        qos_of: Of the subscriptions of a service, by route, where it is another.
        group: For a service: the group of its instances, to one of which each message
            is delivered (``$share``). A pattern may name one itself, as in Nest.
        headers: User properties of each message of a client; MQTT 5 alone has them.
        version: Of MQTT (Nest: 3.1.1). Only a broker of 5 says that nobody is
            subscribed.
        client_id: For a service: the name of its connection; the broker gives one by
            default. A session needs one.
        session: Seconds that the broker keeps subscriptions, and messages of QoS 1 and
            2, for a service that is away; 0 for none.
        keepalive: Seconds of silence after which either side asks for a sign.
        in_flight: Messages of QoS 1 and 2 that may be unconfirmed; brokers end the
            connections of those that send more than they take.
        tls: For ``mqtts``: the context, by default that of the system.
    """

    qos: QoS = 1
    qos_of: Mapping[str, QoS] = {}
    group: str = ""
    headers: Mapping[str, str] = {}
    version: Version = "5"
    client_id: str = ""
    session: int = 0
    keepalive: int = 60
    in_flight: int = _IN_FLIGHT
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            UsageError: It does.
        """
        if not {self.qos, *self.qos_of.values()} <= {0, 1, 2}:
            raise UsageError("qos is 0, 1 or 2")
        if self.version not in ("5", "3.1.1"):
            raise UsageError("version is one of '5', '3.1.1'")
        if self.session and not self.client_id:
            raise UsageError("a session needs a client_id, by which it is found again")
        if any(each in self.group for each in "/+#\0"):
            raise UsageError("the name of a group has no '/', '+' or '#'")
        if not 1 <= self.in_flight < 1 << 16:
            raise UsageError("in_flight is from 1 to 65535")
        if self.keepalive < 0 or self.session < 0:
            raise UsageError("keepalive and session are no such numbers")
