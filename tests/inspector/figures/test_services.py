"""Who asks whom, against counting by hand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.calls.exchanges import Exchange
from inspector.figures.services import (
    ByPort,
    folded,
    named,
    one_host,
    services,
    together,
)
from inspector.figures.traffic import Pair
from inspector.pipeline import Pipeline
from inspector.streams.names import Names
from tests.inspector.conversation import MILLISECOND, SERVER, Wire, failure, inspected
from tests.inspector.over_nats import Broker, called

if TYPE_CHECKING:
    from inspector.figures.services import Service


class Asked(NamedTuple):
    """A call: by which client, of which server, how it ends and how soon."""

    client: str
    server: str
    end: str
    wait_ms: int = 1


_ERRORS = {"thrown": "no", "404": {"statusCode": 404, "message": "no"}}


def seen(calls: list[Asked], *, by_port: bool = False) -> list[Service]:
    """Return the services of a capture of calls, one after the other."""
    wire = Wire()
    pairs = dict.fromkeys((call.client, call.server) for call in calls)
    talks = {  # equal sequence numbers would be one connection, translated
        (client, server): wire.connect(
            client=client, server=server, isns=(100_000 * number, 100_000 * number)
        )
        for number, (client, server) in enumerate(pairs, start=1)
    }
    for number, call in enumerate(calls):
        talk, identity = talks[call.client, call.server], str(number)
        if call.end == "event":
            talk.emit("log", 1)
            continue
        talk.ask(f"p{number % 3}", identity)
        wire.wait(call.wait_ms * MILLISECOND)
        if call.end == "well":
            talk.answer(identity, 1)
        elif call.end in _ERRORS:
            talk.send(SERVER, failure(identity, _ERRORS[call.end]))
    inspection, ports = Pipeline(), ByPort()
    for item in inspection.inspect(wire.linger().records):
        if isinstance(item, Exchange):
            ports.add(item)
    return services(inspection.report(), ports if by_port else None)


_calls = st.lists(
    st.builds(
        Asked,
        st.sampled_from(["10.0.0.1:40001", "10.0.0.1:40002", "10.0.0.2:40001"]),
        st.sampled_from([f"10.0.{n}.9:{port}" for n in (1, 2) for port in (3000, 80)]),
        st.sampled_from(["well", "well", "thrown", "404", "silence", "event"]),
        st.sampled_from([1, 2, 150]),
    ),
    min_size=1,
    max_size=60,
)


def _counted(calls: list[Asked]) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return calls, failures, refusals, missing replies and events by hand."""
    ends: dict[tuple[str, str], Counter[str]] = {}
    for call in calls:
        host = call.client.partition(":")[0]
        ends.setdefault((host, call.server), Counter())[call.end] += 1
    return {
        pair: (
            count.total() - count["event"],
            count["thrown"],
            count["404"],
            count["silence"],
            count["event"],
        )
        for pair, count in ends.items()
    }


@settings(max_examples=60, deadline=None)
@given(_calls)
def test_every_exchange_is_counted_once_and_the_worst_stand_first(
    calls: list[Asked],
) -> None:
    found = seen(calls)

    assert {
        (each.pair.client, each.pair.server): (
            each.calls.count,
            each.calls.failed,
            each.calls.refused,
            each.calls.unanswered,
            each.events,
        )
        for each in found
    } == _counted(calls)
    assert sum(each.routes.total() for each in found) == len(calls)
    order = [(each.slow, each.trouble, each.calls.latencies.maximum) for each in found]
    assert order == sorted(order, reverse=True)


@settings(max_examples=60, deadline=None)
@given(_calls, st.integers(2, 8))
def test_folding_keeps_all_sums_and_no_more_than_may_speak(
    calls: list[Asked], most: int
) -> None:
    found = seen(calls)
    fold = folded(found, most)
    clients = {each.pair.client for each in fold}
    servers = {each.pair.server for each in fold}

    assert len(clients) + len(servers) <= most
    for one, other in zip(
        (together(found), together(fold)),
        (together(fold), together(found)),
        strict=True,
    ):
        assert one.calls.count == other.calls.count
        assert (one.trouble, one.events, one.slow) == (
            other.trouble,
            other.events,
            other.slow,
        )
        assert one.routes == other.routes
    if len(servers) > 1 and any("others" in server for server in servers):
        assert len(clients) == 1, "clients are folded before any server"


def test_servers_in_trouble_keep_their_name_when_others_are_folded() -> None:
    calls = [Asked("10.0.0.1:1", f"10.0.1.{n}:80", "well") for n in range(9)]
    calls += [Asked("10.0.0.1:1", "10.0.1.99:80", "thrown")]
    calls += [Asked("10.0.0.1:1", "10.0.1.98:80", "well")] * 3

    assert [each.pair.server for each in folded(seen(calls), 4)] == [
        "10.0.1.99:80",
        "10.0.1.98:80",
        "9 others",
    ]


