"""MQTT: a service that answers by it, and a client that calls by it.

::

    from servers.mqtt import Mqtt               # pip install protocol-inspect[mqtt]

    mqtt = Mqtt("mqtt://127.0.0.1", group="workers")
    asyncio.run(service.serve(Tcp(port=8888), mqtt))

==========  =======================================================================
module      contents
==========  =======================================================================
transport   where the broker is, and how it is used
subscriber  a service there: a subscription for each route
wire        a client there: topics of replies, what the broker confirms
connecting  a connection of paho-mqtt, and its errors
sockets     … its socket, read and written by the event loop
framing     … and over WebSocket
exchange    … the messages on it, until they are confirmed
packets     messages as bytes
messages    what MQTT says of a message, and payloads with more beside them
options     how MQTT is used
==========  =======================================================================
"""

from .messages import MqttMessage, MqttRecord
from .options import Options
from .transport import Mqtt

__all__ = ["Mqtt", "MqttMessage", "MqttRecord", "Options"]
