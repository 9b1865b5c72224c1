from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.over_rabbitmq import Broker, called
from tests.inspector.scenes import Sentences, Trace, said_of

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _said(data: bytes = b"") -> Wire:
    """Return a call, and bytes of its caller after it."""
    broker = Broker()
    worker, caller = broker.worker(), broker.peer()
    called(caller, worker)
    if data:
        caller.say(data)
    called(caller, worker)
    return broker.wire


TRACE = Trace(lambda: _said(b"GET / HTTP/1.1\r\n\r\n"), _said)


def test_what_it_says() -> None:
    assert said_of(TRACE, "amqp-protocol") == Sentences(
        message="the client sent what is not AMQP: its type is 71",
        headline="1 frame that RabbitMQ cannot read",
        cause=(
            "The client sent such a frame: its type is 71. RabbitMQ closes the "
            "connection for that. Packet 24."
        ),
        hint=(
            "look at what writes to this connection: it may lie about the size of a "
            "frame, or share a channel between threads"
        ),
    )
