from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.views.connection_ends import ends_text
from tests.inspector.brokered import install, over_hare
from tests.inspector.conversation import Wire, inspected

if TYPE_CHECKING:
    import pytest

    from inspector.streams.connections import Connection


def _connection(client: str, server: str) -> Connection:
    wire = Wire()
    wire.connect(client=client, server=server).ask("sum", "1")
    (connection,) = inspected(wire.records).report.nest
    return connection


def test_the_address_stands_once_where_both_have_it() -> None:
    apart = ends_text(_connection("10.0.0.1:4", "10.0.0.2:8888"))
    near = ends_text(_connection("10.0.0.1:4", "10.0.0.1:8888"))

    assert apart.plain == "client 10.0.0.1:4 → server 10.0.0.2:8888"
    assert near.plain == "client 10.0.0.1:4 → server :8888"
    assert [span.style for span in near.spans] == ["client", "muted", "server"]


def test_a_broker_has_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    connection = _connection("10.0.0.1:4", "10.0.0.1:8888")
    over_hare(connection)

    assert ends_text(connection).plain == "client 10.0.0.1:4 → HareMQ :8888"
