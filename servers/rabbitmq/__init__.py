"""RabbitMQ: a service that answers over it, and a client that calls over it.

::

    from servers.rabbitmq import RabbitMQ       # pip install protocol-inspect[rabbitmq]

    rabbit = RabbitMQ("amqp://localhost", queue="cats_q", prefetch=10, ack="after")
    asyncio.run(service.serve(Tcp(port=8888), rabbit))

============  =====================================================================
module        contents
============  =====================================================================
transport     where the broker is, and how it is used
subscriber    a service there: a queue, whose messages go to handlers
wire          a client there: requests to a queue or an exchange
transactions  events that are published together
handling      one message of a service: its replies, its acknowledgement
declaring     queues and exchanges as both need them
connecting    a connection of aiormq with one channel, and its errors
passage       its socket: messages go past aiormq
messages      what RabbitMQ says of a message, and payloads with properties
options       how a RabbitMQ is used
properties    properties of messages, as bytes
frames        frames that carry messages, as bytes
============  =====================================================================
"""

from .messages import RabbitMessage, RabbitRecord
from .options import Options
from .properties import Properties
from .transactions import Transactions
from .transport import RabbitMQ

__all__ = [
    "Options",
    "Properties",
    "RabbitMQ",
    "RabbitMessage",
    "RabbitRecord",
    "Transactions",
]
