from __future__ import annotations

from tests.inspector.carriers.websocket.written import packet, said
from tests.inspector.conversation import SERVER, Wire
from tests.inspector.over_websocket import asked, failed, gateway
from tests.inspector.scenes import Sentences, Trace, said_of


def _failing(*, repeats: bool) -> Wire:
    """Return an event whose handler throws; the exception may repeat it."""
    wire = Wire()
    link = gateway(wire)
    asked(link, number=None)
    if repeats:
        failed(link)
    else:
        link.send(SERVER, said(SERVER, packet("2", "exception", {"message": "no"})))
    link.close()
    return wire


TRACE = Trace(
    lambda: _failing(repeats=True),
    lambda: _failing(repeats=False),
    frozenset({"thrown-error"}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "exception-echo") == Sentences(
        message="the exception of sum repeats what the client had sent",
        headline="1 exception with the payload of the client",
        cause=(
            "sum (#1): from Nest 11 on the gateway repeats pattern and payload as "
            "cause, so what the client sent in confidence travels again, and lands in "
            "the log of its errors. Packet 9."
        ),
        hint=(
            "use a filter that extends BaseWsExceptionFilter with includeCause: false, "
            "or a causeFactory that leaves out what logs of clients should not hold"
        ),
    )
