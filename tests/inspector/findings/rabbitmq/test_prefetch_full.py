from __future__ import annotations

from inspector.findings.signs import WAITED_NS
from tests.inspector.conversation import MILLISECOND, Wire, inspected, response
from tests.inspector.over_rabbitmq import Broker
from tests.inspector.scenes import Sentences, Trace, said_of


def _waited(time_ns: int, *, prefetch: int = 1, before_ns: int = 0) -> Wire:
    """Return a call that waits until another is acknowledged.

    Args:
        time_ns: How long.
        prefetch: What the consumer may have at once; 0 for any number.
        before_ns: How long it had waited until the other was delivered.
    """
    broker = Broker()
    caller = broker.peer()
    worker = broker.worker(no_ack=False, prefetch=prefetch)
    slow = caller.ask("report", {})
    quick = caller.ask("sum", [1])
    broker.wire.wait(before_ns)
    first = worker.take(slow)
    broker.wire.wait(time_ns)
    worker.acknowledge(first)
    second = worker.take(quick)
    caller.get(slow, worker.reply(slow, response(slow.identity, 1)))
    caller.get(quick, worker.reply(quick, response(quick.identity, 3)))
    worker.acknowledge(second)
    return broker.wire


TRACE = Trace(lambda: _waited(WAITED_NS), lambda: _waited(WAITED_NS // 2))


def test_what_it_says() -> None:
    said = said_of(TRACE, "prefetch-full")
    assert said == Sentences(
        message=said.message,
        headline=said.headline,
        cause=(
            "sum (#2): consumers of queue cats_q had as many unacknowledged messages "
            "as prefetchCount allows, and others had to be acknowledged before: "
            "report. Packet 31."
        ),
        hint=(
            "start more consumers of that queue, or raise prefetchCount, if its "
            "handlers wait for others and do not compute"
        ),
    )
    assert said.message.startswith("sum waited 10")
    assert said.message.endswith("until report was acknowledged")
    assert said.headline.endswith("for acknowledgements")


def test_it_stands_for_what_else_is_said_of_a_wait() -> None:
    codes = inspected(_waited(WAITED_NS).records).codes
    assert "queue-wait" not in codes


def test_without_a_limit_it_waited_for_something_else() -> None:
    codes = inspected(_waited(WAITED_NS, prefetch=0).records).codes
    assert "prefetch-full" not in codes
    assert "queue-wait" in codes


def test_what_waited_longer_for_a_consumer_is_not_said_to_wait_for_room() -> None:
    codes = inspected(_waited(WAITED_NS, before_ns=3 * WAITED_NS).records).codes
    assert "prefetch-full" not in codes
    assert "queue-wait" in codes


def test_room_for_one_more_is_enough() -> None:
    wire = _waited(WAITED_NS + 10 * MILLISECOND, prefetch=2)
    assert "prefetch-full" not in inspected(wire.records).codes
