from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.tcp.flows import FlowTable
from inspector.tcp.interest import Interest
from inspector.tcp.segments import Segment, reverse_flow

if TYPE_CHECKING:
    from inspector.tcp.connections import Connection


def _segment(port: int, time_ns: int = 0) -> Segment:
    flow = bytes([10, 0, 0, 1, 10, 0, 0, 2]) + port.to_bytes(2, "big") + b"\x22\xb8"
    return Segment(1, time_ns, flow, 0, 0, 0x02, b"")


def _opened(table: FlowTable, port: int, time_ns: int = 0) -> Connection:
    return table.open(_segment(port, time_ns)).connection


def test_both_flows_of_a_connection_lead_to_it() -> None:
    table = FlowTable(Interest(), 1_000)
    first = table.open(_segment(40_000))
    flow = first.connection.flow

    assert table.directions[flow] is first
    assert table.directions[reverse_flow(flow)] is first.opposite
    assert (table.opened, len(table)) == (1, 1)


def test_a_closed_connection_is_remembered_for_a_while() -> None:
    table = FlowTable(Interest(), 1_000)
    connection = _opened(table, 40_000)
    table.close(connection)

    assert connection.closed
    assert (len(table), len(table.directions)) == (0, 2)
    table.forget(connection)
    assert not table.directions


def test_what_is_kept_depends_on_what_is_open() -> None:
    table = FlowTable(Interest(), 1_000)
    stays = _opened(table, 1)
    kept = []
    for port in range(2, 20_000):
        table.close(_opened(table, port))
        kept.append(len(table.directions))

    assert max(kept) == kept[-1] < 3_000
    assert table.still_open() == [stays]
    assert table.opened == 19_999


def test_a_forgotten_connection_leaves_a_new_one_on_its_ports_alone() -> None:
    table = FlowTable(Interest(), 1_000)
    old = _opened(table, 40_000)
    table.close(old)
    new = table.open(_segment(40_000))
    table.forget(old)

    assert table.directions[old.flow] is new


def test_the_quietest_are_those_without_packets_for_longest() -> None:
    table = FlowTable(Interest(), 1_000)
    early, late, busy = (
        _opened(table, 1, 10),
        _opened(table, 2, 20),
        _opened(table, 3),
    )
    direction = busy.directions[1]
    direction.begin(0)
    direction.take(1, 30, 1)

    assert list(table.quietest(2)) == [early, late]
    assert list(table.quietest(9)) == [early, late, busy]


def test_nothing_is_expected_of_a_connection_that_was_closed() -> None:
    table = FlowTable(Interest(), 1_000)
    connection = _opened(table, 40_000)
    for direction in connection.directions:
        direction.begin(7)
    connection.settle()
    table.close(connection)

    assert [direction.expected for direction in connection.directions] == [-1, -1]


def test_the_ports_of_a_closed_connection_are_of_interest_again() -> None:
    interest = Interest()
    table = FlowTable(interest, 1_000)
    connection = _opened(table, 40_000)
    interest.pass_over(connection)
    table.close(connection)

    assert connection.flow not in interest.passed_over


def test_so_many_closed_connections_are_remembered_as_are_to_linger() -> None:
    table = FlowTable(Interest(), 3)
    closed = [_opened(table, port) for port in range(5)]
    for connection in closed:
        table.close(connection)

    remembered = {each.connection.number for each in table.directions.values()}
    assert remembered == {3, 4, 5}
