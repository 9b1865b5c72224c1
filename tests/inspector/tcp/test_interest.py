from __future__ import annotations

from inspector.streams import connections as streams
from inspector.streams.endpoints import Endpoint
from inspector.tcp.connections import Connection
from inspector.tcp.interest import Interest
from inspector.tcp.segments import Segment, reverse_flow

FLOW = bytes((10, 0, 0, 1, 10, 0, 0, 2, 0x9C, 0x40, 0x22, 0xB8))
FLOWS = (FLOW, reverse_flow(FLOW))
ENDS = (Endpoint("10.0.0.1", 40_000), Endpoint("10.0.0.2", 8_888))


def _connection() -> Connection:
    return Connection(1, Segment(1, 0, FLOW, 0, 0, 0x02, b""))


def test_every_flow_is_of_interest_at_first() -> None:
    passed_over = Interest().passed_over

    assert not any(flow in passed_over for flow in FLOWS)


def test_a_connection_is_passed_over_in_both_directions() -> None:
    interest, connection = Interest(), _connection()
    passed_over = interest.passed_over
    interest.pass_over(connection)

    assert connection.ignored
    assert all(flow in passed_over for flow in FLOWS)


def test_the_ports_of_a_connection_that_is_over_are_of_interest_again() -> None:
    interest, connection = Interest(), _connection()
    interest.pass_over(connection)
    interest.end(connection)

    assert not any(flow in interest.passed_over for flow in FLOWS)


def test_a_closed_connection_is_ignored_but_its_ports_are_not() -> None:
    interest, connection = Interest(), _connection()
    connection.closed = True
    interest.pass_over(connection)

    assert connection.ignored
    assert not any(flow in interest.passed_over for flow in FLOWS)


def test_no_segment_is_ordinary_on_a_connection_that_is_passed_over() -> None:
    connection = _connection()
    for direction in connection.directions:
        direction.begin(10, from_start=True)
        direction.heard = True
    connection.settle()
    assert [direction.expected for direction in connection.directions] == [10, 10]

    Interest().pass_over(connection)

    assert [direction.expected for direction in connection.directions] == [-1, -1]


def test_a_connection_of_any_kind_can_be_passed_over() -> None:
    interest, connection = Interest(), streams.Connection(1, ENDS, 1, 0)
    interest.pass_over(connection)

    assert connection.ignored
    assert not any(flow in interest.passed_over for flow in FLOWS)
