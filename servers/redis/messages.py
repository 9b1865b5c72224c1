"""What Redis says of a message besides its body.

Source: ``packages/microservices/ctx-host/redis.context.ts``.
"""

from __future__ import annotations

from servers.deliveries import Delivery


class RedisMessage(Delivery, frozen=True):
    """A message as Redis delivered it: the ``carrier`` of a context.

    Attributes:
        channel: The channel that it was published to, also where a wildcard matched.
        headers: Always empty: Redis has none.
    """
