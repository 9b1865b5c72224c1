from __future__ import annotations

from inspector.calls.exchanges import Kind
from inspector.figures.traffic import OTHER_PATTERNS, OTHERS, Pair, Traffic, place_in
from tests.inspector.conversation import SERVER, Wire, failure, inspected
from tests.inspector.over_nats import Broker, called

_MESSAGE, _EVENT = Kind.MESSAGE, Kind.EVENT


def _wire() -> Wire:
    """Return two clients that ask two servers, one of which fails."""
    wire = Wire()
    for client in ("10.0.0.1:4", "10.0.0.9:4", "10.0.0.1:5"):
        call = wire.connect(client=client).ask("sum", "1").answer("1", 2)
        call.emit("log", 1)
    call = wire.connect(server="10.0.0.3:9000")
    call.ask("sum", "1").send(SERVER, failure("1", "no"))
    return wire


def _traffic(wire: Wire, max_rows: int = 99, max_pairs: int = 99) -> Traffic:
    traffic = Traffic(max_rows, max_pairs)
    for exchange in inspected(wire.records).exchanges:
        key = exchange.connection.number, exchange.route or "", exchange.kind
        traffic.row_of(exchange, key).add(exchange)
    return traffic


def test_rows_sum_up_to_patterns_pairs_and_servers() -> None:
    traffic = _traffic(_wire())

    assert {key: row.count for key, row in traffic.patterns.items()} == {
        ("tcp", "sum", _MESSAGE): 4,
        ("tcp", "log", _EVENT): 3,
    }
    assert {key: (row.count, row.errors) for key, row in traffic.pairs.items()} == {
        Pair("tcp", "10.0.0.1", "10.0.0.2:8888"): (2, 0),
        Pair("tcp", "10.0.0.9", "10.0.0.2:8888"): (1, 0),
        Pair("tcp", "10.0.0.1", "10.0.0.3:9000"): (1, 1),
    }
    (servers,) = traffic.servers.values()
    assert {server: row.count for server, row in servers.items()} == {
        "10.0.0.2:8888": 3,
        "10.0.0.3:9000": 1,
    }


def test_beyond_many_pairs_all_others_are_one() -> None:
    traffic = _traffic(_wire(), max_pairs=1)

    assert [pair.client for pair in traffic.pairs] == ["10.0.0.1", OTHERS]
    assert [row.count for row in traffic.pairs.values()] == [2, 2]


def test_beyond_many_rows_routes_share_one() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(5):
        call.emit(f"event.{number}", 1)
    traffic = _traffic(wire, max_rows=2)

    assert {route: row.count for (_, route, _), row in traffic.patterns.items()} == {
        "event.0": 1,
        "event.1": 1,
        OTHER_PATTERNS: 3,
    }


def test_merged_traffic_is_that_of_both() -> None:
    once, twice = _traffic(_wire()), _traffic(_wire())
    twice.merge(_traffic(_wire()), 7)

    assert {key: 2 * row.count for key, row in once.patterns.items()} == {
        key: row.count for key, row in twice.patterns.items()
    }
    (failed,) = (row for row in twice.pairs.values() if row.failures)
    assert failed.failures is not None
    assert failed.failures.first == 7  # of the first part, as the second begins later


def test_of_many_connections_it_is_found_out_anew_who_speaks() -> None:
    wire = Wire()
    for port in range(1, 4_100):
        wire.join(client=f"10.0.0.1:{port}").emit("log", 1)
    traffic = _traffic(wire)

    assert [row.count for row in traffic.patterns.values()] == [4_099]


def _over_nats() -> Traffic:
    """Return two calls of one route at one broker, served by two groups."""
    broker = Broker()
    caller = broker.peer()
    for group in ("left", "right"):
        called(caller, broker.worker("sum", group=group))
    traffic = Traffic()
    for exchange in inspected(broker.wire.linger().records).exchanges:
        traffic.row_of(exchange, place_in(exchange)).add(exchange)
    return traffic


def test_over_a_broker_each_who_serves_has_a_row() -> None:
    traffic = _over_nats()

    (servers,) = traffic.servers.values()
    assert {server: row.count for server, row in servers.items()} == {
        "left (10.0.0.9:4222)": 1,
        "right (10.0.0.9:4222)": 1,
    }
    assert {pair.server for pair in traffic.pairs} == {"10.0.0.9:4222"}
    assert {server for _, server in traffic.silences} == set(servers)
    assert {server for _, server, _, _ in traffic.stretches} == set(servers)
    assert len(traffic.known) == 2
