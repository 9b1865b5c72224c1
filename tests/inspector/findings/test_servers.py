from __future__ import annotations

import pytest

from inspector.streams.names import Names
from tests.inspector.conversation import SERVER, Wire, inspected
from tests.inspector.scenes import NOBODY, group_in


def _services(*servers: str, client: str = "127.0.0.1") -> list[str]:
    """Return what services are called that have no handler, each asked once."""
    wire = Wire()
    for number, server in enumerate(servers):
        call = wire.connect(server=server, client=f"{client}:{40_000 + number}")
        call.ask("sum", "1").send(SERVER, NOBODY)
    return [each.service for each in inspected(wire.records).findings]


@pytest.mark.parametrize(
    ("servers", "called"),
    [
        (["127.0.0.1:8888"], [":8888"]),
        (["127.0.0.1:8888", "127.0.0.1:8889"], [":8888", ":8889"]),
        (["127.0.0.1:8888", "127.0.0.2:8888"], ["127.0.0.1:8888", "127.0.0.2:8888"]),
        (["127.0.0.1:8888", "127.0.0.2:8889"], [":8888", "127.0.0.2:8889"]),
        (["10.0.0.2:8888"], ["10.0.0.2:8888"]),
    ],
)
def test_a_port_is_enough_on_the_host_of_the_client_where_no_other_server_has_it(
    servers: list[str], called: list[str]
) -> None:
    assert _services(*servers) == called


def test_a_server_that_has_a_name_is_called_by_it() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").send(SERVER, NOBODY)
    (finding,) = inspected(wire.records).findings

    for names, called in (
        ({":8888": "calc"}, "calc"),
        ({"10.0.0.2": "node"}, "node:8888"),
        ({"10.0.0.1": "gateway"}, "10.0.0.2:8888"),
    ):
        finding.connection.names = Names(names)
        assert finding.service == called


def test_a_group_names_the_hosts_that_share_a_port() -> None:
    wire = Wire()
    for host in "234":
        call = wire.connect(server=f"10.0.0.{host}:8888", client=f"10.0.0.1:4{host}")
        call.ask("sum", "1")
    group = group_in(wire.linger(), "unanswered")

    assert group.services() == "10.0.0.2:8888, 10.0.0.3:8888 and 10.0.0.4:8888"
