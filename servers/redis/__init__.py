"""Redis: a service that answers over its channels, and a client that calls over them.

::

    from servers.redis import Redis             # pip install protocol-inspect[redis]

    asyncio.run(service.serve(Tcp(port=8888), Redis("redis://127.0.0.1:6379")))

==========  =======================================================================
module      contents
==========  =======================================================================
transport   where the server is, and how it is used
subscriber  a service there: a subscription for each route
wire        a client there: a subscription for the replies to each pattern
connecting  a connection of redis-py, whose replies are read in their order
messages    what Redis says of a message
==========  =======================================================================
"""

from .messages import RedisMessage
from .transport import Redis

__all__ = ["Redis", "RedisMessage"]
