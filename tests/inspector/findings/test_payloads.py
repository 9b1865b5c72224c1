from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

from inspector.findings.payloads import remarkable
from protocol import UNDEFINED, dumps
from tests.inspector.conversation import SERVER, Wire, inspected, response

if TYPE_CHECKING:
    from inspector.findings.finding import Finding

BINARY = bytes(range(256)) * 4


@pytest.mark.parametrize(
    "name",
    ["password", "passwd", "secret", "token", "accessToken", "api_key", "PASSWORD"],
)
def test_what_should_not_travel_in_clear_text_is_named(name: str) -> None:
    wire = Wire()
    call = wire.connect().ask("login", "1", {"user": {name: "hunter2"}})
    call.answer("1", {"items": [{name: "hunter2"}]})
    findings = inspected(wire.records).findings

    assert [(each.subject, each.detail, each.packet) for each in findings] == [
        (name, "request", 4),
        (name, "reply", 5),
    ]
    assert not any("hunter2" in each.message for each in findings)


def test_the_packet_of_a_reply_with_a_password_is_that_reply() -> None:
    wire = Wire()
    call = wire.connect().ask("users", "1")
    call.send(SERVER, response("1", {"password": "x"}, last=False))
    call.send(SERVER, response("1", {"name": "ana"}))
    (finding,) = inspected(wire.records).findings

    assert finding.packet == 5


def _bloat(data: Any) -> list[Finding]:  # noqa: ANN401 — any JSON
    wire = Wire()
    wire.connect().ask("put", "1", data).answer("1", data)
    findings = inspected(wire.records).findings
    return [each for each in findings if each.code == "bloated-payload"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"type": "Buffer", "data": list(BINARY)}, "numbers"),
        ({"file": {"type": "Buffer", "data": list(BINARY)}}, "numbers"),
        (b64encode(BINARY).decode(), "base64"),
        ({"file": b64encode(BINARY).decode()}, "base64"),
        ({"url": "data:image/png;base64," + b64encode(BINARY).decode()}, "base64"),
    ],
)
def test_binary_data_as_text_is_found_in_both_directions(
    data: object, kind: str
) -> None:
    request, reply = _bloat(data)

    assert (request.subject, request.detail) == (kind, "request")
    assert (reply.subject, reply.detail) == (kind, "reply")
    assert request.size == reply.size == len(dumps(data))


@pytest.mark.parametrize(
    "data",
    [
        "x" * 5_000,
        "many words of plain text " * 200,
        [1, 2, 3] * 1_000,
        {"data": list(BINARY)},
        b64encode(b"short").decode(),
    ],
)
def test_other_payloads_are_not(data: object) -> None:
    assert _bloat(data) == []


@pytest.mark.parametrize(
    ("payload", "whether"),
    [
        (UNDEFINED, False),
        (5, False),
        ({"sum": 5}, False),
        ({"PassWord": "x"}, True),
        ({"keyboard": "x"}, True),  # a closer look will find nothing
    ],
)
@pytest.mark.parametrize("replied", [False, True])
def test_a_glance_is_enough_for_most(
    payload: Any,  # noqa: ANN401
    *,
    whether: bool,
    replied: bool,
) -> None:
    wire, other = Wire(), {"n": 1}
    asked, answered = (other, payload) if replied else (payload, other)
    wire.connect().ask("p", "1", asked).answer("1", answered)
    (exchange,) = inspected(wire.records).exchanges

    assert remarkable(exchange) is whether


def test_a_large_payload_is_found_beside_another_with_longer_text() -> None:
    wire = Wire()
    # Of a pattern that is new every exchange is looked at: this one is not.
    call = wire.connect().ask("put", "1", 1).answer("1", 1)
    call.ask("put", "2", [1] * 1_000)
    call.answer("2", {"file": b64encode(BINARY).decode()})
    (finding,) = inspected(wire.records).findings

    assert (finding.code, finding.subject, finding.detail) == (
        "bloated-payload",
        "base64",
        "reply",
    )
