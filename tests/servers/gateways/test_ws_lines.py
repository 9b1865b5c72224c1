from __future__ import annotations

from servers import Service
from servers.gateways import Ws
from tests.servers.gateways.talking import heard, plain
from tests.servers.peers import until


async def test_texts_leave_in_their_order_before_the_end() -> None:
    gateway = Ws("127.0.0.1", 0)
    async with Service().listen(gateway), plain(gateway) as connection:
        await until(lambda: gateway.clients)
        (client,) = gateway.clients.values()
        for number in range(100):
            client.emit("number", number)
        client.disconnect()
        client.disconnect()
        numbers = [(await heard(connection))["data"] for _ in range(100)]

    assert numbers == list(range(100))
