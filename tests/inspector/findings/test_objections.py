from __future__ import annotations

from inspector.findings.objection import UNKNOWN
from inspector.findings.objections import objection_in


def test_each_carrier_has_texts_of_its_own() -> None:
    assert objection_in("Slow Consumer", "nats") is not UNKNOWN
    assert objection_in("Slow Consumer", "mqtt") is UNKNOWN
    assert objection_in("session taken over", "mqtt") is not UNKNOWN
    assert objection_in("session taken over", "pigeon") is UNKNOWN
