from __future__ import annotations

from tests.inspector.carriers.websocket.written import said
from tests.inspector.conversation import CLIENT, SERVER, Side, Wire, inspected
from tests.inspector.over_websocket import gateway, told
from tests.inspector.scenes import Sentences, Trace, said_of


def _valued(*, nest: bool = True, side: Side = SERVER) -> Wire:
    """Return a bare value, on a connection that may have events."""
    wire = Wire()
    link = gateway(wire, io=False)
    if nest:
        told(link, "sum", [1])
    link.send(side, said(side, "1"))
    link.close()
    return wire


TRACE = Trace(_valued, lambda: _valued(nest=False))


def test_what_it_says() -> None:
    assert said_of(TRACE, "unframed-value") == Sentences(
        message="the gateway sent a value without an event, as a handler returned it",
        headline="1 message without an event",
        cause=(
            "A handler returned a value that is no object with an event, and Nest "
            "sends it as it is: a client cannot know what it answers. Packet 7."
        ),
        hint="return { event, data } from the handler",
    )


def test_a_client_may_send_one_too() -> None:
    (finding,) = inspected(_valued(side=CLIENT).records).findings
    assert finding.message == (
        "the client sent a text without an event, of which Nest takes no notice"
    )
    assert finding.hint == 'send {"event": …, "data": …}'