def test_hundreds_of_clients_are_one() -> None:
    calls = [
        Asked(f"10.0.{n // 200}.{n % 200 + 1}:9", "10.1.0.1:80", "well")
        for n in range(300)
    ]
    (fold,) = folded(seen(calls), 12)

    assert fold.pair == Pair("tcp", "300 clients", "10.1.0.1:80")
    assert fold.calls.count == 300


def test_a_slow_call_is_worse_than_a_failure_which_is_worse_than_a_long_one() -> None:
    usual = [Asked("10.0.0.1:1", "10.0.1.1:80", "well")] * 60
    calls = [
        *usual,
        Asked("10.0.0.2:1", "10.0.1.1:80", "thrown"),
        *[Asked("10.0.0.3:1", "10.0.1.1:80", "well", 80)] * 3,
        *[Asked("10.0.0.4:1", "10.0.1.1:80", "well", 300)] * 3,
    ]

    found = seen(calls)
    assert [each.pair.client for each in found] == [
        "10.0.0.4",
        "10.0.0.2",
        "10.0.0.3",
        "10.0.0.1",
    ]
    assert [each.slow for each in found] == [3, 0, 0, 0]


@pytest.mark.parametrize(
    ("host", "client"),
    [("10.0.0.1", "10.0.0.1:1"), ("10.0.0.2", "10.0.0.1")],
)
def test_ports_tell_clients_apart_where_all_are_on_one_host(
    host: str, client: str
) -> None:
    calls = [Asked("10.0.0.1:1", f"{host}:80", "well")]

    (found,) = seen(calls, by_port=True)
    assert found.pair == Pair("tcp", client, f"{host}:80")


def test_hosts_are_read_with_and_without_a_port_also_those_of_ipv6() -> None:
    assert one_host([Pair("tcp", "[::1]", "[::1]:80")]) == "[::1]"
    assert one_host([Pair("tcp", "[::1]:5", "[::1]:80")]) == "[::1]"
    assert one_host([Pair("tcp", "[::2]", "[::1]:80")]) is None
    assert one_host([]) is None


def test_what_is_kept_by_port_is_bounded() -> None:
    ports, inspection = ByPort(max_pairs=2), Pipeline()
    wire = Wire()
    for port in range(5):
        isns = 1_000 * port, 1_000 * port
        talk = wire.connect(
            client=f"10.0.0.1:{port + 1}", server="10.0.0.1:80", isns=isns
        )
        talk.ask("a", "1").answer("1", 1)
    for item in inspection.inspect(wire.linger().records):
        assert isinstance(item, Exchange)
        ports.add(item)

    assert len(ports.traffic.tables) == 3
    assert sum(row.count for row in ports.traffic.patterns.values()) == 5


def test_nothing_is_kept_by_port_once_several_hosts_speak() -> None:
    ports, wire = ByPort(), Wire()
    wire.connect(client="10.0.0.1:1", server="10.0.0.1:80").ask("a", "1").answer("1", 1)
    away = wire.connect(client="10.0.0.2:1", isns=(9_000, 9_000))
    away.ask("a", "1").answer("1", 1)
    kept = []
    for item in Pipeline().inspect(wire.linger().records):
        if isinstance(item, Exchange):
            ports.add(item)
            kept.append(len(ports.traffic.tables))

    assert kept == [1, 0]
    assert ports.several


def test_a_reply_without_its_request_is_of_no_service() -> None:
    wire = Wire()
    talk = wire.join(client="10.0.0.1:5", server="10.0.0.1:80")
    talk.ask("a", "1").answer("1", 1).answer("2", 1)
    inspection, ports = Pipeline(), ByPort()
    for item in inspection.inspect(wire.linger().records):
        if isinstance(item, Exchange):
            ports.add(item)

    assert sum(row.count for row in ports.traffic.patterns.values()) == 1


def test_over_a_broker_who_serves_is_the_server_and_has_no_host() -> None:
    broker = Broker(endpoint="127.0.0.1:4222")
    worker = broker.worker("sum", group="workers", endpoint="127.0.0.1:5")
    alone = broker.worker("alone", endpoint="127.0.0.1:6")
    caller, by_port = broker.peer("127.0.0.1:4"), ByPort()
    called(caller, worker, value=1)
    called(caller, alone, pattern="alone", value=1)
    refused = caller.ask("nope")
    caller.refused(refused).leave(refused)
    result = inspected(broker.wire.records)
    for exchange in result.exchanges:
        by_port.add(exchange)
    found = services(result.report, by_port)

    assert {each.pair.server: each.calls.count for each in found} == {
        "workers (127.0.0.1:4222)": 1,
        "127.0.0.1:6": 1,
        "127.0.0.1:4222": 1,
    }
    assert one_host(each.pair for each in found) == "127.0.0.1"
    names = Names({"group:workers": "billing"})
    servers = {each.pair.server for each in named(found, names)}
    assert servers == {"billing", "127.0.0.1:6", "behind NATS"}
    bus = Names({":4222": "bus"})
    assert "behind bus" in {each.pair.server for each in named(found, bus)}
