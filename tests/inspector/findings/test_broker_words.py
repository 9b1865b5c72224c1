from __future__ import annotations

import pytest

from inspector.carriers.registry import OURS
from inspector.findings.broker_words import objection_in, words_of
from inspector.findings.finding import Severity
from inspector.findings.objections import UNKNOWN


@pytest.mark.parametrize(
    ("carrier", "text", "word"),
    [
        ("nats", "Authorization Violation", "password"),
        ("nats", "Authentication Timeout", "CONNECT"),
        ("nats", "User Authentication Expired", "credentials"),
        ("nats", 'Permissions Violation for Publish to "a"', "publish"),
        ("nats", 'Permissions Violation for Subscription to "a"', "subscribe"),
        ("nats", "Maximum Payload Violation", "max_payload"),
        ("nats", "maximum connections exceeded", "max_connections"),
        ("nats", "Stale Connection", "blocked"),
        ("nats", "Slow Consumer", "event loop"),
        ("nats", "Invalid Subject", "dot"),
        ("nats", "Secure Connection - TLS Required", "tls"),
        ("nats", "Parser Error", "bytes"),
        ("redis", "NOAUTH Authentication required.", "password"),
        ("redis", "WRONGPASS invalid username-password pair", "password"),
        ("redis", "NOPERM this user has no permissions", "ACL"),
        ("redis", "OOM command not allowed", "maxmemory"),
        ("redis", "ERR max number of clients reached", "maxclients"),
    ],
)
def test_known_errors_have_a_fix_of_their_own(
    carrier: str, text: str, word: str
) -> None:
    objection = objection_in(text, carrier)

    assert objection is not UNKNOWN
    assert word in objection.fix + objection.cause
    assert objection.cause.endswith(".")
    assert not objection.fix.endswith(".")


def test_that_a_server_ends_is_no_error() -> None:
    assert objection_in("Server Shutdown", "nats").severity is Severity.WARNING


def test_others_are_looked_up_in_the_log() -> None:
    assert objection_in("Out Of Luck", "nats") is UNKNOWN
    assert objection_in("Slow Consumer", "redis") is UNKNOWN
    assert objection_in("Slow Consumer", "of somebody else's") is UNKNOWN


@pytest.mark.parametrize("carrier", [*OURS, "of somebody else's"])
def test_each_carrier_has_words(carrier: str) -> None:
    words = words_of(carrier)

    assert words.nobody.format(broker="it").endswith(".")
    for fix in (words.narrower, words.one_of_them, words.slow, words.unreturned):
        assert not fix.endswith(".")
    assert words.covers("a", "a")
    assert not words.covers("a", "b")
    assert not words.flaw("a", "a")


@pytest.mark.parametrize(
    ("pattern", "channel", "covered"),
    [
        ("w.*", "w.one.reply", True),
        ("w.*", "v.one", False),
        ("w.?", "w.a", True),
        ("w.?", "w.", False),
        ("h[ae]llo", "hallo", True),
        ("h[^a]llo", "hallo", False),
        ("h[a-c]llo", "hbllo", True),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        ("a.b", "a_b", False),
    ],
)
def test_patterns_of_redis_cover_channels(
    pattern: str, channel: str, *, covered: bool
) -> None:
    assert words_of("redis").covers(pattern, channel) is covered
