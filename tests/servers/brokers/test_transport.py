from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from servers import Client, ListenError, Service
from servers.brokers.transport import BrokerTransport
from tests.servers.brokers.toy import Toy, ToySubscriber, ToyWire

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.client.brokers import Terms
    from servers.server.endpoints import Reception


class _Settings(NamedTuple):
    name: str
    toy: Toy


class _Transport(BrokerTransport[_Settings]):
    shared = False

    def __init__(self, toy: Toy) -> None:
        super().__init__(_Settings("toy://settings", toy), _subscriber, _wire)


def _subscriber(settings: _Settings, reception: Reception) -> ToySubscriber:
    return ToySubscriber(settings.toy, reception)


def _wire(
    settings: _Settings, terms: Terms, lost: Callable[[Exception | None], None]
) -> ToyWire:
    return ToyWire(settings.toy, terms, lost)


async def test_services_and_clients_are_made_from_the_settings() -> None:
    transport, service = _Transport(Toy()), Service()
    service.message("echo")(lambda data: data)
    async with service.listen(transport), Client(transport) as nest:
        assert await nest.send("echo", 1) == 1
        assert [each.address for each in nest.status] == ["toy://settings"]

    assert transport.name == "toy://settings"


async def test_a_broker_that_is_not_there_is_an_error_at_the_start() -> None:
    toy = Toy()
    toy.up = False
    with pytest.raises(ListenError, match="it is down"):
        async with Service().listen(_Transport(toy)):
            raise AssertionError
