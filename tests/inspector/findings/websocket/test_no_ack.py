from __future__ import annotations

from tests.inspector.carriers.websocket.written import packet, said
from tests.inspector.conversation import CLIENT, SECOND, SERVER, Wire, inspected
from tests.inspector.over_websocket import acknowledged, asked, gateway
from tests.inspector.scenes import Sentences, Trace, said_of


def _asked(*, answered: bool) -> Wire:
    """Return an event that asks for an acknowledgement, and may get one."""
    wire = Wire()
    link = gateway(wire)
    asked(link)
    if answered:
        acknowledged(link)
    wire.wait(2 * SECOND)
    link.close()
    return wire


TRACE = Trace(lambda: _asked(answered=False), lambda: _asked(answered=True))


def test_what_it_says() -> None:
    assert said_of(TRACE, "no-ack") == Sentences(
        message=(
            "the gateway did not acknowledge sum, which asked for it, within 2.00 s"
        ),
        headline="1 event without the acknowledgement asked for",
        cause=(
            "sum (#1) had none within 2.00 s. Nest calls none where a handler returns "
            "nothing, or an object with an event, which it emits instead; nor where a "
            "handler throws, or there is none. Packet 8."
        ),
        hint=(
            "return a value that is neither null nor an object with an event, or ask "
            "for none; and wait with a timeout"
        ),
    )


def test_a_client_may_not_acknowledge_either() -> None:
    wire = Wire()
    link = gateway(wire)
    link.send(SERVER, said(SERVER, packet("2", "asked", 1, number=0)))
    wire.wait(2 * SECOND)
    link.close()
    (finding,) = inspected(wire.records).findings
    assert finding.message.startswith("the client did not acknowledge asked")
    assert finding.hint == "call the last argument of the client's listener"


def test_one_that_waits_when_the_capture_ends_is_in_flight() -> None:
    wire = Wire()
    asked(gateway(wire))
    found = inspected(wire.records)
    assert (found.exchanges[0].in_flight, found.findings) == (True, [])
    assert CLIENT == 0
