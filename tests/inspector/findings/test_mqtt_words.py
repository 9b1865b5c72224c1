from __future__ import annotations

import pytest

from inspector.findings.broker_words import objection_in
from inspector.findings.finding import Severity
from inspector.findings.objections import UNKNOWN


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("PUBLISH sum: not authorized", "publish"),
        ("SUBSCRIBE sum/reply: not authorized: no rule", "subscribe"),
        ("not authorized", "password"),
        ("bad user name or password", "password"),
        ("session taken over", "clientId"),
        ("keep alive timeout", "blocked"),
        ("PUBLISH big: packet too large", "max_packet_size"),
        ("packet too large", "max_packet_size"),
        ("PUBLISH sum: quota exceeded", "limit"),
        ("topic name invalid", "@MessagePattern"),
        ("protocol error", "illegal-channel"),
        ("malformed packet", "mqtt-protocol"),
        ("SUBSCRIBE a/#/b: topic filter invalid", "# at the end"),
        ("unacceptable protocol version", "protocolVersion"),
        ("SUBSCRIBE $share/a/b: shared subscriptions not supported", "do without"),
    ],
)
def test_known_reasons_have_a_fix_of_their_own(text: str, word: str) -> None:
    objection = objection_in(text, "mqtt")

    assert objection is not UNKNOWN
    assert word in objection.fix + objection.cause
    assert objection.cause.endswith(".")
    assert not objection.fix.endswith(".")
    assert objection_in(objection.key, "mqtt") is objection


def test_that_a_broker_ends_is_no_error() -> None:
    objection = objection_in("server shutting down", "mqtt")
    assert objection.severity is Severity.WARNING


def test_others_are_looked_up_in_the_log() -> None:
    assert objection_in("unspecified error", "mqtt") is UNKNOWN
