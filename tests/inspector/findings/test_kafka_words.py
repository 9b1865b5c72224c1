from __future__ import annotations

import pytest

from inspector.findings.broker_words import objection_in
from inspector.findings.objections import UNKNOWN


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Produce log-0: MESSAGE_TOO_LARGE", "max.message.bytes"),
        ("Produce log-0: RECORD_LIST_TOO_LARGE", "segment.bytes"),
        ("Metadata nope: UNKNOWN_TOPIC_OR_PARTITION", "auto.create.topics.enable"),
        ("Metadata a b: INVALID_TOPIC_EXCEPTION", "'shop.price'"),
        ("Fetch log-0: TOPIC_AUTHORIZATION_FAILED", "allow it"),
        ("SaslAuthenticate: SASL_AUTHENTICATION_FAILED", "sasl in the options"),
        ("Fetch log-0: OFFSET_OUT_OF_RANGE", "retention.ms"),
        ("Produce log-0: NOT_ENOUGH_REPLICAS", "other brokers"),
        ("JoinGroup w: INCONSISTENT_GROUP_PROTOCOL", "groupId"),
        ("Produce log-0: PRODUCER_FENCED", "transactionalId"),
        ("ApiVersions: UNSUPPORTED_VERSION", "newer broker"),
    ],
)
def test_known_errors_have_a_fix_of_their_own(text: str, word: str) -> None:
    objection = objection_in(text, "kafka")

    assert objection is not UNKNOWN
    assert word in objection.fix
    assert objection.cause.endswith(".")
    assert not objection.fix.endswith(".")
    assert objection_in(objection.key, "kafka") is objection


def test_others_are_looked_up_in_the_log() -> None:
    assert objection_in("Produce log-0: KAFKA_STORAGE_ERROR", "kafka") is UNKNOWN
