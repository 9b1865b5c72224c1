"""Brokers of one's own: on the loopback interface, with folders of their own.

::

    with NatsServer() as server:
        connect(server.url)
        server.restart()                         # on the same port

Nothing that runs on the machine besides, as a service of Debian's packages, is used or
disturbed, and nothing is left after the block. That a broker is ready is learnt without
a connection to the port of its clients: a capture begins with the first client.

=============  =======================================================================
``broker``     what they have in common: start, end, restart, and what is waited for
``nats``       nats-server
``redis``      redis-server
``mosquitto``  mosquitto, for MQTT
``rabbitmq``   rabbitmq-server, which takes some 10 s to start
``kafka``      noida-db and tansu, which speak Kafka's protocol
=============  =======================================================================
"""

from .broker import HOST, PATIENCE, Broker, BrokerError, Settings
from .kafka import KafkaBroker, Noida, Tansu
from .mosquitto import Mosquitto
from .nats import NatsServer, routes
from .rabbitmq import RabbitMQServer
from .redis import RedisServer

__all__ = [
    "HOST",
    "PATIENCE",
    "Broker",
    "BrokerError",
    "KafkaBroker",
    "Mosquitto",
    "NatsServer",
    "Noida",
    "RabbitMQServer",
    "RedisServer",
    "Settings",
    "Tansu",
    "routes",
]
