from __future__ import annotations

import pytest
from msgspec.structs import replace

from inspector.findings.groups import FindingGroup
from inspector.findings.phrases import ENDS, end_of, losses, quoted
from tests.inspector.conversation import CLIENT, SERVER, Side, Wire, inspected
from tests.inspector.traces import TRACES


@pytest.mark.parametrize(
    ("route", "text"),
    [
        ("sum", "'sum'"),
        ('{"cmd":"sum"}', '{"cmd":"sum"}'),
        ("", "''"),
        (None, "'None'"),
    ],
)
def test_a_route_stands_as_in_a_decorator(route: str | None, text: str) -> None:
    assert quoted(route) == text


@pytest.mark.parametrize(
    ("size", "ending"), [(0, "connection."), (62, "62 B after it are lost too.")]
)
def test_what_is_lost_is_said_if_anything_is(size: int, ending: str) -> None:
    (finding,) = inspected(TRACES["corrupted-length"].triggers().records).findings
    group = FindingGroup(finding)
    group.add(replace(finding, size=size))

    assert losses(group).startswith("Nest drops what it has read")
    assert losses(group).endswith(ending)


@pytest.mark.parametrize("side", [CLIENT, SERVER])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_the_side_that_ended_a_connection_first_is_named(side: Side, how: str) -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    if how == "reset":
        call.reset(side)
    else:
        call.finish(side).finish(Side(1 - side))
    (exchange,) = inspected(wire.records).exchanges

    assert end_of(exchange) == f"{('client', 'server')[side]} {how}"
    assert how in ENDS[end_of(exchange)]


@pytest.mark.parametrize("isns", [(1_000, 900_000), (5_000_000, 7_000_000)])
def test_where_nobody_has_ended_a_connection_its_cause_is_named(
    isns: tuple[int, int],
) -> None:
    wire = Wire()
    wire.connect().ask("sum", "1")
    if isns != (1_000, 900_000):  # the ports are used again
        wire.connect(isns=isns)
    (exchange,) = inspected(wire.records).exchanges

    assert end_of(exchange) == ("end" if isns == (1_000, 900_000) else "close")
    assert {"close", "reset", "end", "limit"} < ENDS.keys()
