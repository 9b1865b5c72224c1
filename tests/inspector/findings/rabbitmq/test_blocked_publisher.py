from __future__ import annotations

from typing import TYPE_CHECKING

from pamqp import commands

from tests.inspector.carriers.rabbitmq.wire import method
from tests.inspector.over_rabbitmq import Broker, called
from tests.inspector.scenes import Sentences, Trace, said_of

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _told(*units: bytes) -> Wire:
    """Return a call, and what the broker says to its caller after it."""
    broker = Broker()
    worker, caller = broker.worker(), broker.peer()
    called(caller, worker)
    for unit in units:
        caller.hear(unit)
    return broker.wire


TRACE = Trace(
    lambda: _told(method(commands.Connection.Blocked("low on memory"), 0)),
    lambda: _told(method(commands.Connection.Unblocked(), 0)),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "blocked-publisher") == Sentences(
        message="RabbitMQ takes nothing more from 10.0.0.2:50002: “low on memory”",
        headline="1 client blocked by the broker",
        cause=(
            "RabbitMQ says “low on memory”. It reads nothing more of who publishes "
            "until that is over: calls wait, replies of such a service too. Packet 24."
        ),
        hint=(
            "free memory or disk of the broker, or raise vm_memory_high_watermark or "
            "disk_free_limit; consume the queues that grow"
        ),
    )
