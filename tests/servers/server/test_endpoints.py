"""What a server asks of a broker is what the protocol says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers import Service
from servers.server.endpoints import Endpoint, Transport
from tests.servers.brokers.toy import Toy, ToySubscriber

if TYPE_CHECKING:
    from servers.server.endpoints import Reception


def _members(protocol: type) -> set[str]:
    return {name for name in vars(protocol) if not name.startswith("_")}


async def test_a_toy_broker_is_a_transport_and_gives_an_endpoint() -> None:
    toy: Transport = Toy()
    given: list[Reception] = []

    class Asked(Toy):
        async def attend(self, reception: Reception) -> ToySubscriber:
            given.append(reception)
            return await super().attend(reception)

    service = Service()
    async with service.listen(asked := Asked()) as server:
        endpoint: Endpoint = asked.subscribers[0]
        for name in _members(Endpoint):
            assert hasattr(endpoint, name), name
        assert given[0].server is server
        assert given[0].routes is service.handlers
        assert given[0].limits is service.limits

    for name in _members(Transport):
        assert hasattr(toy, name), name
