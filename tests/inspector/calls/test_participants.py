from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import Participant, participants
from inspector.streams.endpoints import Endpoint
from tests.inspector.brokered import install, over_hare
from tests.inspector.conversation import Wire, inspected

if TYPE_CHECKING:
    import pytest


def test_a_client_is_known_by_its_address_and_a_server_by_its_endpoint() -> None:
    wire = Wire()
    for port in (40_001, 40_002):
        wire.connect(client=f"10.0.0.1:{port}").ask("sum", "1").answer("1", 1)
    first, second = map(participants, inspected(wire.records).report.nest)

    assert first == (
        Participant("client", "client", "10.0.0.1", Endpoint("10.0.0.1", 40_001)),
        Participant("server", "server", "10.0.0.2:8888", Endpoint("10.0.0.2", 8888)),
    )
    assert [each.key for each in first] == [each.key for each in second]


def test_over_a_broker_each_is_known_by_its_endpoint_and_the_broker_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(monkeypatch)
    wire = Wire()
    wire.connect(client="10.0.0.1:40001").ask("sum", "1")
    (connection,) = inspected(wire.records).report.nest
    over_hare(connection)

    assert participants(connection) == (
        Participant("peer", "client", "10.0.0.1:40001", Endpoint("10.0.0.1", 40_001)),
        Participant("broker", "HareMQ", "10.0.0.2:8888", Endpoint("10.0.0.2", 8888)),
    )
