from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import Json  # noqa: TC001 — the service reads annotations
from servers import Client, Context, Service
from servers.redis import Redis, RedisMessage

if TYPE_CHECKING:
    from captures.brokers import RedisServer


async def test_a_context_has_the_channel(redis_server: RedisServer) -> None:
    service = Service()

    @service.message({"cmd": "messages"})
    def about(context: Context) -> Json:
        assert isinstance(context.carrier, RedisMessage)
        return [context.carrier.channel, dict(context.carrier.headers)]

    redis = Redis(redis_server.url)
    async with service.listen(redis), Client(redis) as nest:
        told = await nest.send({"cmd": "messages"}, 1)

    assert told == ['{"cmd":"messages"}', {}]
