from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import UsageError
from servers.nats import Nats

if TYPE_CHECKING:
    from servers.client.brokers import Broker
    from servers.server.endpoints import Transport


def test_it_is_a_transport_and_a_broker() -> None:
    transport: Transport = (nats := Nats())
    broker: Broker = nats

    assert transport.name == broker.name == "nats://localhost:4222"


def test_its_name_has_no_password() -> None:
    nats = Nats(["nats://u:secret@a:1", "tls://b"])

    assert nats.name == "nats://a:1,tls://b"


def test_instances_of_a_group_share_their_messages() -> None:
    assert Nats(queue="workers").shared
    assert not Nats().shared


@pytest.mark.parametrize("url", ["http://h", "nats://", "nats://h:x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not an address"):
        Nats(url)


def test_a_header_of_no_name_is_refused() -> None:
    with pytest.raises(UsageError, match="'a b' is not the name of a header"):
        Nats(headers={"a b": "c"})
