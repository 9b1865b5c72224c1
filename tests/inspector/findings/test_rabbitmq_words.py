"""What is known of the errors with which RabbitMQ closes channels and connections."""

from __future__ import annotations

import pytest

from inspector.findings.broker_words import objection_in
from inspector.findings.finding import Severity
from inspector.findings.objections import UNKNOWN


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue", "queueOpt"),
        ("406 PRECONDITION_FAILED - unknown delivery tag 1", "each message once"),
        ("406 PRECONDITION_FAILED - delivery acknowledgement on channel 1", "timeout"),
        ("404 NOT_FOUND - no queue 'cats' in vhost '/'", "slip in its name"),
        ("403 ACCESS_REFUSED - Login was refused", "credentials"),
        ("405 RESOURCE_LOCKED - cannot obtain exclusive access", "not exclusive"),
        ("530 NOT_ALLOWED - vhost other not found", "vhost"),
    ],
)
def test_known_errors_have_a_fix_of_their_own(text: str, word: str) -> None:
    objection = objection_in(text, "rabbitmq")

    assert objection is not UNKNOWN
    assert word in objection.fix
    assert objection.severity is Severity.ERROR
    assert objection_in(objection.key, "rabbitmq") is objection


def test_that_a_broker_ends_is_no_error() -> None:
    said = "320 CONNECTION_FORCED - broker forced connection closure"

    assert objection_in(said, "rabbitmq").severity is Severity.WARNING


def test_those_of_other_brokers_are_not_its_own() -> None:
    assert objection_in("NOAUTH Authentication required.", "rabbitmq") is UNKNOWN
    assert objection_in("404 NOT_FOUND", "nats") is UNKNOWN
