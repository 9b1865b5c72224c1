from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.serving import (
    answered_in,
    answers_of,
    asked_in,
    group_in,
    process_of,
    service_of,
)
from tests.inspector.conversation import Wire, inspected
from tests.inspector.over_nats import Broker, called, emitted

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange


def _only(wire: Wire) -> Exchange:
    (exchange,) = inspected(wire.linger().records).exchanges
    return exchange


def test_over_tcp_it_is_the_server() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 2)
    call = _only(wire)

    assert service_of(call) == process_of(call) == "10.0.0.2:8888"
    assert (asked_in(call).number, answered_in(call).number) == (4, 5)


def test_a_queue_group_serves_with_one_of_its_processes() -> None:
    broker = Broker()
    worker = broker.worker("sum", group="workers")
    called(broker.peer(), worker)
    call = _only(broker.wire)

    assert service_of(call) == "workers (10.0.0.9:4222)"
    assert group_in(service_of(call)) == ("workers", "10.0.0.9:4222")
    assert process_of(call) == "10.0.0.1:50001"
    assert asked_in(call).number < answered_in(call).number


def test_of_several_it_is_who_answered_first() -> None:
    broker = Broker()
    slow, quick = broker.worker("sum"), broker.worker("sum", group="quick")
    caller = broker.peer()
    passing = caller.ask("sum")
    for worker in (slow, quick):
        worker.take(passing)
    caller.get(passing, quick.answer(passing, 1))
    slow.answer(passing, 2)
    caller.leave(passing)
    call = _only(broker.wire)

    assert service_of(call) == "quick (10.0.0.9:4222)"
    assert call.passage is not None
    peers = [str(hop.peer) for hop in answers_of(call.passage)]
    assert peers == ["10.0.0.2:50002", "10.0.0.1:50001"]


def test_an_event_is_served_by_who_had_it_first() -> None:
    broker = Broker()
    workers = [broker.worker("log"), broker.worker("log", group="workers")]
    emitted(broker.peer(), *workers)

    assert service_of(_only(broker.wire)) == "10.0.0.1:50001"


def test_where_nobody_is_known_it_is_behind_the_broker() -> None:
    broker = Broker()
    caller = broker.peer()
    passing = caller.ask("sum")
    caller.refused(passing).leave(passing)
    call = _only(broker.wire)

    assert service_of(call) == process_of(call) == "10.0.0.9:4222"
    assert asked_in(call).number == 8
    assert answered_in(call).number == 9


@pytest.mark.parametrize("text", ["10.0.0.2:8888", "", "(10.0.0.9:4222)", "a (b)"])
def test_other_services_are_no_group(text: str) -> None:
    assert group_in(text) is None


def test_a_group_serves_though_its_worker_reconnects_before_it_answers() -> None:
    broker = Broker()
    worker = broker.worker("sum", group="workers")
    caller = broker.peer()
    passing = caller.ask("sum")
    worker.take(passing).close()
    again = broker.worker("sum", group="workers")
    caller.get(passing, again.answer(passing, 1)).leave(passing)
    call = _only(broker.wire)
    assert call.passage is not None

    assert service_of(call) == "workers (10.0.0.9:4222)"
    assert call.passage.handler_ns is not None
    assert call.latency_ns == sum(
        each or 0
        for each in (
            call.passage.queue_ns,
            call.passage.handler_ns,
            call.passage.return_ns,
        )
    )
