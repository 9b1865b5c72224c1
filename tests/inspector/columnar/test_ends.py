from __future__ import annotations

import pytest

from inspector.columnar.ends import ends_of
from tests.inspector.captures import ROOT
from tests.inspector.columnar.seen import seen


@pytest.mark.parametrize(
    "name",
    [
        "two-services-nest12.pcap",
        "socketio/socketio-rooms-nest12.pcap",  # where the server of a connection asks
        "nats/nats-three-servers-nest12.pcap",
    ],
)
def test_they_are_what_each_exchange_says(name: str) -> None:
    exchanges = seen(str(ROOT / "captures" / name))
    ends = ends_of(exchanges)

    for exchange, place in zip(exchanges, ends.places, strict=True):
        assert ends.clients[place] == exchange.client_text
        assert ends.servers[place] == exchange.server_text
        assert ends.connections[place] == exchange.connection.number
    assert len(ends.clients) < len(exchanges)
