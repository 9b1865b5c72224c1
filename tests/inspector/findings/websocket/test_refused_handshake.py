from __future__ import annotations

import pytest

from tests.inspector.carriers.websocket.written import answered, switched, upgrade
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.over_websocket import GATEWAY
from tests.inspector.scenes import Sentences, Trace, said_of


def _handshake(response: bytes) -> Wire:
    wire = Wire()
    link = wire.connect(client="10.0.0.1:50001", server=GATEWAY)
    link.send(CLIENT, upgrade())
    if response:
        link.send(SERVER, response)
    link.close()
    return wire


TRACE = Trace(
    lambda: _handshake(answered("", "401 Unauthorized")),
    lambda: _handshake(switched()),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "refused-handshake") == Sentences(
        message="10.0.0.9:3000 refused a client: 401 Unauthorized",
        headline="1 handshake refused",
        cause="10.0.0.9:3000 answered with 401 Unauthorized. Packet 5.",
        hint="look at the token that the client sends, and who checks it",
    )


@pytest.mark.parametrize(
    ("response", "remedy"),
    [
        (answered("", "403 Forbidden"), "look at allowRequest"),
        (answered("", "404 Not Found"), "compare the path"),
        (answered("", "400 Bad Request"), "compare path and headers"),
        (
            answered('{"code":1,"message":"Session ID unknown"}', "400 Bad Request"),
            "let all requests of a session reach the same process",
        ),
        (answered("", "503 Service Unavailable"), "look in the log of the gateway"),
        (b"", "compare the path"),
    ],
)
def test_what_to_do_depends_on_what_was_said(response: bytes, remedy: str) -> None:
    (finding,) = inspected(_handshake(response).records).findings
    assert finding.code == "refused-handshake"
    assert finding.hint.startswith(remedy)
