"""NATS: a service that answers over it, and a client that calls over it.

::

    from servers.nats import Nats               # pip install protocol-inspect[nats]

    asyncio.run(service.serve(Tcp(port=8888), Nats("nats://127.0.0.1:4222")))

==========  =======================================================================
module      contents
==========  =======================================================================
transport   where the server is, and how it is used
subscriber  a service there: a subscription for each route
wire        a client there: one inbox for all replies
connecting  a connection of nats-py, and its errors
passage     the socket: messages go past nats-py, everything else through it
operations  operations with messages, as bytes
library     what of nats-py has no public name
messages    what NATS says of a message, and payloads with headers
==========  =======================================================================
"""

from .messages import NatsMessage, NatsRecord
from .transport import Nats

__all__ = ["Nats", "NatsMessage", "NatsRecord"]
