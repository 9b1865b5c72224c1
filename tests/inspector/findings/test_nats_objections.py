from __future__ import annotations

import pytest

from inspector.findings.finding import Severity
from inspector.findings.objection import UNKNOWN
from inspector.findings.objections import objection_in


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Authorization Violation", "password"),
        ("Authentication Timeout", "CONNECT"),
        ("User Authentication Expired", "credentials"),
        ('Permissions Violation for Publish to "a"', "publish"),
        ('Permissions Violation for Subscription to "a" using queue "q"', "subscribe"),
        ("Maximum Payload Violation", "max_payload"),
        ("maximum connections exceeded", "max_connections"),
        ("Stale Connection", "blocked"),
        ("Slow Consumer", "event loop"),
        ("Invalid Subject", "dot"),
        ("Secure Connection - TLS Required", "tls"),
        ("Parser Error", "bytes"),
    ],
)
def test_known_errors_have_a_fix_of_their_own(text: str, word: str) -> None:
    objection = objection_in(text, "nats")

    assert objection is not UNKNOWN
    assert word in objection.fix + objection.cause
    assert objection.cause.endswith(".")
    assert not objection.fix.endswith(".")


def test_that_a_server_ends_is_no_error() -> None:
    assert objection_in("Server Shutdown", "nats").severity is Severity.WARNING


def test_others_are_looked_up_in_the_log() -> None:
    assert objection_in("Out Of Luck", "nats") is UNKNOWN
