from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspector.carriers.websocket.written import event, packet, said
from tests.inspector.conversation import SERVER, Wire, inspected
from tests.inspector.over_websocket import asked, exception, gateway
from tests.inspector.scenes import Sentences, Trace, said_of

if TYPE_CHECKING:
    from protocol import Json


def _failing(data: Json, *, io: bool = True) -> Wire:
    """Return an event, and an exception that the gateway sends."""
    wire = Wire()
    link = gateway(wire, io=io)
    if io:
        asked(link, number=None)
    text = packet("2", "exception", data) if io else event("exception", data)
    link.send(SERVER, said(SERVER, text))
    link.close()
    return wire


TRACE = Trace(
    lambda: _failing({"status": "error", "message": "no"}),
    lambda: _failing(exception("log", 1)),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "uncaused-exception") == Sentences(
        message="the gateway sent an exception without its cause: “no”",
        headline="1 exception without a cause: “no”",
        cause=(
            "A handler threw, and nothing shows for which event: the events "
            "before it are told as sent, or as never acknowledged. Packet 9."
        ),
        hint=(
            "look in the log of the gateway at that time; from Nest 11 on exceptions "
            "name their cause, unless a WsException has an object"
        ),
    )


@pytest.mark.parametrize("io", [True, False])
def test_it_may_have_no_message(*, io: bool) -> None:
    (finding,) = inspected(_failing({"code": 42}, io=io).records).findings
    assert finding.message == "the gateway sent an exception without its cause"
