from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from captures.brokers import NatsServer
from tests.inspector.conversation import SERVER, Wire, inspected
from tests.inspector.over_nats import Broker, called, publish
from tests.inspector.recorded import Dialogue, recorded
from tests.inspector.scenes import Sentences, Trace, group_in, said_of, sentences

if TYPE_CHECKING:
    from captures.brokers import Settings
    from inspector.findings.finding import Finding

_REQUEST = b'{"pattern":"sum","id":"1"}'


def _told(*errors: bytes) -> Wire:
    """Return a call, and errors of the broker to its caller after it."""
    broker = Broker()
    caller = broker.peer()
    called(caller, broker.worker("sum"))
    for error in errors:
        caller.hear(b"-ERR '%b'\r\n" % error)
    return broker.wire


TRACE = Trace(lambda: _told(b"Maximum Payload Violation"), _told)


def test_what_it_says() -> None:
    assert said_of(TRACE, "broker-error") == Sentences(
        message="NATS sent 10.0.0.1:50001 the error “Maximum Payload Violation”",
        headline="1 error of NATS: “Maximum Payload Violation”",
        cause=(
            "NATS sent it to 10.0.0.1:50001. A message is larger than max_payload, 1 "
            "MiB by default. It closes the connection. Pending calls of that client "
            "wait on, and what it sent is lost. Packet 21."
        ),
        hint="send less at once, or raise max_payload of the broker",
    )


def test_an_error_that_nobody_knows_is_quoted() -> None:
    said = sentences(group_in(_told(b"Out Of Luck"), "broker-error"))

    assert said.headline == "1 error of NATS: “Out Of Luck”"
    assert said.hint == "look in the log of the broker at that time"


def test_permissions_for_several_subjects_are_told_together() -> None:
    text = b'Permissions Violation for Publish to "%b"'
    said = sentences(group_in(_told(text % b"a", text % b"b"), "broker-error"))

    assert said.headline == "2 errors of NATS: “permissions violation for publish”"
    assert '“Permissions Violation for Publish to "a"”, for example' in said.cause


def _provoked(settings: Settings, line: bytes, **options: object) -> list[Finding]:
    """Return what is found where a real broker objects to what a client does.

    Another one with the same settings carries a call of Nest before.
    """
    wire = Wire()
    with NatsServer(settings) as server:
        known = {"user": "u", "pass": "p"} if "authorization" in settings else {}
        with Dialogue(wire, server.port, **known) as caller:
            caller.say(b"SUB _INBOX.q 1\r\n" + publish("sum", _REQUEST, "_INBOX.q"))
            caller.hear(b"503\r\n\r\n\r\n")
        with Dialogue(wire, server.port, **{**known, **options}) as client:
            client.say(line).hear(b"-ERR")
    found = inspected(wire.records).findings
    return [each for each in found if each.code == "broker-error"]


_USERS = {
    "authorization": {
        "users": [
            {
                "user": "u",
                "password": "p",
                "permissions": {
                    "publish": ["sum"],
                    "subscribe": ["sum", "_INBOX.>"],
                },
            }
        ]
    }
}


@pytest.mark.parametrize(
    ("settings", "line", "options", "text", "fix"),
    [
        (
            _USERS,
            publish("secret", b"{}"),
            {},
            'Permissions Violation for Publish to "secret"',
            "allow the user to publish to it",
        ),
        (
            _USERS,
            b"SUB orders 2\r\n",
            {},
            'Permissions Violation for Subscription to "orders"',
            "allow the user to subscribe to it",
        ),
        (
            _USERS,
            b"PING\r\n",
            {"pass": "wrong"},
            "Authorization Violation",
            "compare user, pass and token",
        ),
        (
            {"max_payload": 1_000},
            publish("sum", b" " * 2_000),
            {},
            "Maximum Payload Violation",
            "send less at once",
        ),
        ({}, b"SUB a..b 1\r\n", {}, "Invalid Subject", "use patterns without a dot"),
        (
            {},
            b"FOO\r\n",
            {},
            "Unknown Protocol Operation",
            "look at what writes to this connection",
        ),
    ],
)
def test_what_a_real_broker_objects_to_has_a_cause_and_a_fix(
    settings: Settings, line: bytes, options: dict[str, object], text: str, fix: str
) -> None:
    (finding,) = _provoked(settings, line, **options)

    assert f"the error “{text}”" in finding.message
    assert finding.hint.startswith(fix)


def test_a_client_of_nest_with_a_wrong_password_is_found() -> None:
    (finding,) = recorded("nats-auth-nest12.pcap").findings

    assert finding.message.endswith("the error “Authorization Violation”")
    assert finding.carrier == "nats"


def test_an_error_to_a_client_of_a_broker_without_nest_is_nobodys() -> None:
    broker = Broker()
    broker.peer().hear(b"-ERR 'Authorization Violation'\r\n").line.finish(SERVER)

    assert not inspected(broker.wire.records).codes
