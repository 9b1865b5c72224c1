"""How long calls over a broker took in its hands, and in those of their handlers."""

from __future__ import annotations

from inspector.figures.stage_times import StageTimes
from tests.inspector.conversation import MILLISECOND, STEP, inspected
from tests.inspector.over_nats import Broker, Peer


def _called(broker: Broker, caller: Peer, worker: Peer) -> None:
    asked = caller.ask("sum")
    broker.wire.wait(2 * MILLISECOND)
    worker.take(asked)
    broker.wire.wait(5 * MILLISECOND)
    reply = worker.answer(asked, 1)
    broker.wire.wait(MILLISECOND)
    caller.get(asked, reply).leave(asked)


def _times(broker: Broker) -> StageTimes:
    times = StageTimes()
    for exchange in inspected(broker.wire.records).exchanges:
        assert exchange.passage is not None
        times.add(exchange.passage)
    return times


def test_the_time_of_the_broker_is_that_of_both_its_legs() -> None:
    broker = Broker()
    worker, caller = broker.worker("sum"), broker.peer()
    _called(broker, caller, worker)
    times = _times(broker)

    assert times.broker.quantile(0.5) == 3 * MILLISECOND + 2 * STEP
    assert times.handler.quantile(0.5) == 5 * MILLISECOND + STEP
    times.merge(times)
    assert (times.broker.count, times.handler.count) == (2, 2)


def test_what_was_not_captured_has_no_time() -> None:
    broker = Broker()
    worker = broker.worker("sum", captured=False)
    _called(broker, broker.peer(), worker)
    times = _times(broker)

    assert (times.broker.count, times.handler.count) == (0, 0)
