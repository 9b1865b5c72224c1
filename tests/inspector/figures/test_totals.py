from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from inspector.figures.totals import Appearances, Ends, Totals
from inspector.streams.endpoints import Endpoint
from tests.inspector.conversation import SERVER, Wire, inspected

if TYPE_CHECKING:
    from inspector.streams.connections import Connection


def _nest(count: int) -> list[Connection]:
    wire = Wire()
    for number in range(count):
        call = wire.connect(client=f"10.0.0.{number + 1}:40000")
        call.ask("sum", "1").answer("1", 2).resend(4)
        call.reset(SERVER) if number % 2 else call.close()
    return inspected(wire.records).report.nest


def _totals(count: int) -> Totals:
    totals = Totals()
    for connection in _nest(count):
        totals.add(connection)
    return totals


def test_the_figures_are_the_sum_over_the_connections() -> None:
    totals = _totals(3)

    assert (totals.connections, totals.resets) == (3, 1)
    assert totals.counts.data_packets == 6
    assert totals.counts.retransmissions == 3
    assert list(totals.ends) == ["tcp"]
    ends = totals.ends["tcp"]
    assert (ends.connections, ends.first) == (3, 1)
    assert ends.endpoints == (Endpoint("10.0.0.1", 40_000), Endpoint("10.0.0.2", 8888))
    assert list(ends.clients) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    assert list(ends.servers) == ["10.0.0.2:8888"]


def test_merged_totals_are_the_totals_of_all() -> None:
    merged, whole = _totals(2), _totals(3)
    merged.merge(_totals(1))

    assert merged.connections == whole.connections
    assert merged.counts == whole.counts
    assert merged.resets == whole.resets == 1
    assert merged.ends["tcp"].connections == 3
    assert list(merged.ends["tcp"].clients) == ["10.0.0.1", "10.0.0.2"]
    assert list(merged.ends["tcp"].servers) == ["10.0.0.2:8888"]


def _ends(*numbers: int) -> Ends:
    ends = Ends()
    nest = {each.number: each for each in _nest(3)}
    for number in numbers:
        ends.add(nest[number])
    return ends


def test_the_first_connection_is_the_one_of_the_least_number_in_any_order() -> None:
    for parts in ([[2], [1, 3]], [[3, 1], [2]], [[], [1]], [[1], []]):
        merged = Ends()
        for part in parts:
            merged.merge(_ends(*part))

        assert merged.first == 1
        assert merged.endpoints is not None
        assert merged.endpoints[0] == Endpoint("10.0.0.1", 40_000)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 99)), max_size=60))
def test_the_endpoints_that_appeared_first_are_remembered_in_any_order(
    connections: list[tuple[int, int]],
) -> None:
    own, other = Appearances(5), Appearances(5)
    for place, (name, number) in enumerate(connections):
        (own if place % 2 else other).add(f"{name}", 100 * number + name)
        assert len([*own]) <= 5
    own.merge(other)

    first: dict[str, int] = {}
    for name, number in connections:
        first[f"{name}"] = min(first.get(f"{name}", 10_000), 100 * number + name)
    assert list(own) == sorted(first, key=first.__getitem__)[:5]
