from __future__ import annotations

from inspector.findings.signs import WAITED_NS
from tests.inspector.conversation import MILLISECOND, Wire, inspected, response
from tests.inspector.over_rabbitmq import Broker
from tests.inspector.scenes import Sentences, Trace, said_of


def _waited(time_ns: int, *, event: bool = False) -> Wire:
    """Return a call that waits in its queue."""
    broker = Broker()
    worker, caller = broker.worker(), broker.peer()
    sent = caller.emit("log", 1) if event else caller.ask("sum", [1])
    broker.wire.wait(time_ns)
    worker.take(sent)
    if not event:
        caller.get(sent, worker.reply(sent, response(sent.identity, 3)))
    return broker.wire


TRACE = Trace(lambda: _waited(WAITED_NS), lambda: _waited(WAITED_NS - 10 * MILLISECOND))


def test_what_it_says() -> None:
    said = said_of(TRACE, "queue-wait")
    assert said == Sentences(
        message=said.message,
        headline=said.headline,
        cause=(
            "sum (#1): RabbitMQ had the message so long before a consumer of queue "
            "cats_q took it. Nobody consumed at that time, or all consumers had as "
            "much as prefetchCount allows. Packet 23."
        ),
        hint=(
            "start more consumers of that queue, or raise prefetchCount, if its "
            "handlers wait for others and do not compute"
        ),
    )
    assert said.message.startswith("sum waited 10")
    assert said.headline.startswith("1 message waited 10")


def test_nobody_waits_for_an_event() -> None:
    (finding,) = inspected(_waited(WAITED_NS, event=True).records).findings
    assert (finding.code, finding.severity) == ("queue-wait", "note")
