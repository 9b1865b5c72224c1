"""Who spoke, in a line for each carrier."""

from __future__ import annotations

from inspector.views.who_spoke import connection_lines
from tests.inspector import over_kafka
from tests.inspector.carriers.kafka import written
from tests.inspector.conversation import Wire, inspected
from tests.inspector.over_nats import Broker, called


def _said(wire: Wire) -> list[str]:
    lines = connection_lines(inspected(wire.records).report)
    return [line.plain for line in lines]


def test_over_a_broker_it_is_said_who_asks_and_who_answers() -> None:
    broker = Broker()
    workers = [broker.worker("sum", group="workers") for _ in range(2)]
    caller = broker.peer()
    for worker in workers:
        called(caller, worker, value=1)

    assert _said(broker.wire) == [
        "3 NATS connections at 10.0.0.9:4222   1 asks, 2 answer in group workers"
    ]


def test_each_carrier_has_its_line() -> None:
    broker = Broker()
    broker.wire.connect().ask("sum", "1").answer("1", 1)
    called(broker.peer(), broker.worker("sum"), value=1)

    assert _said(broker.wire) == [
        "1 TCP connection   10.0.0.1:40000 → 10.0.0.2:8888",
        "2 NATS connections at 10.0.0.9:4222   1 asks, 1 answers",
    ]


def test_several_brokers_are_listed() -> None:
    wire = Wire()
    for number in range(6):
        broker = Broker(wire, f"10.0.0.{number + 90}:4222")
        called(broker.peer(), broker.worker("sum"), value=1)

    (line,) = _said(wire)
    assert line.startswith(
        "12 NATS connections at 10.0.0.90:4222, 10.0.0.91:4222, 10.0.0.92:4222, "
        "10.0.0.93:4222 and 2 more   "
    )


def test_of_many_groups_a_few_are_named() -> None:
    broker = Broker()
    caller = broker.peer()
    for number in range(5):
        called(caller, broker.worker("sum", group=f"g{number}"), value=1)

    assert _said(broker.wire)[0].endswith(
        "1 asks, 5 answer in groups g0, g1, g2 and 2 more"
    )


def test_where_one_side_lacks_the_other_is_said_alone() -> None:
    broker = Broker()
    called(broker.peer(captured=False), broker.worker("sum"), value=1)

    assert _said(broker.wire) == ["1 NATS connection at 10.0.0.9:4222   1 answers"]


def test_who_speaks_the_same_without_nest_is_said_to() -> None:
    broker = over_kafka.Broker()
    caller, handler, other = broker.peer(), broker.peer("log"), broker.peer("metrics")
    broker.pass_on(caller, handler, "log", written.record("a"))
    broker.poll(other, "metrics")

    (line,) = _said(broker.wire)
    assert line == (
        "3 Kafka connections at 10.0.0.9:9092   1 asks, 1 answers   "
        "and 2 others (Kafka without Nest on :9092)"
    )
