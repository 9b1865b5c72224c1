from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.figures import totals as totals_module
from inspector.figures.totals import Endpoints, Totals
from tests.inspector.conversation import SERVER, Wire, inspected


def _report(count: int) -> Totals:
    wire = Wire()
    for number in range(count):
        call = wire.connect(client=f"10.0.0.{number + 1}:40000")
        call.ask("sum", "1").answer("1", 2).resend(4)
        call.reset(SERVER) if number % 2 else call.close()
    totals = Totals()
    for connection in inspected(wire.records).report.nest:
        totals.add(connection)
    return totals


def test_the_figures_are_the_sum_over_the_connections() -> None:
    totals = _report(3)

    assert (totals.connections, totals.resets) == (3, 1)
    assert totals.figures["data_packets"] == 6
    assert totals.figures["retransmissions"] == 3
    assert totals.figures["packets"] == sum(
        totals.figures[figure]
        for figure in (
            "control",
            "pure_acks",
            "data_packets",
            "retransmissions",
            "keep_alives",
        )
    )
    assert list(totals.clients) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    assert list(totals.servers) == ["10.0.0.2:8888"]


def test_merged_totals_are_the_totals_of_all() -> None:
    merged, whole = _report(2), _report(3)
    merged.merge(_report(1))

    assert merged.connections == whole.connections
    assert merged.figures == whole.figures


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 99)), max_size=60))
def test_the_endpoints_that_appeared_first_are_remembered_in_any_order(
    connections: list[tuple[int, int]],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(totals_module, "MAX_ENDPOINTS", 5)
        own, other = Endpoints(), Endpoints()
        for place, (name, number) in enumerate(connections):
            (own if place % 2 else other).add(f"{name}", 100 * number + name)
            assert len([*own]) <= 5
        own.merge(other)
        found = list(own)

    first: dict[str, int] = {}
    for name, number in connections:
        first[f"{name}"] = min(first.get(f"{name}", 10_000), 100 * number + name)
    assert found == sorted(first, key=first.__getitem__)[:5]
