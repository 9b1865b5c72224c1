from __future__ import annotations

from typing import TYPE_CHECKING

from servers import Client, Limits
from tests.servers.brokers.toy import Toy

if TYPE_CHECKING:
    from servers.brokers.ways import BrokerWires
    from servers.client.brokers import Broker, Terms


async def test_a_broker_is_given_what_the_client_was_given() -> None:
    given: list[Terms] = []

    class Asked(Toy):
        def wires(self, terms: Terms) -> BrokerWires:
            given.append(terms)
            return super().wires(terms)

    broker: Broker = Asked()
    limits = Limits(connect=3.0)
    async with Client(broker, limits=limits, wait_for_server=True) as nest:
        assert given == []
        await nest.connect()

    assert given[0].limits is limits
    assert given[0].persistent
    assert given[0].hooks is None
