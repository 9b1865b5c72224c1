from __future__ import annotations

from inspector.analysis.totals import Totals
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


def test_only_so_many_endpoints_are_remembered() -> None:
    totals, other = Totals(), Totals()
    other.clients = dict.fromkeys(str(number) for number in range(5_000))
    totals.merge(other)

    assert len(totals.clients) == 1_000
